// The element-wise kernels, all in one table.
#pragma once

#include <array>
#include <span>

#include "intact/elementwise/kernel.hpp"
#include "intact/elementwise/kernels/avx2.hpp"
#include "intact/elementwise/kernels/avx512.hpp"
#include "intact/elementwise/kernels/neon.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

namespace intact::elementwise {

/// Every set of kernels compiled in, best first; the last one runs anywhere.
[[nodiscard]] INTACT_KERNEL_TABLE std::span<const Kernels> kernels() noexcept {
#if INTACT_X86
    static constexpr std::array table{avx512::kernels, avx2::kernels, portable::kernels};
#elif INTACT_ARM
    static constexpr std::array table{neon::kernels, portable::kernels};
#else
    static constexpr std::array table{portable::kernels};
#endif
    return table;
}

}  // namespace intact::elementwise
