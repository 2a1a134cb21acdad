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

/// Tiles of one number of panels: of 1 row, 2 rows, ... Rows rows.
template <std::size_t Rows>
struct TilesOfWidth {
    Index panels;
    std::array<Tile, Rows> by_rows;
};

/// Rows of the next tile, of those left.
[[nodiscard]] constexpr Index rows_of_tile(Index left, Index most) noexcept {
    return left >= 2 * most ? most : (left > most ? (left + 1) / 2 : left);
}

/// Runs `block` with the widest tiles that fit; the last entry of `tiles` has one panel.
template <std::size_t Rows, std::size_t Widths>
void run_tiles(const Block& block, const std::array<TilesOfWidth<Rows>, Widths>& tiles) {
    constexpr auto most = static_cast<Index>(Rows);
    auto width = tiles.begin();
    for (Index panel = 0; panel < block.panel_count; panel += width->panels) {
        while (width->panels > block.panel_count - panel) ++width;
        const std::int8_t* columns = block.panels + panel * block.panel_stride;
        const Index column = panel * panel_columns;
        const std::int32_t* start = block.start == nullptr ? nullptr : block.start + column;
        Index row = 0;
        while (row < block.rows) {
            const Index rows = rows_of_tile(block.rows - row, most);
            width->by_rows[static_cast<std::size_t>(rows - 1)](
                block.strip + row * block.strip_stride, block.strip_stride, columns,
                block.panel_stride, block.groups, start,
                block.sums + row * block.sums_stride + column, block.sums_stride);
            row += rows;
        }
    }
}

}  // namespace intact::gemm
