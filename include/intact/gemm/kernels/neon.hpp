// The product kernel for every AArch64: smull, sadalp. Exact over the full range: a product of two
// int8 fits int16, and pairs of products are added in int32 (smlal twice would not fit:
// 2 * 128 * 128 > 32767).
//
// ld1r brings a row's group of 4. A register holds 2 columns, two partial sums each; they are added
// at the end. The tile has 24 registers of sums: 6 rows x 8 columns, twice for a panel of 16.
//
// Source   Arm Architecture Reference Manual, SMULL and SADALP.
#pragma once

#include "intact/gemm/kernels/portable.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <cstring>

#include <arm_neon.h>

namespace intact::gemm::neon {

/// The 4 codes at `codes` in every lane of 32 bits.
[[gnu::always_inline]] inline int8x16_t broadcast(const std::uint8_t* codes) {
    std::int32_t four = 0;
    std::memcpy(&four, codes, sizeof(four));
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
}

/// Rows rows and 4 * Loads columns.
template <int Rows, int Loads>
[[gnu::always_inline]] inline void columns_tile(const std::uint8_t* strip, Index strip_stride,
                                                const std::int8_t* panel, Index groups,
                                                const std::int32_t* start, std::int32_t* sums,
                                                Index sums_stride) {
    constexpr int registers = 2 * Loads;
    int32x4_t sum[std::size_t{Rows * registers}] = {};
    for (Index g = 0; g < groups; ++g) {
        int8x16_t columns[std::size_t{Loads}] = {};
#pragma GCC unroll 4
        for (int r = 0; r < Loads; ++r) columns[r] = vld1q_s8(panel + r * 16);
#pragma GCC unroll 6
        for (int i = 0; i < Rows; ++i) {
            const int8x16_t row = broadcast(strip + i * strip_stride);
#pragma GCC unroll 4
            for (int r = 0; r < Loads; ++r) {
                int32x4_t* to = sum + i * registers + 2 * r;
                to[0] = vpadalq_s16(to[0], vmull_s8(vget_low_s8(columns[r]), vget_low_s8(row)));
                to[1] = vpadalq_s16(to[1], vmull_high_s8(columns[r], row));
            }
        }
        strip += group;
        panel += panel_group_bytes;
    }
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i) {
        std::int32_t* to = sums + i * sums_stride;
        const std::int32_t* from = start != nullptr ? start : to;
#pragma GCC unroll 4
        for (int r = 0; r < Loads; ++r) {
            const int32x4_t* pairs = sum + i * registers + 2 * r;
            const int32x4_t four = vpaddq_s32(pairs[0], pairs[1]);
            vst1q_s32(to + r * 4, vaddq_s32(vld1q_s32(from + r * 4), four));
        }
    }
}

/// Rows rows of a whole panel.
template <int Rows>
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 [[maybe_unused]] Index panel_stride, Index groups, const std::int32_t* start,
                 std::int32_t* sums, Index sums_stride) {
    if constexpr (Rows <= 3) {
        columns_tile<Rows, 4>(strip, strip_stride, panel, groups, start, sums, sums_stride);
    } else {
        columns_tile<Rows, 2>(strip, strip_stride, panel, groups, start, sums, sums_stride);
        columns_tile<Rows, 2>(strip, strip_stride, panel + 32, groups,
                              start != nullptr ? start + 8 : nullptr, sums + 8, sums_stride);
    }
}

inline void multiply(const Block& block) {
    static constexpr std::array tiles{
        TilesOfWidth<6>{1, {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>}}};
    run_tiles(block, tiles);
}

inline constexpr Kernel kernel{.isa = simd::Isa::neon,
                               .gops = 40,
                               .rows = 6,
                               .columns = panel_columns,
                               .code_bytes = 1,
                               .signs = Signs::int8,
                               .pack_rows = portable::pack_rows,
                               .multiply = multiply};

}  // namespace intact::gemm::neon
#endif
