// Cuts a block into register tiles and runs them.
//
// Kernel files give a table of tiles, one function a shape; this loop is the same for all. The
// last rows are cut into halves, since a tile of few rows takes more than its share of the time.
#pragma once

#include <algorithm>
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

/// Asks for the panels ahead of a block, for an equal share before each of its tiles. The processor
/// itself stops looking ahead at the end of a page, which a panel of slow products feels.
class FetchAhead {
public:
    FetchAhead(const Block& block, Index tiles) : next_(block.ahead) {
        if (block.ahead_bytes == 0) return;
        end_ = next_ + block.ahead_bytes;
        share_ = (block.ahead_bytes / panel_group_bytes + tiles - 1) / tiles * panel_group_bytes;
    }
    void next() {
        constexpr int reading = 0;
        constexpr int second_level = 2;
        const std::int8_t* const until = next_ + std::min(share_, end_ - next_);
        for (; next_ != until; next_ += panel_group_bytes) {
            __builtin_prefetch(next_, reading, second_level);
        }
    }

private:
    const std::int8_t* next_;
    const std::int8_t* end_ = next_;
    Index share_ = 0;
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
    const Index widths = (block.panel_count + width->panels - 1) / width->panels;
    FetchAhead ahead(block, (block.rows + most - 1) / most * widths);
    for (Index panel = 0; panel < block.panel_count; panel += width->panels) {
        while (width->panels > block.panel_count - panel) ++width;
        const std::int8_t* columns = block.panels + panel * block.panel_stride;
        const Index column = panel * panel_columns;
        const std::int32_t* start = block.start == nullptr ? nullptr : block.start + column;
        Index row = 0;
        while (row < block.rows) {
            const Index rows = rows_of_tile(block.rows - row, most);
            ahead.next();
            width->by_rows[static_cast<std::size_t>(rows - 1)](
                block.strip + row * block.strip_stride, block.strip_stride, columns,
                block.panel_stride, block.groups, start,
                block.sums + row * block.sums_stride + column, block.sums_stride);
            row += rows;
        }
    }
}

}  // namespace intact::gemm
