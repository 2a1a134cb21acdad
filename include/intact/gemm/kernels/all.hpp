// The product kernels, all in one table.
#pragma once

#include <array>
#include <span>

#include "intact/gemm/kernels/amx_int8.hpp"
#include "intact/gemm/kernels/avx2.hpp"
#include "intact/gemm/kernels/avx512_bw.hpp"
#include "intact/gemm/kernels/avx512_vnni.hpp"
#include "intact/gemm/kernels/avx_vnni.hpp"
#include "intact/gemm/kernels/neon.hpp"
#include "intact/gemm/kernels/neon_dotprod.hpp"
#include "intact/gemm/kernels/neon_i8mm.hpp"
#include "intact/gemm/kernels/portable.hpp"
#include "intact/gemm/kernels/sse41.hpp"
#include "intact/simd/target.hpp"

namespace intact::gemm {

/// Every kernel compiled in, best first; the last one runs anywhere.
[[nodiscard]] INTACT_KERNEL_TABLE std::span<const Kernel> kernels() noexcept {
    static constexpr std::array table {
#if INTACT_X86
        amx_int8::kernel, avx512_vnni::kernel, avx512_bw::kernel, avx_vnni::kernel, avx2::kernel,
            sse41::kernel,
#elif INTACT_ARM
        neon_i8mm::kernel, neon_dotprod::kernel, neon::kernel,
#endif
            portable::kernel
    };
    return table;
}

}  // namespace intact::gemm
