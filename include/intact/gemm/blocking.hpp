// How a product is cut so that what is used again is still in a cache.
//
//   for each strip of rows                    its codes (rows x k) stay in half of the second level
//       for each block of 64 columns          its panels (k x 64) stay in the other half
//           for each step of rows             its sums (rows x 64) stay in the first level
//               for each piece of k           panels (piece x 64) stay in the first level
//                   kernel
//               epilogue of the step before   while the kernel's last products are under way
#pragma once

#include <algorithm>

#include "intact/gemm/kernel.hpp"
#include "intact/gemm/limits.hpp"
#include "intact/simd/cache.hpp"

namespace intact::gemm {

/// Columns whose sums are kept at a time.
inline constexpr Index block_columns = 64;

/// Most rows of one step, and most sums: 8 KiB.
inline constexpr Index most_step_rows = 128;
inline constexpr Index most_step_sums = 2048;

/// Groups along k of one piece.
inline constexpr Index piece_groups = 256;

static_assert(piece_groups * group <= largest_k(255, 128),
              "the int32 sums of one piece of a wide product must not wrap");

[[nodiscard]] constexpr Index round_up(Index value, Index multiple) noexcept {
    return (value + multiple - 1) / multiple * multiple;
}

/// Rows of a strip whose rows take that many bytes.
[[nodiscard]] inline Index strip_rows(Index rows, Index row_bytes, const Kernel& kernel) noexcept {
    constexpr Index enough = 256;  // then reading the weights again for each strip costs little
    const Index fitting = simd::cache_sizes().l2 / 2 / std::max<Index>(1, row_bytes);
    const Index tiles = std::max<Index>(1, std::min(fitting, enough) / kernel.rows);
    return std::min(rows, tiles * kernel.rows);
}

/// Rows of a step over that many columns (whole panels, at most 64).
[[nodiscard]] constexpr Index step_rows(Index columns, const Kernel& kernel) noexcept {
    constexpr Index enough = 1536;  // sums that a call is worth
    const Index tiles = std::max<Index>(1, enough / (columns * kernel.rows));
    return std::min(tiles * kernel.rows, most_step_rows / kernel.rows * kernel.rows);
}

}  // namespace intact::gemm
