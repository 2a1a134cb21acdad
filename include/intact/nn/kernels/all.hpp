// The convolution kernels, all in one table.
#pragma once

#include <array>
#include <span>

#include "intact/nn/kernel.hpp"
#include "intact/nn/kernels/avx2.hpp"
#include "intact/nn/kernels/avx512_vnni.hpp"
#include "intact/nn/kernels/neon.hpp"
#include "intact/nn/kernels/portable.hpp"
#include "intact/simd/target.hpp"

namespace intact::nn {

/// All kernels compiled in, best first; the last ones run anywhere.
[[nodiscard]] INTACT_KERNEL_TABLE std::span<const Kernels> kernels() noexcept {
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

}  // namespace intact::nn
