// The product kernel for AMX-INT8: one instruction multiplies a tile of 16 rows x 64 codes by one
// of 64 codes x 16 columns. Exact: sums wrap, they do not saturate. Takes int8 and uint8 rows
// alike.
//
//   tiles    32 rows x 32 columns: 2 x 2 tiles of sums, 2 of rows, 2 of columns. A tile of columns
//            is 16 groups of one panel, 1 KiB in one piece; a tile of rows is read where the strip
//            lies. Up to 16 rows, or the last of an odd number of tiles: 1 x 4 tiles of sums.
//   per 64   4 products of 16 cycles each on the one unit there is, which is the bound: 64 cycles.
//   codes    4 loads of 8 cycles and 4 KiB: 64 bytes a cycle. The second-level cache gives about
//            48, so one side has to stay in the first level: near_bytes (blocking.hpp).
//   sums     4 loads and 4 stores of 1 KiB for each piece of k, 96 cycles; 1024 codes take 1024.
//   epilogue of the step before, some rows after each step along k. Behind the block it would stand
//            behind the stores of sums too, which wait for the last products.
//
// A product takes 52 cycles until its sums can be added to, so four tiles of sums keep the unit
// busy and two would not.
// Cycles are Intel's figures for the first processors with tiles, none of them measured here.
//
// Tiles are configured once for a part of a product (enter, about 220 cycles) and given back after
// it. A configuration that was in use before is in use again then; data in tiles is lost, as in any
// call (amx_tiles.hpp).
//
// Source   Intel SDM volume 2, TDPBSSD, TDPBUSD; Intel 64 and IA-32 Architectures Optimization
//          Reference Manual (AMX: throughputs and latencies)
#pragma once

#include "intact/gemm/kernels/amx_tiles.hpp"
#include "intact/gemm/kernels/avx512_start.hpp"
#include "intact/gemm/kernels/avx512_vnni.hpp"
#include "intact/gemm/kernels/on_the_way.hpp"

#if INTACT_X86
#include <new>

namespace intact::gemm::amx_int8 {

inline constexpr Index tile_rows = 16;
inline constexpr Index tile_groups = 16;
inline constexpr Index tile_row_bytes = 64;
inline constexpr Index tile_bytes = tile_groups * panel_group_bytes;

static_assert(tile_bytes <= packed_slack);

inline void enter(KernelState& saved) {
    static constexpr TileConfig config{
        .palette = 1,
        .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0},
        .rows = {16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0}};
    auto* const before = new (saved.bytes) TileConfig;
    store_config(*before);
    load_config(config);
}

inline void leave(KernelState& saved) {
    const auto& before = *std::launder(reinterpret_cast<const TileConfig*>(saved.bytes));
    if (before.palette == 0) {
        release();
    } else {
        load_config(before);
    }
}

/// One step of 64 codes along k; sums are tiles 0 to 3, rows follow, then columns.
template <int Rows, int Panels, bool IsSigned>
[[gnu::always_inline]] inline void add_step(const std::uint8_t* strip, Index strip_stride,
                                            const std::int8_t* panel, Index panel_stride) {
    constexpr int a = 4;
    constexpr int b = a + Rows;
    load_tile<a>(strip, strip_stride);
    load_tile<b>(panel, tile_row_bytes);
    multiply_tiles<0, a, b, IsSigned>();
    if constexpr (Rows == 2) {
        load_tile<a + 1>(strip + tile_rows * strip_stride, strip_stride);
        multiply_tiles<Panels, a + 1, b, IsSigned>();
    }
    if constexpr (Panels >= 2) {
        load_tile<b + 1>(panel + panel_stride, tile_row_bytes);
        multiply_tiles<1, a, b + 1, IsSigned>();
        if constexpr (Rows == 2) multiply_tiles<Panels + 1, a + 1, b + 1, IsSigned>();
    }
    if constexpr (Panels >= 3) {
        load_tile<b + 2>(panel + 2 * panel_stride, tile_row_bytes);
        multiply_tiles<2, a, b + 2, IsSigned>();
    }
    if constexpr (Panels == 4) {
        load_tile<b>(panel + 3 * panel_stride, tile_row_bytes);
        multiply_tiles<3, a, b, IsSigned>();
    }
}

