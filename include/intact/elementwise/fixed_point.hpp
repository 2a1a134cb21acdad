// Fixed-point multiplication of int32 sums as TFLite, CMSIS-NN, gemmlowp and ruy define it, bit for
// bit, for networks whose codes have to agree with theirs.
//
//   real multiplier = mantissa * 2^(shift - 31), mantissa in [2^30, 2^31)
//
// Where the sources leave the result undefined (an int32 overflow), it wraps here.
//
// Source   gemmlowp  https://github.com/google/gemmlowp fixedpoint/fixedpoint.h
//          ruy       https://github.com/google/ruy ruy/apply_multiplier.cc
//          TFLite    https://github.com/tensorflow/tflite-micro kernels/internal
//
//   const QuantizedMultiplier m = quantize_multiplier(0.0123);
//   const std::int32_t y = multiply_by_quantized_multiplier(sum, m);
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "intact/core/error.hpp"

namespace intact::elementwise {

/// A real multiplier as these libraries hold it: mantissa * 2^(shift - 31).
struct QuantizedMultiplier {
    std::int32_t mantissa = 0;
    int shift = 0;  ///< positive: to the left

    friend bool operator==(const QuantizedMultiplier&, const QuantizedMultiplier&) = default;
};

/// `real` to 31 bits, halves away from zero; below 2^-32 it becomes 0. Throws std::invalid_argument
/// where it is negative, NaN or infinite.
[[nodiscard]] inline QuantizedMultiplier quantize_multiplier(double real) {
    const auto bits = std::bit_cast<std::uint64_t>(real);
    require(bits < 0x7ff0000000000000U || bits << 1 == 0, "quantize_multiplier",
            "the multiplier is out of range, expected a finite value of at least 0, given ", real);
    if (bits >> 52 == 0) return {};  // 0 and subnormals
    int shift = static_cast<int>(bits >> 52) - 1022;
    const std::uint64_t significand = (bits & 0xfffffffffffffU) | 0x10000000000000U;  // 53 bits
    std::uint64_t mantissa = (significand + (std::uint64_t{1} << 21)) >> 22;
    if (mantissa == std::uint64_t{1} << 31) {
        mantissa >>= 1;
        ++shift;
    }
    if (shift < -31) return {};
    return {static_cast<std::int32_t>(mantissa), shift};
}

/// The same for single rounding, which shifts by at most 30 to the left: beyond that it saturates.
[[nodiscard]] inline QuantizedMultiplier quantize_multiplier_single_rounding(double real) {
    const QuantizedMultiplier m = quantize_multiplier(real);
    if (m.shift > 30) return {std::numeric_limits<std::int32_t>::max(), 30};
    return m;
}

/// a * b * 2^-31 to nearest, halves up; INT32_MIN squared saturates.
[[nodiscard]] constexpr std::int32_t saturating_rounding_doubling_high_mul(
    std::int32_t a, std::int32_t b) noexcept {
    constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
    if (a == lowest && b == lowest) return std::numeric_limits<std::int32_t>::max();
    const std::int64_t product = std::int64_t{a} * b;
    const std::int64_t nudge = product >= 0 ? (1 << 30) : 1 - (1 << 30);
    return static_cast<std::int32_t>((product + nudge) / (std::int64_t{1} << 31));
}

/// x * 2^-exponent to nearest, halves away from zero; exponent in [0, 31].
[[nodiscard]] constexpr std::int32_t rounding_divide_by_pot(std::int32_t x, int exponent) noexcept {
    const auto mask = static_cast<std::int32_t>((std::int64_t{1} << exponent) - 1);
    const std::int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/// Two roundings: the doubling high multiply, then the division by a power of two.
[[nodiscard]] constexpr std::int32_t multiply_by_quantized_multiplier(
    std::int32_t x, const QuantizedMultiplier& m) noexcept {
    const int left = m.shift > 0 ? m.shift : 0;
    const int right = m.shift > 0 ? 0 : -m.shift;
    const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << left);
    return rounding_divide_by_pot(saturating_rounding_doubling_high_mul(shifted, m.mantissa),
                                  right);
}

/// One rounding, halves up (toward plus infinity); shift in [-31, 30].
[[nodiscard]] constexpr std::int32_t multiply_by_quantized_multiplier_single_rounding(
    std::int32_t x, const QuantizedMultiplier& m) noexcept {
    const int shift = 31 - m.shift;
    const std::int64_t half = std::int64_t{1} << (shift - 1);
    return static_cast<std::int32_t>((std::int64_t{x} * m.mantissa + half) >> shift);
}

/// For 48-bit sums: the mantissa cut to 15 bits, one rounding, halves up; shift in [-31, 7].
[[nodiscard]] constexpr std::int32_t multiply_by_quantized_multiplier(
    std::int64_t x, const QuantizedMultiplier& m) noexcept {
    const std::int64_t mantissa =
        m.mantissa < 0x7fff0000 ? (m.mantissa + (std::int32_t{1} << 15)) >> 16 : 0x7fff;
    const int shift = 15 - m.shift;
    const std::int64_t half = std::int64_t{1} << (shift - 1);
    return static_cast<std::int32_t>((x * mantissa + half) >> shift);
}

}  // namespace intact::elementwise
