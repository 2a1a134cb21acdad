#include "intact/gemm/kernels/tiles.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

using namespace intact;
using gemm::Index;

namespace {

/// Adds 1 to each sum of its tile: a block is cut well if every sum ends at 1.
template <int Rows, int Panels>
void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
          Index panel_stride, Index groups, const std::int32_t* start, std::int32_t* sums,
          Index sums_stride) {
    CHECK(groups == 7);
    for (Index i = 0; i < Rows; ++i) {
        for (Index j = 0; j < Panels * gemm::panel_columns; ++j) {
            sums[i * sums_stride + j] += 1 + 1000 * strip[i * strip_stride] +
                                         10 * panel[j / gemm::panel_columns * panel_stride] +
                                         (start == nullptr ? 0 : start[j]);
        }
    }
}

template <int Panels>
constexpr gemm::TilesOfWidth<3> tiles_of_width{Panels,
                                               {tile<1, Panels>, tile<2, Panels>, tile<3, Panels>}};

constexpr std::array tiles{tiles_of_width<4>, tiles_of_width<2>, tiles_of_width<1>};

}  // namespace

TEST_CASE("run_tiles: every sum belongs to one tile, with its own row, panel and start") {
    for (const Index rows : {1, 2, 3, 4, 5, 7, 10}) {
        for (const Index panels : {1, 2, 3, 4, 5, 6, 7, 8}) {
            CAPTURE(rows);
            CAPTURE(panels);
            const Index stride = panels * gemm::panel_columns + 3;
            std::vector<std::uint8_t> strip;
            std::vector<std::int8_t> columns;
            std::vector<std::int32_t> start;
            for (Index i = 0; i < rows; ++i) strip.push_back(static_cast<std::uint8_t>(i));
            for (Index p = 0; p < panels; ++p) columns.push_back(static_cast<std::int8_t>(p));
            for (Index j = 0; j < stride; ++j) start.push_back(static_cast<std::int32_t>(j) << 16);
            for (const bool starts : {false, true}) {
                std::vector<std::int32_t> sums(static_cast<std::size_t>(rows * stride));
                gemm::run_tiles({.strip = strip.data(),
                                 .strip_stride = 1,
                                 .rows = rows,
                                 .panels = columns.data(),
                                 .panel_stride = 1,
                                 .panel_count = panels,
                                 .groups = 7,
                                 .start = starts ? start.data() : nullptr,
                                 .sums = sums.data(),
                                 .sums_stride = stride,
                                 .is_signed = false},
                                tiles);
                for (Index i = 0; i < rows; ++i) {
                    for (Index j = 0; j < stride; ++j) {
                        const bool inside = j < panels * gemm::panel_columns;
                        const Index once =
                            1 + 1000 * i + 10 * (j / gemm::panel_columns) + (starts ? j << 16 : 0);
                        CHECK(sums[static_cast<std::size_t>(i * stride + j)] ==
                              (inside ? once : 0));
                    }
                }
            }
        }
    }
}

TEST_CASE("share_of_tile: tiles fetch every line of what lies ahead, or of the next panels") {
    constexpr Index groups = 10;
    for (const Index rows : {3, 7, 12, 240}) {
        for (const Index ahead_lines : {0, 1, 40, 500}) {
            for (const Index passes : {1, 2}) {
                CAPTURE(rows);
                CAPTURE(ahead_lines);
                CAPTURE(passes);
                constexpr Index panels = 2;
                constexpr Index panel_count = 4;
                constexpr Index panel_bytes = groups * gemm::panel_group_bytes;
                const std::vector<std::int8_t> columns(2 * panel_count * panel_bytes);
                const std::vector<std::int8_t> ahead(500 * 64);
                const gemm::Block block{.strip = nullptr,
                                        .strip_stride = 0,
                                        .rows = rows,
                                        .panels = columns.data(),
                                        .panel_stride = panel_bytes,
                                        .panel_count = panel_count,
                                        .groups = groups,
                                        .start = nullptr,
                                        .sums = nullptr,
                                        .sums_stride = 0,
                                        .is_signed = false,
                                        .ahead = ahead.data(),
                                        .ahead_bytes = ahead_lines * 64};
                const bool is_next = ahead_lines == 0;  // each two panels fetch the next two
                Index reached = 0;
                for (Index panel = 0; panel < panel_count; panel += panels) {
                    const std::int8_t* const first =
                        is_next ? columns.data() + (panel + panels) * panel_bytes : ahead.data();
                    if (is_next) reached = 0;
                    for (Index row = 0; row < rows;) {
                        const Index tile_rows = gemm::rows_of_tile(rows - row, 6);
                        const gemm::Fetching share =
                            gemm::share_of_tile(block, row, panel, tile_rows, panels, passes);
                        const Index from = share.line - first;
                        CHECK(from <= reached);  // no line is left out between tiles
                        reached = from + groups * passes * share.step;
                        row += tile_rows;
                    }
                    if (is_next) CHECK(reached >= panels * panel_bytes);
                }
                if (!is_next) CHECK(reached >= ahead_lines * 64);
            }
        }
    }
}
