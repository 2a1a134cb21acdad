// How long a sum of products may be before an int32 no longer holds it.
//
//   |sum (a - za)(b - zb) + bias| <= k * max|a - za| * max|b - zb| + max|bias| <= 2^31 - 1
//
// int8 x int8 allows k = 131071, uint8 x int8 65793, uint8 x uint8 33025 (full range, no bias).
// Only the final sum must fit: on the way sums may wrap modulo 2^32. Beyond the limit the product
// cuts k into pieces and keeps int64 sums, for float or int64 outputs only.
#pragma once

#include <cstdint>
#include <limits>

#include "intact/gemm/kernel.hpp"

namespace intact::gemm {

/// The most terms that an int32 sum can have, given the largest magnitudes of its parts.
[[nodiscard]] constexpr Index largest_k(std::int64_t level_a, std::int64_t level_b,
                                        std::int64_t bias = 0) noexcept {
    const std::int64_t product = level_a * level_b;
    if (product == 0) return std::numeric_limits<Index>::max();
    const std::int64_t room = std::numeric_limits<std::int32_t>::max() - bias;
    return room < 0 ? 0 : static_cast<Index>(room / product);
}

/// Whether sums of k terms fit: k <= largest_k(level_a, level_b, bias), without a division.
[[nodiscard]] constexpr bool fits_int32(Index k, std::int64_t level_a, std::int64_t level_b,
                                        std::int64_t bias = 0) noexcept {
    const std::int64_t product = level_a * level_b;  // below 2^33
    const std::int64_t room = std::numeric_limits<std::int32_t>::max() - bias;
    if (k > (Index{1} << 29)) return k <= largest_k(level_a, level_b, bias);
    return product == 0 || k == 0 || (room >= 0 && k * product <= room);
}

}  // namespace intact::gemm
