// Cuts a block into register tiles and runs them.
//
// Kernel files give a table of tiles, one function a shape; this loop is the same for all. The
// last rows are cut into halves, since a tile of few rows takes more than its share of the time.
#pragma once

#include <array>

#include "intact/gemm/kernel.hpp"

namespace intact::gemm {

/// Works out the sums of one tile; rows and panels are fixed by the function.
using Tile = void (*)(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                      Index panel_stride, Index groups, const std::int32_t* start,
                      std::int32_t* sums, Index sums_stride);

/// The same at a row and a panel of a block, for kernels that want more of it.
using BlockTile = void (*)(const Block& block, Index row, Index panel);

/// Tiles of one number of panels: of 1 row, 2 rows, ... Rows rows.
template <std::size_t Rows, class T = Tile>
struct TilesOfWidth {
    Index panels;
    std::array<T, Rows> by_rows;
};

/// What a tile at a row and a panel of a block is given.
struct TilePlace {
    const std::uint8_t* strip;
    Index strip_stride;
    const std::int8_t* panel;
    Index panel_stride;
    Index groups;
    const std::int32_t* start;
    std::int32_t* sums;
    Index sums_stride;
};

[[nodiscard]] inline TilePlace place(const Block& block, Index row, Index panel) noexcept {
    const Index column = panel * panel_columns;
    return {.strip = block.strip + row * block.strip_stride,
            .strip_stride = block.strip_stride,
            .panel = block.panels + panel * block.panel_stride,
            .panel_stride = block.panel_stride,
            .groups = block.groups,
            .start = block.start == nullptr ? nullptr : block.start + column,
            .sums = block.sums + row * block.sums_stride + column,
            .sums_stride = block.sums_stride};
}

/// How many of a panel's sums anybody wants.
[[nodiscard]] inline Index wanted_columns(const Block& block, Index panel) noexcept {
    return panel + 1 == block.panel_count ? block.last_columns : panel_columns;
}

inline void run_tile(BlockTile tile, const Block& block, Index row, Index panel) {
    tile(block, row, panel);
}
inline void run_tile(Tile tile, const Block& block, Index row, Index panel) {
    const TilePlace at = place(block, row, panel);
    tile(at.strip, at.strip_stride, at.panel, at.panel_stride, at.groups, at.start, at.sums,
         at.sums_stride);
}

/// What a tile asks for while it multiplies: lines that others read later, one with each group. All
/// at once they would keep the processor from what it reads now.
struct Fetching {
    const std::int8_t* line = nullptr;
    Index step = 0;  ///< bytes, also fewer than a line has

    [[gnu::always_inline]] void fetch() {
        constexpr int reading = 0;
        constexpr int second_level = 2;
        __builtin_prefetch(line, reading, second_level);
        line += step;
    }
};

/// The share of a tile in what lies ahead of its block or, where nothing does, in the panels behind
/// its own, which have a group at least. It passes `passes` times over its panels.
[[nodiscard]] inline Fetching share_of_tile(const Block& block, Index row, Index panel, Index rows,
                                            Index panels, Index passes) noexcept {
    struct {
        const std::int8_t* lines;
        Index bytes;
        Index before;  // of `all`
        Index own;
        Index all;
    } share;
    if (block.ahead_bytes == 0) {
        share = {block.panels + (panel + panels) * block.panel_stride,
                 panels * panel_group_bytes * block.groups, row, rows, block.rows};
    } else {  // tiles of the same panels follow each other
        share = {block.ahead, block.ahead_bytes, panel * block.rows + panels * row, panels * rows,
                 block.panel_count * block.rows};
    }
    const Index steps = share.all * block.groups * passes;
    return {share.lines + share.bytes * share.before / share.all,
            (share.bytes * share.own + steps - 1) / steps};
}

/// Rows of the next tile, of those left.
[[nodiscard]] constexpr Index rows_of_tile(Index left, Index most) noexcept {
    return left >= 2 * most ? most : (left > most ? (left + 1) / 2 : left);
}

/// Runs `block` with the widest tiles that fit; the last entry of `tiles` has one panel.
template <std::size_t Rows, class T, std::size_t Widths>
void run_tiles(const Block& block, const std::array<TilesOfWidth<Rows, T>, Widths>& tiles) {
    constexpr auto most = static_cast<Index>(Rows);
    auto width = tiles.begin();
    for (Index panel = 0; panel < block.panel_count; panel += width->panels) {
        while (width->panels > block.panel_count - panel) ++width;
        Index row = 0;
        while (row < block.rows) {
            const Index rows = rows_of_tile(block.rows - row, most);
            run_tile(width->by_rows[static_cast<std::size_t>(rows - 1)], block, row, panel);
            row += rows;
        }
    }
}

}  // namespace intact::gemm
