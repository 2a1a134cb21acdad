// Picks the product kernel, once, at the first call.
//
// Errors   std::runtime_error  INTACT_ISA names no instruction set of this machine
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

namespace intact::gemm {

/// Every kernel compiled in, best first; the last one runs anywhere.
[[nodiscard]] inline std::span<const Kernel> kernels() noexcept {
    static constexpr std::array table {
#if INTACT_X86
        amx_int8::kernel, avx512_vnni::kernel, avx512_bw::kernel, avx_vnni::kernel, avx2::kernel,
#elif INTACT_ARM
        neon_i8mm::kernel, neon_dotprod::kernel, neon::kernel,
#endif
            portable::kernel
    };
    return table;
}

/// The best of kernels() that this machine runs; INTACT_ISA can ask for a plainer one.
[[nodiscard]] inline const Kernel& best_kernel() {
    static const Kernel& best = simd::best_of(kernels(), simd::selected());
    return best;
}

/// The best of kernels() for a product of that size: tiles are not worth their configuration where
/// there is little to do.
[[nodiscard]] inline const Kernel& best_kernel([[maybe_unused]] Index rows,
                                               [[maybe_unused]] Index columns,
                                               [[maybe_unused]] Index k) {
    const Kernel& best = best_kernel();
#if INTACT_X86
    static constexpr Kernel plainer = avx512_vnni::kernel;
    if (best.isa == simd::Isa::amx_int8 && !amx_int8::pays(rows, columns, k)) return plainer;
#endif
    return best;
}

}  // namespace intact::gemm
