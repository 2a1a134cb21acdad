// The factor from the scale of a sum to the scale of the output: M = m * 2^-n.
//
// Units    M = double(scale of x) * scale of w / scale of y, rounded to nearest-even with m in
//          [2^30, 2^31); at most 2^-32 counts as 0, because no int32 sum then reaches 1.
// Errors   std::invalid_argument  M is negative, NaN, or 2^20 and more
//
//   const Multiplier m = make_multiplier(double(s_x) * s_w / s_y);
//   requantize(sums, n, &m.value, ...);
#pragma once

#include <bit>
#include <cstdint>

#include "intact/core/error.hpp"

namespace intact::elementwise {

/// A factor that multiplies any int32 exactly, in 62 bits: 0, or above 2^-32 and below 2^20.
struct Multiplier {
    double value = 0.0;  ///< m * 2^-n, exact

    /// m in [2^30, 2^31), or 0.
    [[nodiscard]] constexpr std::int32_t mantissa() const noexcept {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        if (bits == 0) return 0;
        return static_cast<std::int32_t>(((bits >> 22) & 0x3fffffffU) | 0x40000000U);
    }

    /// n in [11, 62], or 0.
    [[nodiscard]] constexpr int right_shift() const noexcept {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        return bits == 0 ? 0 : 1053 - static_cast<int>(bits >> 52);
    }

    friend bool operator==(const Multiplier&, const Multiplier&) = default;
};

/// `real` rounded to 31 bits, ties to even; throws std::invalid_argument outside [0, 2^20).
[[nodiscard]] inline Multiplier make_multiplier(double real) {
    constexpr std::uint64_t low = (std::uint64_t{1} << 22) - 1;  // the bits beyond 31
    const auto bits = std::bit_cast<std::uint64_t>(real);
    const bool is_negative = bits >> 63 != 0 && bits << 1 != 0;
    const std::uint64_t rounded = ((bits << 1 >> 1) + (low >> 1) + ((bits >> 22) & 1)) & ~low;
    require(!is_negative && rounded < std::bit_cast<std::uint64_t>(0x1p20), "make_multiplier",
            "the multiplier is out of range, expected at least 0 and below 1048576, given ", real);
    if (rounded <= std::bit_cast<std::uint64_t>(0x1p-32)) return {};
    return {std::bit_cast<double>(rounded)};
}

}  // namespace intact::elementwise
