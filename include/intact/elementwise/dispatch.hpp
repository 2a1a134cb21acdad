// Picks the best element-wise kernels that this machine runs, once, at the first call.
#pragma once

#include <span>

#include "intact/elementwise/kernel.hpp"

#if defined(INTACT_KERNELS_APART)
namespace intact::elementwise {
[[nodiscard]] std::span<const Kernels> kernels() noexcept;
}
#else
#include "intact/elementwise/kernels/all.hpp"
#endif

namespace intact::elementwise {

/// The best of kernels() that this machine runs; INTACT_ISA can ask for a plainer one.
[[nodiscard]] inline const Kernels& best_kernels() {
    static const Kernels& best = simd::best_of(kernels(), simd::selected());
    return best;
}

}  // namespace intact::elementwise
