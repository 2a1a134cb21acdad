// How a product is cut so that what is used again is still in a cache.
//
//   for each strip of rows                    its codes (rows x k) stay in half of the second level
//       for each block of columns             its panels (k x 64) stay in the other half; few rows
//                                             take 256 columns, whose panels they read but once
//           for each step of rows             its sums (rows x 64) stay in the first level
//               for each piece of k           panels (piece x 64): in the first level where the
//                                             kernel wants that, else to load sums but seldom
//                   kernel
//               epilogue of the step before   behind or among the kernel's products (part.hpp)
#pragma once

#include <algorithm>

#include "intact/gemm/kernel.hpp"
#include "intact/gemm/limits.hpp"
#include "intact/simd/cache.hpp"

namespace intact::gemm {

/// Most columns whose sums are kept at a time, and how many it is unless rows are few.
inline constexpr Index block_columns = 256;
inline constexpr Index usual_block_columns = 64;

/// Most rows of one step, and most sums: 16 KiB.
inline constexpr Index most_step_rows = 128;
inline constexpr Index most_step_sums = 4096;

/// Most groups along k of one piece.
inline constexpr Index most_piece_groups = 1024;

static_assert(most_piece_groups * group <= largest_k(255, 128),
              "the int32 sums of one piece of a wide product must not wrap");

/// Groups along k of one piece.
[[nodiscard]] constexpr Index piece_groups(const Kernel& kernel) noexcept {
    return kernel.near_bytes != 0 ? 256 : most_piece_groups;
}

/// The next multiple of a power of two: masks, because a division takes as long as a small product.
[[nodiscard]] constexpr Index round_up(Index value, Index power_of_two) noexcept {
    return (value + power_of_two - 1) & -power_of_two;
}

/// Columns of one block: as many as lie in the nearest cache over a piece of k, where the kernel
/// wants that and rows share them; where one tile has all rows, more, to cut less often.
[[nodiscard]] constexpr Index columns_of_block(Index rows, Index k, const Kernel& kernel) noexcept {
    constexpr Index few = most_step_sums / block_columns;
    if (rows < kernel.rows && rows <= few && kernel.read_rows == 1) return block_columns;
    if (kernel.near_bytes == 0 || rows <= kernel.read_rows) return usual_block_columns;
    const Index piece = std::min(std::max<Index>(1, k), piece_groups(kernel) * group);
    const Index fitting = kernel.near_bytes / piece / kernel.columns * kernel.columns;
    return std::clamp(fitting, kernel.columns, usual_block_columns);
}

/// Rows of a strip whose rows take that many bytes: all of them where there are few and they fit.
[[nodiscard]] inline Index strip_rows(Index rows, Index row_bytes, const Kernel& kernel) noexcept {
    constexpr Index worth = 480;  // then reading the weights again for each strip costs little
    const Index l2 = simd::cache_sizes().l2;
    const Index most_bytes = kernel.near_bytes == 0 ? l2 / 2 : l2 / 4 * 3;  // blocks are small
    Index most = worth / kernel.rows * kernel.rows;
    if (most * row_bytes > most_bytes) {
        most = std::max<Index>(1, most_bytes / (row_bytes * kernel.rows)) * kernel.rows;
    }
    return std::min(rows, most);
}

/// Rows of a step over that many columns (whole panels, at most 64), of at most `rows`. Where one
/// piece of k pushes another out of the nearest cache, more rows share each.
[[nodiscard]] constexpr Index step_rows(Index rows, Index columns, Index k,
                                        const Kernel& kernel) noexcept {
    const bool pushes = kernel.near_bytes != 0 && k > piece_groups(kernel) * group;
    const Index worth_a_call = pushes ? most_step_sums : 1536;  // sums
    if (rows <= kernel.rows || round_up(rows, kernel.read_rows) * columns <= worth_a_call) {
        return std::min(rows, most_step_rows / kernel.rows * kernel.rows);
    }
    const Index tiles = std::max<Index>(1, worth_a_call / (columns * kernel.rows));
    return std::min(tiles * kernel.rows, most_step_rows / kernel.rows * kernel.rows);
}

}  // namespace intact::gemm
