// The product kernel for AArch64 with matrix products: smmla and usmmla multiply 2 rows of 8 codes
// with 2 columns of 8 and add to 2 x 2 sums, without saturation. Either type of A goes as it is.
//
// Two groups of 4 columns, zipped, are two pairs of columns of 8 codes. The tile is 8 rows x 8
// columns, twice for a panel of 16: 16 registers of sums, 4 of columns, 1 of rows. An odd last row
// takes the place of its partner too.
//
// Source   Arm Architecture Reference Manual, SMMLA and USMMLA (vector).
#pragma once

#include "intact/gemm/kernels/portable.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <arm_neon.h>

namespace intact::gemm::neon_i8mm {

/// The 2 x 2 sums plus the products of 2 rows and 2 columns. (Clang before 16 has the intrinsics
/// only where the whole program is compiled for them.)
template <bool IsSigned>
[[gnu::always_inline]] INTACT_ARM_TARGET("i8mm") inline int32x4_t
    plus_products(int32x4_t sums, uint8x16_t rows, int32x4_t columns) {
    if constexpr (IsSigned) {
        asm("smmla %0.4s, %1.16b, %2.16b" : "+w"(sums) : "w"(rows), "w"(columns));
    } else {
        asm("usmmla %0.4s, %1.16b, %2.16b" : "+w"(sums) : "w"(rows), "w"(columns));
    }
    return sums;
}

[[gnu::always_inline]] INTACT_ARM_TARGET("i8mm") inline int32x4_t
    four_columns(const std::int8_t* panel) {
    return vreinterpretq_s32_s8(vld1q_s8(panel));
}

/// Rows rows and 8 columns.
template <int Rows, bool IsSigned>
[[gnu::always_inline]] INTACT_ARM_TARGET("i8mm") inline void columns_tile(
    const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel, Index groups,
    const std::int32_t* start, std::int32_t* sums, Index sums_stride) {
    constexpr int pairs = (Rows + 1) / 2;
    int32x4_t sum[std::size_t{pairs * 4}] = {};
    for (Index g = 0; g < groups; g += 2) {
        int32x4_t columns[4] = {};
#pragma GCC unroll 2
        for (int r = 0; r < 2; ++r) {
            const int32x4_t low = four_columns(panel + r * 16);
            const int32x4_t high = four_columns(panel + r * 16 + panel_group_bytes);
            columns[2 * r] = vzip1q_s32(low, high);
            columns[2 * r + 1] = vzip2q_s32(low, high);
        }
#pragma GCC unroll 4
        for (int i = 0; i < pairs; ++i) {
            const int second = 2 * i + 1 < Rows ? 2 * i + 1 : 2 * i;
            const uint8x16_t rows = vcombine_u8(vld1_u8(strip + 2 * i * strip_stride),
                                                vld1_u8(strip + second * strip_stride));
#pragma GCC unroll 4
            for (int c = 0; c < 4; ++c) {
                sum[i * 4 + c] = plus_products<IsSigned>(sum[i * 4 + c], rows, columns[c]);
            }
        }
        strip += 2 * group;
        panel += 2 * panel_group_bytes;
    }
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
        std::int32_t* to = sums + i * sums_stride;
        const std::int32_t* from = start != nullptr ? start : to;
#pragma GCC unroll 2
        for (int c = 0; c < 4; c += 2) {
            const int32x4_t left = sum[i / 2 * 4 + c];
            const int32x4_t right = sum[i / 2 * 4 + c + 1];
            const int32x4_t four = i % 2 == 0
                                       ? vcombine_s32(vget_low_s32(left), vget_low_s32(right))
                                       : vcombine_s32(vget_high_s32(left), vget_high_s32(right));
            vst1q_s32(to + 2 * c, vaddq_s32(vld1q_s32(from + 2 * c), four));
        }
    }
}

/// Rows rows of a whole panel.
template <int Rows, bool IsSigned>
INTACT_ARM_TARGET("i8mm")
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 [[maybe_unused]] Index panel_stride, Index groups, const std::int32_t* start,
                 std::int32_t* sums, Index sums_stride) {
    columns_tile<Rows, IsSigned>(strip, strip_stride, panel, groups, start, sums, sums_stride);
    columns_tile<Rows, IsSigned>(strip, strip_stride, panel + 32, groups,
                                 start != nullptr ? start + 8 : nullptr, sums + 8, sums_stride);
}

template <bool IsSigned>
inline constexpr TilesOfWidth<8> tiles_of_panel{
    1,
    {tile<1, IsSigned>, tile<2, IsSigned>, tile<3, IsSigned>, tile<4, IsSigned>, tile<5, IsSigned>,
     tile<6, IsSigned>, tile<7, IsSigned>, tile<8, IsSigned>}};

inline void multiply(const Block& block) {
    static constexpr std::array signed_tiles{tiles_of_panel<true>};
    static constexpr std::array unsigned_tiles{tiles_of_panel<false>};
    run_tiles(block, block.is_signed ? signed_tiles : unsigned_tiles);
}

inline constexpr Kernel kernel{.isa = simd::Isa::neon_i8mm,
                               .gops = 200,
                               .rows = 8,
                               .columns = panel_columns,
                               .code_bytes = 1,
                               .read_k = 2 * group,
                               .signs = Signs::both,
                               .pack_rows = portable::pack_rows,
                               .multiply = multiply};

}  // namespace intact::gemm::neon_i8mm
#endif
