// Picks the convolution kernels, once, at the first call.
//
// Errors   std::runtime_error  INTACT_ISA names no instruction set of this machine
#pragma once

#include <array>
#include <span>

#include "intact/nn/kernels/avx2.hpp"
#include "intact/nn/kernels/avx512_vnni.hpp"
#include "intact/nn/kernels/neon.hpp"
#include "intact/nn/kernels/portable.hpp"

namespace intact::nn {

/// All kernels compiled in, best first; the last ones run anywhere.
[[nodiscard]] inline std::span<const Kernels> kernels() noexcept {
    static constexpr std::array table {
#if INTACT_X86
        avx512_vnni::kernels, avx2::kernels,
#elif INTACT_ARM
        neon::kernels,
#endif
            portable::kernels
    };
    return table;
}

/// The best of kernels() that this machine runs; INTACT_ISA can ask for plainer ones.
[[nodiscard]] inline const Kernels& best_kernels() {
    static const Kernels& best = simd::best_of(kernels(), simd::selected());
    return best;
}

}  // namespace intact::nn
