// How a product walks over tiles (AMX): 32 rows at a time, each over all panels of the block.
//
//   tiles    2 x 2 of sums: 32 rows x 32 columns. A last panel by itself: 2 x 1. Up to 16 rows, or
//            the last of an odd number of tiles of rows: 1 x 4.
//   rows     are read where they lie and stay in the nearest cache, over all panels
//   panels   pass by: a tile of columns is 16 groups of one panel, 1 KiB in one piece
//
// A product of tiles starts every 16 cycles; its sums are there 52 later. Tiles are stored in turn
// with products: a store of sums that are not there yet holds up all products behind it, 60 cycles
// for 2 x 2. So there are five tiles of sums, of which four are in use: the tile that is free takes
// the first sums of the next 2 x 2, the one that held the first sums before takes the next, and
// each store comes four products after the last to its sums.
//
// What becomes of the sums is left to a Sink:
//
//   square(step, rows, start, row, panel)   works out 2 x 2 tiles from a step at their first codes
//                                           on; stores those before after products of the first
//   end<Base>()                             stores the last ones
//   step()                                  after each step of the tiles at an edge
//   store_all<Rows, Panels>(row, panel)     stores those: tiles 0 to Rows * Panels - 1
//
// Between two products the processor looks 512 operations ahead, and every one that is not needed
// shortens its sight: what a step needs is in registers, and what a block needs once is not asked
// about in a step.
#pragma once

#include <cstdint>

#include "intact/gemm/kernels/amx_rows.hpp"
#include "intact/gemm/kernels/amx_tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86

namespace intact::gemm::amx_int8 {

/// Where the sums of one of several tiles begin.
template <class T>
[[nodiscard]] constexpr T* tile_of(T* sums, Index stride, Index row_tile, Index panel) noexcept {
    return sums + row_tile * tile_rows * stride + panel * panel_columns;
}

/// Where the sums of tiles are.
struct SumsPlace {
    const std::int32_t* sums;
    Index stride;  ///< int32s from one row to the next; 0: all rows are alike

    [[nodiscard]] const std::int32_t* tile(Index row_tile, Index panel) const noexcept {
        return tile_of(sums, stride, row_tile, panel);
    }
};

/// What the sums of a block start from, from a row and a panel on.
[[nodiscard]] inline SumsPlace start_of(const Block& block, Index row, Index panel) noexcept {
    if (block.start != nullptr) return {block.start + panel * panel_columns, 0};
    return {block.sums + row * block.sums_stride + panel * panel_columns, block.sums_stride};
}

/// Tile i of the sums of 2 x 2 tiles: first down, then right. Base counts down from one to the
/// next.
template <int Base, int I>
inline constexpr int sums_tile = (Base + I) % 5;

/// Where the sums of 2 x 2 tiles are stored.
struct SquareStore {
    std::int32_t* to;  ///< nullptr: there are none
    Index stride;      ///< int32s from one row to the next

    /// Stores tile I of them.
    template <int Tile, int I>
    [[gnu::always_inline]] void store() const {
        if (to == nullptr) return;
        store_tile<Tile>(tile_of(to, stride, I % 2, I / 2), stride * Index{sizeof(std::int32_t)});
    }

    /// Stores all of them.
    template <int Base>
    [[gnu::always_inline]] void store_all() const {
        store<sums_tile<Base, 0>, 0>();
        store<sums_tile<Base, 1>, 1>();
        store<sums_tile<Base, 2>, 2>();
        store<sums_tile<Base, 3>, 3>();
    }
};

/// Products of 64 codes along k with 2 x 2 tiles.
template <int Base, bool IsSigned>
struct SquareStep {
    RowTile rows;
    const std::int8_t* panel;
    Index panel_stride;

    /// Product I of the first step, which stores the sums before.
    template <int I>
    [[gnu::always_inline]] void add_first(SumsPlace start, SquareStore before) {
        load_tile<sums_tile<Base, I>>(start.tile(I % 2, I / 2),
                                      start.stride * Index{sizeof(std::int32_t)});
        add<I>();
        before.template store<sums_tile<Base, I + 1>, I>();
    }

