// How a product is cut so that what is used again is still in a cache.
//
//   for each strip of rows                    its codes (rows x k) stay in half of the second
//                                             level; copied ones in a third of the first, where all
//                                             panels stay in the second
//       for each block of columns             its panels (k x 64) stay in the other half; few rows
//                                             take 256 columns, whose panels they read but once
//           for each step of rows             its sums (rows x 64) stay in the first level
//               for each piece of k           of 4096 codes, to load sums but seldom
//                   kernel
//               epilogue of the step before   behind or among the kernel's products (part.hpp)
//
// Elsewhere the tile is called mr x nr, the rows of a step mc, a piece of k kc, the columns of a
// block nc.
//
// A kernel that passes over panels (AMX) turns that round: rows of one tile stay in the first
// level, a piece of k of them if they are too long, panels come from the second, more columns to a
// block; with codes as outputs the sums of rows that are not in pieces stay with the kernel, and a
// step is the whole strip. A strip takes three eighths of the second level: with more, lines of
// pages that happen to share a place in it push each other out.
#pragma once

#include <algorithm>

#include "intact/gemm/kernel.hpp"
#include "intact/gemm/limits.hpp"
#include "intact/simd/cache.hpp"

namespace intact::gemm {

/// Columns whose sums are kept at a time, unless rows are few.
inline constexpr Index usual_block_columns = 64;

/// Most rows of one step, and most sums: 16 KiB.
inline constexpr Index most_step_rows = 128;
inline constexpr Index most_step_sums = 4096;

/// Most groups along k of one piece.
inline constexpr Index most_piece_groups = 1024;

static_assert(most_piece_groups * group <= largest_k(255, 128),
              "the int32 sums of one piece of a wide product must not wrap");

/// The next multiple of a power of two: masks, because a division takes as long as a small product.
[[nodiscard]] constexpr Index round_up(Index value, Index power_of_two) noexcept {
    return (value + power_of_two - 1) & -power_of_two;
}

/// Columns of one block. Where one tile has all rows, many, to cut less often. Where each tile of
/// rows passes over the panels, as many as leave most of the second-level cache to others; the
/// sums of more of them have a place where the kernel keeps them to itself.
[[nodiscard]] inline Index columns_of_block(Index rows, Index k, const Kernel& kernel,
                                            bool keeps_sums) noexcept {
    constexpr Index few = most_step_sums / block_columns;
    if (rows < kernel.rows && rows <= few && kernel.read_rows == 1) return block_columns;
    if (!kernel.passes_panels || rows <= kernel.read_rows) return usual_block_columns;
    const Index most = keeps_sums ? block_columns : most_step_sums / kernel.rows;
    const Index bytes = simd::cache_sizes().l2 / 8;
    if (most * k <= bytes) return most;  // before a division, for small products
    const Index fitting = bytes / k;
    return std::clamp(fitting / kernel.columns * kernel.columns, usual_block_columns, most);
}

/// Rows of a strip whose rows take that many bytes: all of them where there are few and they fit.
/// Copied rows whose panels all stay in the second level: few, so that the copies stay in the
/// first.
[[nodiscard]] inline Index strip_rows(Index rows, Index row_bytes, const Kernel& kernel,
                                      bool stays_near) noexcept {
    constexpr Index worth = 480;  // then reading the weights again for each strip costs little
    constexpr Index worth_copying = 4;  // tiles
    const simd::CacheSizes& caches = simd::cache_sizes();
    const auto fitting = [&](Index bytes, Index least_tiles, Index most_rows) {
        if ((most_rows + kernel.rows - 1) * row_bytes <= bytes) return most_rows;
        const Index tiles = std::max(least_tiles, bytes / (row_bytes * kernel.rows));
        return std::min(tiles * kernel.rows, most_rows);
    };
    Index most = rows;
    if (rows > worth - kernel.rows) most = std::min(rows, worth / kernel.rows * kernel.rows);
    most = fitting(caches.l2 / 8 * (kernel.passes_panels ? 3 : 4), 1, most);
    if (stays_near) most = fitting(caches.l1 / 3, worth_copying, most);
    return most;
}

/// Groups along k of one piece, of `groups`, for rows that lie `row_stride` bytes apart. Where each
/// tile of rows passes over panels, its codes stay in half of the first level, unless they start at
/// so few places that they would push each other out, would fit two pieces (measured: sums that
/// come and go once cost more), or reach so far that sums would come and go too often.
[[nodiscard]] inline Index piece_groups(Index groups, Index row_stride,
                                        const Kernel& kernel) noexcept {
    constexpr Index unit = 16;  // groups
    constexpr Index most_pieces = 5;
    const Index bytes = simd::cache_sizes().l1 / 2;
    const Index group_bytes = group * kernel.code_bytes * kernel.rows;
    if (!kernel.passes_panels || row_stride % 2048 == 0 || groups * group_bytes <= bytes) {
        return most_piece_groups;
    }
    const Index fitting = bytes / group_bytes / unit * unit;
    if (groups <= 2 * fitting || groups > most_pieces * fitting) {
        return most_piece_groups;
    }
    const Index pieces = (groups + fitting - 1) / fitting;
    return round_up((groups + pieces - 1) / pieces, unit);
}

/// Rows of a step over that many columns (whole panels), of at most `rows`: as many as have sums
/// here, or all where the kernel keeps the sums to itself.
[[nodiscard]] constexpr Index step_rows(Index rows, Index columns, const Kernel& kernel,
                                        bool keeps_sums) noexcept {
    if (keeps_sums) return rows;
    constexpr Index worth_a_call = 1536;  // sums
    const Index most = most_step_rows / kernel.rows * kernel.rows;
    if (rows <= kernel.rows || round_up(rows, kernel.read_rows) * columns <= worth_a_call) {
        return std::min(rows, most);
    }
    const Index tiles = std::max<Index>(1, worth_a_call / (columns * kernel.rows));
    return std::min({rows, tiles * kernel.rows, most});
}

}  // namespace intact::gemm
