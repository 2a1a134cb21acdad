// How a product is cut so that what is used again is still in a cache.
//
//   for each block of rows                    its strip (rows x k) stays in L2
//       for each block of 64 columns          its sums (rows x 64) stay in L1
//           for each piece of k               a panel's piece (k x 16) stays in L1 over all rows
//               kernel
//           epilogue
#pragma once

#include <algorithm>

#include "intact/gemm/kernel.hpp"
#include "intact/gemm/limits.hpp"

namespace intact::gemm {

/// Columns whose sums are kept at a time.
inline constexpr Index block_columns = 64;

/// Groups along k of one piece: 16 KiB of a panel.
inline constexpr Index piece_groups = 256;

/// Most rows of a block: a multiple of every kernel's tile, with 12 KiB of sums.
inline constexpr Index most_block_rows = 48;

static_assert(piece_groups * group <= largest_k(255, 128),
              "the int32 sums of one piece of a wide product must not wrap");

/// Rows of a block, given the bytes of one row of a strip.
[[nodiscard]] constexpr Index block_rows(Index rows, Index strip_row_bytes,
                                         const Kernel& kernel) noexcept {
    constexpr Index strip_bytes = 256 * 1024;
    const Index tiles = std::max<Index>(1, strip_bytes / strip_row_bytes / kernel.rows);
    return std::min({rows, tiles * kernel.rows, most_block_rows / kernel.rows * kernel.rows});
}

}  // namespace intact::gemm
