// The product kernel for AArch64 with dot products: sdot adds four s8 x s8 products to each 32-bit
// lane, without saturation.
//
// A register holds 4 groups of a row, and sdot takes one of them by its number; another the sums of
// 4 columns. The tile is 8 rows x 8 columns, twice for a panel of 16: 16 registers of sums, 8 of
// rows, 2 of columns. Up to 4 rows take the panel at once.
//
// Source   Arm Architecture Reference Manual, SDOT (by element).
#pragma once

#include "intact/gemm/kernels/portable.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <cstring>

#include <arm_neon.h>

namespace intact::gemm::neon_dotprod {

/// The sums plus the dot products of 4 columns with one of a row's 4 groups. (Clang before 16 has
/// the intrinsic only where the whole program is compiled for it.)
template <int Group>
[[gnu::always_inline]] INTACT_ARM_TARGET("dotprod") inline int32x4_t
    plus_dots(int32x4_t sums, int8x16_t columns, int8x16_t row) {
    asm("sdot %0.4s, %1.16b, %2.4b[%3]" : "+w"(sums) : "w"(columns), "w"(row), "i"(Group));
    return sums;
}

/// Adds the products of one group of 4 * Loads columns.
template <int Rows, int Loads, int Group>
[[gnu::always_inline]] INTACT_ARM_TARGET("dotprod") inline void add_group(const std::int8_t* panel,
                                                                          const int8x16_t* rows,
                                                                          int32x4_t* sum) {
    int8x16_t columns[std::size_t{Loads}] = {};
#pragma GCC unroll 4
    for (int r = 0; r < Loads; ++r) columns[r] = vld1q_s8(panel + r * 16);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
        for (int r = 0; r < Loads; ++r) {
            sum[i * Loads + r] = plus_dots<Group>(sum[i * Loads + r], columns[r], rows[i]);
        }
    }
}

/// Rows rows and 4 * Loads columns.
template <int Rows, int Loads>
[[gnu::always_inline]] INTACT_ARM_TARGET("dotprod") inline void columns_tile(
    const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel, Index groups,
    const std::int32_t* start, std::int32_t* sums, Index sums_stride) {
    int32x4_t sum[std::size_t{Rows * Loads}] = {};
    int8x16_t rows[std::size_t{Rows}] = {};
    for (; groups >= 4; groups -= 4) {
#pragma GCC unroll 8
        for (int i = 0; i < Rows; ++i) {
            rows[i] = vreinterpretq_s8_u8(vld1q_u8(strip + i * strip_stride));
        }
        add_group<Rows, Loads, 0>(panel, rows, sum);
        add_group<Rows, Loads, 1>(panel + panel_group_bytes, rows, sum);
        add_group<Rows, Loads, 2>(panel + 2 * panel_group_bytes, rows, sum);
        add_group<Rows, Loads, 3>(panel + 3 * panel_group_bytes, rows, sum);
        strip += 4 * group;
        panel += 4 * panel_group_bytes;
    }
    for (; groups > 0; --groups) {
#pragma GCC unroll 8
        for (int i = 0; i < Rows; ++i) {
            std::int32_t four = 0;
            std::memcpy(&four, strip + i * strip_stride, sizeof(four));
            rows[i] = vreinterpretq_s8_s32(vdupq_n_s32(four));
        }
        add_group<Rows, Loads, 0>(panel, rows, sum);
        strip += group;
        panel += panel_group_bytes;
    }
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
        std::int32_t* to = sums + i * sums_stride;
        const std::int32_t* from = start != nullptr ? start : to;
#pragma GCC unroll 4
        for (int r = 0; r < Loads; ++r) {
            vst1q_s32(to + r * 4, vaddq_s32(vld1q_s32(from + r * 4), sum[i * Loads + r]));
        }
    }
}

/// Rows rows of a whole panel.
template <int Rows>
INTACT_ARM_TARGET("dotprod")
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 [[maybe_unused]] Index panel_stride, Index groups, const std::int32_t* start,
                 std::int32_t* sums, Index sums_stride) {
    if constexpr (Rows <= 4) {
        columns_tile<Rows, 4>(strip, strip_stride, panel, groups, start, sums, sums_stride);
    } else {
        columns_tile<Rows, 2>(strip, strip_stride, panel, groups, start, sums, sums_stride);
        columns_tile<Rows, 2>(strip, strip_stride, panel + 32, groups,
                              start != nullptr ? start + 8 : nullptr, sums + 8, sums_stride);
    }
}

inline void multiply(const Block& block) {
    static constexpr std::array tiles{TilesOfWidth<8>{
        1, {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>, tile<7>, tile<8>}}};
    run_tiles(block, tiles);
}

inline constexpr Kernel kernel{.isa = simd::Isa::neon_dotprod,
                               .gops = 120,
                               .rows = 8,
                               .columns = panel_columns,
                               .code_bytes = 1,
                               .signs = Signs::int8,
                               .pack_rows = portable::pack_rows,
                               .multiply = multiply};

}  // namespace intact::gemm::neon_dotprod
#endif
