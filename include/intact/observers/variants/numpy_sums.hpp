// Sums of float32 numbers in NumPy's order, which decides between candidates whose costs differ by
// less than their rounding.
//
// Up to 128 numbers go into eight running sums, number i into sum i mod 8; more are halved first,
// at a multiple of 8.
//
// Cost     one addition a number
// Source   the definition of numpy.add.reduce for contiguous float32 (pairwise summation),
// NumPy 1.24
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "intact/core/exact.hpp"

namespace intact::detail {

/// fl32(a + b).
[[nodiscard]] inline float float_sum(float a, float b) noexcept {
    return static_cast<float>(exactly(static_cast<double>(a) + static_cast<double>(b)));
}

[[nodiscard]] inline float numpy_sum(std::span<const float> values) noexcept {
    const std::size_t n = values.size();
    if (n > 128) {
        const std::size_t half = n / 2 - n / 2 % 8;
        return float_sum(numpy_sum(values.first(half)), numpy_sum(values.subspan(half)));
    }
    std::array<float, 8> sums{};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (std::size_t k = 0; k < 8; ++k) sums[k] = float_sum(sums[k], values[i + k]);
    }
    const float low = float_sum(float_sum(sums[0], sums[1]), float_sum(sums[2], sums[3]));
    const float high = float_sum(float_sum(sums[4], sums[5]), float_sum(sums[6], sums[7]));
    float sum = float_sum(low, high);
    for (; i < n; ++i) sum = float_sum(sum, values[i]);
    return sum;
}

}  // namespace intact::detail
