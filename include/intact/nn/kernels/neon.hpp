// Convolution kernels for every AArch64: smull and sadalp for many channels, smlal depthwise.
//
// Codes of the image have their top bit flipped to be int8, so that a product of two fits int16;
// what is missing then is 128 times the sum of each column of weights, worked out once a row.
//
// Source   Arm Architecture Reference Manual, SMULL, SADALP and SMLAL.
#pragma once

#include "intact/nn/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <cstring>

#include <arm_neon.h>

namespace intact::nn::neon {

/// Registers of 2 columns, two partial sums each, and of 4 columns.
inline constexpr int pair_registers = 8;
inline constexpr int column_registers = 4;

/// Adds the products of int8 codes, 4 of a row to every column, to partial sums.
[[gnu::always_inline]] inline void add_group(int8x16_t codes, const int8x16_t* columns,
                                             int32x4_t* sum) {
#pragma GCC unroll 4
    for (int r = 0; r < column_registers; ++r) {
        const int16x8_t low = vmull_s8(vget_low_s8(columns[r]), vget_low_s8(codes));
        sum[2 * r] = vpadalq_s16(sum[2 * r], low);
        sum[2 * r + 1] = vpadalq_s16(sum[2 * r + 1], vmull_high_s8(columns[r], codes));
    }
}

/// What the 16 sums of a panel start from, with the part that flipped codes lack.
[[gnu::noinline]] inline void start_of(const ConvolutionRow& row, Index panel, std::int32_t* to) {
    const std::int8_t* weights = row.panels + panel * row.groups * group_codes * panel_columns;
    int32x4_t sum[pair_registers] = {};
    for (Index g = 0; g < row.groups; ++g, weights += group_codes * panel_columns) {
#pragma GCC unroll 4
        for (int r = 0; r < column_registers; ++r) {
            const int8x16_t columns = vld1q_s8(weights + r * 16);
            sum[2 * r] = vpadalq_s16(sum[2 * r], vmovl_s8(vget_low_s8(columns)));
            sum[2 * r + 1] = vpadalq_s16(sum[2 * r + 1], vmovl_high_s8(columns));
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < column_registers; ++r) {
        const int32x4_t lacking = vshlq_n_s32(vpaddq_s32(sum[2 * r], sum[2 * r + 1]), 7);
        const int32x4_t start = vld1q_s32(row.start + panel * panel_columns + r * 4);
        vst1q_s32(to + r * 4, vaddq_s32(start, lacking));
    }
}

/// Adds the products of Outputs windows, the first at `window`, to `sum`.
template <int Outputs>
[[gnu::always_inline]] inline void add_window(const ConvolutionRow& row, const std::uint8_t* window,
                                              const std::int8_t* weights, int32x4_t* sum) {
    const int8x16_t flip = vdupq_n_s8(INT8_MIN);
    const Index step = row.step;
    for (Index g = 0; g < row.groups; ++g, weights += group_codes * panel_columns) {
        const std::uint8_t* const codes = window + row.offsets[g];
        int8x16_t columns[column_registers] = {};
#pragma GCC unroll 4
        for (int r = 0; r < column_registers; ++r) columns[r] = vld1q_s8(weights + r * 16);
#pragma GCC unroll 2
        for (int i = 0; i < Outputs; ++i) {
            std::int32_t four = 0;
            std::memcpy(&four, codes + i * step, sizeof(four));
            const int8x16_t seen = veorq_s8(vreinterpretq_s8_s32(vdupq_n_s32(four)), flip);
            add_group(seen, columns, sum + i * pair_registers);
        }
    }
}

/// Outputs [first, first + Outputs) of one panel.
template <int Outputs>
inline void tile(const ConvolutionRow& row, Index first, Index panel, const std::int32_t* start) {
    const std::int8_t* const weights =
        row.panels + panel * row.groups * group_codes * panel_columns;
    int32x4_t largest[std::size_t{Outputs * column_registers}] = {};
#pragma GCC unroll 8
    for (int i = 0; i < Outputs * column_registers; ++i) largest[i] = vdupq_n_s32(INT32_MIN);
    for (Index w = 0; w < row.window_count; ++w) {
        int32x4_t sum[std::size_t{Outputs * pair_registers}] = {};
        add_window<Outputs>(row, row.codes + first * row.step + row.windows[w], weights, sum);
#pragma GCC unroll 8
        for (int i = 0; i < Outputs * column_registers; ++i) {
            const int32x4_t four = vpaddq_s32(sum[2 * i], sum[2 * i + 1]);
            const int32x4_t from = vld1q_s32(start + i % column_registers * 4);
            largest[i] = vmaxq_s32(largest[i], vaddq_s32(from, four));
        }
    }
    std::int32_t* to = row.sums + (first * row.panel_count + panel) * panel_columns;
#pragma GCC unroll 2
    for (int i = 0; i < Outputs; ++i, to += row.panel_count * panel_columns) {
#pragma GCC unroll 4
        for (int r = 0; r < column_registers; ++r) {
            vst1q_s32(to + r * 4, largest[i * column_registers + r]);
        }
    }
}

inline void convolve(const ConvolutionRow& row) {
    for (Index panel = 0; panel < row.panel_count; ++panel) {
        std::int32_t start[panel_columns];
        start_of(row, panel, start);
        Index i = 0;
        for (; i + 2 <= row.count; i += 2) tile<2>(row, i, panel, start);
        if (i < row.count) tile<1>(row, i, panel, start);
    }
}

/// The sums [e, e + 8) of Runs runs, from the run `first` on.
template <int Runs>
inline void depthwise_tile(const DepthwiseRow& row, Index first, Index e) {
    const Index step = row.step;
    const std::uint8_t* const codes = row.codes + first * step + e;
    const std::int32_t* weights = row.weights + e;
    int32x4_t sum[std::size_t{Runs * 2}] = {};
#pragma GCC unroll 8
    for (int i = 0; i < Runs * 2; ++i) sum[i] = vld1q_s32(row.start + e + i % 2 * 4);
    for (Index t = 0; t < row.taps; ++t, weights += row.period) {
        const int16x4_t low = vmovn_s32(vld1q_s32(weights));
        const int16x4_t high = vmovn_s32(vld1q_s32(weights + 4));
        const std::uint8_t* const from = codes + row.offsets[t];
#pragma GCC unroll 4
        for (int r = 0; r < Runs; ++r) {
            const int16x8_t wide = vreinterpretq_s16_u16(vmovl_u8(vld1_u8(from + r * step)));
            sum[2 * r] = vmlal_s16(sum[2 * r], vget_low_s16(wide), low);
            sum[2 * r + 1] = vmlal_s16(sum[2 * r + 1], vget_high_s16(wide), high);
        }
    }
    std::int32_t* to = row.sums + first * row.run + e;
#pragma GCC unroll 4
    for (int r = 0; r < Runs; ++r, to += row.run) {
        vst1q_s32(to, sum[2 * r]);
        vst1q_s32(to + 4, sum[2 * r + 1]);
    }
}

inline void convolve_depthwise(const DepthwiseRow& row) {
    // Backwards: what the last vector of a run writes beyond its end belongs to the next run.
    const Index length = row.run < row.count ? row.run : row.count;
    for (Index e = (length - 1) / 8 * 8; e >= 0; e -= 8) {
        const Index runs = (row.count - e + row.run - 1) / row.run;
        Index r = 0;
        for (; r + 4 <= runs; r += 4) depthwise_tile<4>(row, r, e);
        for (; r < runs; ++r) depthwise_tile<1>(row, r, e);
    }
}

inline constexpr Kernels kernels{
    .isa = simd::Isa::neon, .convolve = convolve, .convolve_depthwise = convolve_depthwise};

}  // namespace intact::nn::neon
#endif