    /// The first step.
    [[gnu::always_inline]] void first(SumsPlace start, SquareStore before) {
        add_first<0>(start, before);
        add_first<1>(start, before);
        add_first<2>(start, before);
        add_first<3>(start, before);
    }

    /// Product I of a step.
    template <int I>
    [[gnu::always_inline]] void add() {
        constexpr int a = 5;
        constexpr int b = 7;
        if constexpr (I % 2 == 0) load_passing_tile<b>(panel + I / 2 * panel_stride);
        if constexpr (I < 2)
            load_tile<a + I>(rows.codes + I * tile_rows * rows.stride, rows.stride);
        multiply_tiles<sums_tile<Base, I>, a + I % 2, b, IsSigned>();
    }

    [[gnu::always_inline]] void add_all() {
        add<0>();
        add<1>();
        add<2>();
        add<3>();
    }

    /// Goes to the next step.
    [[gnu::always_inline]] void advance() {
        rows.codes += tile_row_bytes;
        panel += tile_bytes;
    }

    /// The step behind those that read rows where they lie, if there is one.
    [[gnu::always_inline]] void add_rest(const RowTiles& of) {
        if (!of.has_rest() || of.whole() == 0) return;
        rows = of.rest();
        panel += tile_bytes;
        add_all();
    }
};

/// Where in a block 2 x 2 tiles are, and which are next.
struct Square {
    Index row = 0;
    Index panel = 0;
};

/// Works out 2 x 2 tiles and goes to the next ones; returns whether there are any.
template <int Base, bool IsSigned, class Sink>
[[gnu::always_inline]] inline bool multiply_square(const Block& block, RowTiles& rows, Square& at,
                                                   Sink& sink) {
    const Index stride = block.panel_stride;
    const SquareStep<Base, IsSigned> step{rows.first(), block.panels + at.panel * stride, stride};
    sink.square(step, rows, start_of(block, at.row, at.panel), at.row, at.panel);
    at.panel += 2;
    if (at.panel + 2 <= block.panel_count) return true;
    at.panel = 0;
    at.row += 2 * tile_rows;
    if (at.row + tile_rows >= block.rows) return false;
    rows.go_to(at.row, 2 * tile_rows);
    return true;
}

/// All 2 x 2 tiles of a block, of which there are some, with codes along k.
template <bool IsSigned, class Sink>
[[gnu::always_inline]] inline void multiply_squares(const Block& block, RowTiles& rows,
                                                    Sink& sink) {
    Square at;
    rows.go_to(0, 2 * tile_rows);
    for (;;) {
        constexpr bool s = IsSigned;
        if (!multiply_square<4, s>(block, rows, at, sink)) return sink.template end<4>();
        if (!multiply_square<3, s>(block, rows, at, sink)) return sink.template end<3>();
        if (!multiply_square<2, s>(block, rows, at, sink)) return sink.template end<2>();
        if (!multiply_square<1, s>(block, rows, at, sink)) return sink.template end<1>();
        if (!multiply_square<0, s>(block, rows, at, sink)) return sink.template end<0>();
    }
}

template <int Tile, int Count, int Panels>
[[gnu::always_inline]] inline void load_sums(SumsPlace from) {
    if constexpr (Tile < Count) {
        load_tile<Tile>(from.tile(Tile / Panels, Tile % Panels),
                        from.stride * Index{sizeof(std::int32_t)});
        load_sums<Tile + 1, Count, Panels>(from);
    }
}

template <int Tile, int Count, int Panels>
[[gnu::always_inline]] inline void store_sums(std::int32_t* to, Index stride) {
    if constexpr (Tile < Count) {
        store_tile<Tile>(tile_of(to, stride, Tile / Panels, Tile % Panels),
                         stride * Index{sizeof(std::int32_t)});
        store_sums<Tile + 1, Count, Panels>(to, stride);
    }
}

/// Works out 2 x 1, or 1 x 1, 2 or 4 tiles, at the edges of a block.
template <int Rows, int Panels, bool IsSigned, class Sink>
[[gnu::always_inline]] inline void multiply_edge(const Block& block, const RowTiles& rows,
                                                 Index row, Index panel, Sink& sink) {
    constexpr int a = 4;
    constexpr int b = a + Rows;
    load_sums<0, Rows * Panels, Panels>(start_of(block, row, panel));
    const Index stride = block.panel_stride;
    const std::int8_t* columns = block.panels + panel * stride;
    RowTile at = rows.first();
    for (Index left = rows.whole() + (rows.has_rest() ? 1 : 0); left != 0; --left) {
        if (left == 1 && rows.has_rest()) at = rows.rest();
        load_tile<a>(at.codes, at.stride);
        load_passing_tile<b>(columns);
        multiply_tiles<0, a, b, IsSigned>();
        if constexpr (Rows == 2) {
            load_tile<a + 1>(at.codes + tile_rows * at.stride, at.stride);
            multiply_tiles<1, a + 1, b, IsSigned>();
        }
        if constexpr (Panels >= 2) {
            load_passing_tile<b>(columns + stride);
            multiply_tiles<1, a, b, IsSigned>();
        }
        if constexpr (Panels == 4) {
            load_passing_tile<b>(columns + 2 * stride);
            multiply_tiles<2, a, b, IsSigned>();
            load_passing_tile<b>(columns + 3 * stride);
            multiply_tiles<3, a, b, IsSigned>();
        }
        at.codes += tile_row_bytes;
        columns += tile_bytes;
        sink.step();
    }
    sink.template store_all<Rows, Panels>(row, panel);
}

/// The panels of one tile of rows.
template <bool IsSigned, class Sink>
[[gnu::always_inline]] inline void multiply_last_rows(const Block& block, RowTiles& rows, Index row,
                                                      Sink& sink) {
    rows.go_to(row, tile_rows);
    Index panel = 0;
    for (; panel + 4 <= block.panel_count; panel += 4) {
        multiply_edge<1, 4, IsSigned>(block, rows, row, panel, sink);
    }
    if (panel + 2 <= block.panel_count) {
        multiply_edge<1, 2, IsSigned>(block, rows, row, panel, sink);
        panel += 2;
    }
    if (panel < block.panel_count) {
        multiply_edge<1, 1, IsSigned>(block, rows, row, panel, sink);
    }
}

/// Steps along k of one tile of sums that read rows where they lie.
[[nodiscard]] inline Index steps_of_tile(const Block& block) noexcept {
    return codes_along(block) / tile_row_bytes;
}

/// Those in a block.
[[nodiscard]] inline Index steps_of(const Block& block) noexcept {
    const Index row_tiles = (block.rows + tile_rows - 1) / tile_rows;
    const Index of_pair = (block.panel_count + 1) / 2;
    const Index of_one = block.panel_count / 4 + (block.panel_count % 4 + 1) / 2;
    return steps_of_tile(block) * (row_tiles / 2 * of_pair + row_tiles % 2 * of_one);
}

template <bool IsSigned, class Sink>
[[gnu::always_inline]] inline void walk(const Block& block, Sink& sink) {
    alignas(64) std::uint8_t last[2 * tile_rows * tile_row_bytes];
    RowTiles rows(block, last);
    const Index paired = (block.rows + tile_rows - 1) / (2 * tile_rows) * (2 * tile_rows);
    const Index panels = codes_along(block) == 0 ? 0 : block.panel_count / 2 * 2;
    if (paired > 0 && panels > 0) multiply_squares<IsSigned>(block, rows, sink);
    for (Index panel = panels; panel < block.panel_count; ++panel) {
        for (Index row = 0; row < paired; row += 2 * tile_rows) {
            rows.go_to(row, 2 * tile_rows);
            multiply_edge<2, 1, IsSigned>(block, rows, row, panel, sink);
        }
    }
    if (paired < block.rows) multiply_last_rows<IsSigned>(block, rows, paired, sink);
}

}  // namespace intact::gemm::amx_int8
#endif
