// Picks the convolution kernels, once, at the first call.
//
// Errors   std::runtime_error  INTACT_ISA names no instruction set of this machine
#pragma once

#include <span>

#include "intact/nn/kernel.hpp"

#if defined(INTACT_KERNELS_APART)
namespace intact::nn {
[[nodiscard]] std::span<const Kernels> kernels() noexcept;
}
#else
#include "intact/nn/kernels/all.hpp"
#endif

namespace intact::nn {

/// The best of kernels() that this machine runs; INTACT_ISA can ask for plainer ones.
[[nodiscard]] inline const Kernels& best_kernels() {
    static const Kernels& best = simd::best_of(kernels(), simd::selected());
    return best;
}

}  // namespace intact::nn