template <int Tile, int Count, int Panels>
[[gnu::always_inline]] inline void load_sums(const std::int32_t* from, Index stride) {
    if constexpr (Tile < Count) {
        constexpr Index row = Tile / Panels * tile_rows;
        constexpr Index column = Tile % Panels * panel_columns;
        load_tile<Tile>(from + row * stride + column, stride * Index{sizeof(std::int32_t)});
        load_sums<Tile + 1, Count, Panels>(from, stride);
    }
}

template <int Tile, int Count, int Panels>
[[gnu::always_inline]] inline void store_sums(std::int32_t* to, Index stride) {
    if constexpr (Tile < Count) {
        constexpr Index row = Tile / Panels * tile_rows;
        constexpr Index column = Tile % Panels * panel_columns;
        store_tile<Tile>(to + row * stride + column, stride * Index{sizeof(std::int32_t)});
        store_sums<Tile + 1, Count, Panels>(to, stride);
    }
}

/// Works out 1 or 2 tiles of rows x 1 to 4 panels of sums.
template <int Rows, int Panels, bool IsSigned>
inline void tiles(const Block& block, Index row, Index panel, OnTheWay& on_the_way) {
    static_assert(Rows * Panels <= 4);
    const std::uint8_t* strip = block.strip + row * block.strip_stride;
    const std::int8_t* columns = block.panels + panel * block.panel_stride;
    std::int32_t* const sums = block.sums + row * block.sums_stride + panel * panel_columns;
    if (block.start != nullptr) {
        load_sums<0, Rows * Panels, Panels>(block.start + panel * panel_columns, 0);
    } else {
        load_sums<0, Rows * Panels, Panels>(sums, block.sums_stride);
    }
    const Index strip_stride =
        block.strip_stride;  // copies: assembly may change what lies in memory
    const Index panel_stride = block.panel_stride;
    for (Index left = block.groups; left > 0; left -= tile_groups) {
        add_step<Rows, Panels, IsSigned>(strip, strip_stride, columns, panel_stride);
        on_the_way.step();
        strip += tile_row_bytes;
        columns += tile_bytes;
    }
    store_sums<0, Rows * Panels, Panels>(sums, block.sums_stride);
}

template <bool IsSigned>
inline void multiply_all(const Block& block) {
    const Index row_tiles = (block.rows + tile_rows - 1) / tile_rows;
    const Index paired_rows = row_tiles / 2 * 2 * tile_rows;
    const Index pairs = (block.panel_count + 1) / 2;
    const Index fours = (block.panel_count + 3) / 4;
    const Index steps = (block.groups + tile_groups - 1) / tile_groups *
                        (row_tiles / 2 * pairs + row_tiles % 2 * fours);
    OnTheWay on_the_way(block, steps);
    for (Index panel = 0; panel < block.panel_count; panel += 2) {
        for (Index row = 0; row < paired_rows; row += 2 * tile_rows) {
            if (block.panel_count - panel >= 2) {
                tiles<2, 2, IsSigned>(block, row, panel, on_the_way);
            } else {
                tiles<2, 1, IsSigned>(block, row, panel, on_the_way);
            }
        }
    }
    for (Index panel = 0; row_tiles % 2 != 0 && panel < block.panel_count; panel += 4) {
        switch (block.panel_count - panel) {
            case 1:
                tiles<1, 1, IsSigned>(block, paired_rows, panel, on_the_way);
                break;
            case 2:
                tiles<1, 2, IsSigned>(block, paired_rows, panel, on_the_way);
                break;
            case 3:
                tiles<1, 3, IsSigned>(block, paired_rows, panel, on_the_way);
                break;
            default:
                tiles<1, 4, IsSigned>(block, paired_rows, panel, on_the_way);
        }
    }
    on_the_way.finish();
}

inline void multiply(const Block& block) {
    if (block.is_signed) {
        multiply_all<true>(block);
    } else {
        multiply_all<false>(block);
    }
}

inline constexpr Kernel kernel{.isa = simd::Isa::amx_int8,
                               .rows = 2 * tile_rows,
                               .columns = 2 * panel_columns,
                               .code_bytes = 1,
                               .read_rows = tile_rows,
                               .read_k = tile_row_bytes,
                               .near_bytes = 32 * 1024,
                               .signs = Signs::both,
                               .fetches_ahead = true,
                               .runs_errands = true,
                               .pack_rows = avx512_vnni::pack_rows,
                               .multiply = multiply,
                               .start_sums = avx512::start_sums,
                               .enter = enter,
                               .leave = leave};

}  // namespace intact::gemm::amx_int8
#endif
