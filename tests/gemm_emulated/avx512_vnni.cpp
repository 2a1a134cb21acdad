// Compiles the kernel file with emulated intrinsics, in a namespace of its own: the native
// functions of the same names live in the other translation units of this program.
#include "tests/gemm_emulated/kernels.hpp"

#include "tests/gemm_emulated/vectors.hpp"

namespace intact::emulated {
using namespace intact::gemm;  // NOLINT(google-build-using-namespace): what the kernel file uses
}  // namespace intact::emulated

#define gemm emulated
#include "intact/gemm/kernels/avx512_vnni.hpp"
#undef gemm

const intact::gemm::Kernel& gemm_emulated::avx512_vnni() {
    return intact::emulated::avx512_vnni::kernel;
}
