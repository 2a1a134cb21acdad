// The convolution kernels for AVX-512 VNNI: vpdpbusd adds four uint8 x int8 products to each
// 32-bit lane, vpdpwssd one product of a code that was widened to 32 bits. Neither saturates.
//
// The largest sums of the windows stay in registers beside those of the current window: up to
// 8 outputs x 1 panel or 6 outputs x 2 panels.
//
// Source   Intel Intrinsics Guide, _mm512_dpbusd_epi32, _mm512_dpwssd_epi32.
#pragma once

#include "intact/nn/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::nn::avx512_vnni {

/// Outputs [first, first + Outputs) of Panels panels, from `panel` on.
template <int Outputs, int Panels>
INTACT_TARGET("avx512f,avx512bw,avx512vnni")
inline void tile(const ConvolutionRow& row, Index first, Index panel) {
    const Index step = row.step;
    const Index groups = row.groups;
    const Index* const offsets = row.offsets;
    const Index panel_stride = groups * group_codes * panel_columns;
    const std::int8_t* const panels = row.panels + panel * panel_stride;
    const std::int32_t* const start = row.start + panel * panel_columns;
    __m512i largest[std::size_t{Outputs * Panels}] = {};
#pragma GCC unroll 12
    for (int i = 0; i < Outputs * Panels; ++i) largest[i] = _mm512_set1_epi32(INT32_MIN);
    for (Index w = 0; w < row.window_count; ++w) {
        const std::uint8_t* const window = row.codes + first * step + row.windows[w];
        const std::int8_t* weights = panels;
        __m512i sum[std::size_t{Outputs * Panels}] = {};
#pragma GCC unroll 8
        for (int i = 0; i < Outputs; ++i) {
#pragma GCC unroll 2
            for (int p = 0; p < Panels; ++p) {
                sum[i * Panels + p] = _mm512_loadu_si512(start + p * panel_columns);
            }
        }
        Index g = 0;
        do {
            const std::uint8_t* const codes = window + offsets[g];
            __m512i columns[std::size_t{Panels}] = {};
#pragma GCC unroll 2
            for (int p = 0; p < Panels; ++p) {
                columns[p] = _mm512_load_si512(weights + p * panel_stride);
            }
#pragma GCC unroll 8
            for (int i = 0; i < Outputs; ++i) {
                std::int32_t four = 0;
                std::memcpy(&four, codes + i * step, sizeof(four));
                const __m512i seen = _mm512_set1_epi32(four);
#pragma GCC unroll 2
                for (int p = 0; p < Panels; ++p) {
                    __m512i& to = sum[i * Panels + p];
                    to = _mm512_dpbusd_epi32(to, seen, columns[p]);
                    INTACT_NEW_VALUE(to);  // else GCC 12 copies every sum twice a step
                }
            }
            weights += group_codes * panel_columns;
        } while (++g < groups);
#pragma GCC unroll 12
        for (int i = 0; i < Outputs * Panels; ++i) {
            largest[i] = _mm512_maskz_max_epi32(0xffff, largest[i], sum[i]);
        }
    }
    std::int32_t* to = row.sums + (first * row.panel_count + panel) * panel_columns;
#pragma GCC unroll 8
    for (int i = 0; i < Outputs; ++i, to += row.panel_count * panel_columns) {
#pragma GCC unroll 2
        for (int p = 0; p < Panels; ++p) {
            _mm512_storeu_si512(to + p * panel_columns, largest[i * Panels + p]);
        }
    }
}

using Tile = void (*)(const ConvolutionRow&, Index, Index);

inline constexpr Tile tiles_1[] = {tile<1, 1>, tile<2, 1>, tile<3, 1>, tile<4, 1>,
                                   tile<5, 1>, tile<6, 1>, tile<7, 1>, tile<8, 1>};
inline constexpr Tile tiles_2[] = {tile<1, 2>, tile<2, 2>, tile<3, 2>,
                                   tile<4, 2>, tile<5, 2>, tile<6, 2>};

/// All outputs of one or two panels, in tiles of about equal size.
inline void column(const ConvolutionRow& row, Index panel, const Tile* tiles, Index most) {
    Index left = (row.count + most - 1) / most;
    for (Index i = 0; i < row.count; --left) {
        const Index outputs = (row.count - i + left - 1) / left;
        tiles[outputs - 1](row, i, panel);
        i += outputs;
    }
}

inline void convolve(const ConvolutionRow& row) {
    Index panel = 0;
    for (; panel + 2 <= row.panel_count; panel += 2) column(row, panel, tiles_2, 6);
    if (panel < row.panel_count) column(row, panel, tiles_1, 8);
}

/// The sums [e, e + 16) of Runs runs, from the run `first` on.
template <int Runs>
INTACT_TARGET("avx512f,avx512bw,avx512vnni")
inline void depthwise_tile(const DepthwiseRow& row, Index first, Index e) {
    const Index step = row.step;
    const std::uint8_t* const codes = row.codes + first * step + e;
    const std::int32_t* weights = row.weights + e;
    __m512i sum[std::size_t{Runs}] = {};
#pragma GCC unroll 8
    for (int r = 0; r < Runs; ++r) sum[r] = _mm512_loadu_si512(row.start + e);
    for (Index t = 0; t < row.taps; ++t, weights += row.period) {
        // The high half of a widened code is 0: that of the weight does not matter.
        const __m512i weight = _mm512_loadu_si512(weights);
        const std::uint8_t* const from = codes + row.offsets[t];
#pragma GCC unroll 8
        for (int r = 0; r < Runs; ++r) {
            const auto* lanes = reinterpret_cast<const __m128i*>(from + r * step);
            const __m512i wide = _mm512_maskz_cvtepu8_epi32(0xffff, _mm_loadu_si128(lanes));
            sum[r] = _mm512_dpwssd_epi32(sum[r], wide, weight);
            INTACT_NEW_VALUE(sum[r]);
        }
    }
    std::int32_t* const to = row.sums + first * row.run + e;
#pragma GCC unroll 8
    for (int r = 0; r < Runs; ++r) _mm512_storeu_si512(to + r * row.run, sum[r]);
}

using DepthwiseTile = void (*)(const DepthwiseRow&, Index, Index);

inline constexpr DepthwiseTile depthwise_tiles[] = {
    depthwise_tile<1>, depthwise_tile<2>, depthwise_tile<3>, depthwise_tile<4>,
    depthwise_tile<5>, depthwise_tile<6>, depthwise_tile<7>, depthwise_tile<8>};

inline void convolve_depthwise(const DepthwiseRow& row) {
    // Backwards: what the last vector of a run writes beyond its end belongs to the next run.
    const Index length = row.run < row.count ? row.run : row.count;
    for (Index e = (length - 1) / 16 * 16; e >= 0; e -= 16) {
        const Index runs = (row.count - e + row.run - 1) / row.run;
        Index left = (runs + 7) / 8;
        for (Index r = 0; r < runs; --left) {
            const Index next = (runs - r + left - 1) / left;
            depthwise_tiles[next - 1](row, r, e);
            r += next;
        }
    }
}

inline constexpr Kernels kernels{
    .isa = simd::Isa::avx512_vnni, .convolve = convolve, .convolve_depthwise = convolve_depthwise};

}  // namespace intact::nn::avx512_vnni
#endif
