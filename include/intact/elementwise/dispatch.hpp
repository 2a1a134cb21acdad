// Picks the best element-wise kernels that this machine runs, once, at the first call.
#pragma once

#include <array>
#include <span>

#include "intact/elementwise/kernel.hpp"
#include "intact/elementwise/kernels/avx2.hpp"
#include "intact/elementwise/kernels/avx512.hpp"
#include "intact/elementwise/kernels/neon.hpp"
#include "intact/elementwise/kernels/portable.hpp"

namespace intact::elementwise {

/// Every set of kernels compiled in, best first; the last one runs anywhere.
[[nodiscard]] inline std::span<const Kernels> kernels() noexcept {
#if INTACT_X86
    static constexpr std::array table{avx512::kernels, avx2::kernels, portable::kernels};
#elif INTACT_ARM
    static constexpr std::array table{neon::kernels, portable::kernels};
#else
    static constexpr std::array table{portable::kernels};
#endif
    return table;
}

/// The best of kernels() that this machine runs; INTACT_ISA can ask for a plainer one.
[[nodiscard]] inline const Kernels& best_kernels() {
    static const Kernels& best = simd::best_of(kernels(), simd::selected());
    return best;
}

}  // namespace intact::elementwise
