// The convolution kernels for AVX2: codes and weights are widened to 16 bits, vpmaddwd adds pairs
// of products to 32. Exact (vpmaddubsw would saturate).
//
// A register holds 4 columns, two partial sums each, which are added at the end; 2 outputs of a
// panel of 16 take 8 registers.
//
// Source   Intel Intrinsics Guide, _mm256_madd_epi16.
#pragma once

#include "intact/nn/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::nn::avx2 {

/// Registers of partial sums that a panel takes.
inline constexpr int registers = 4;

/// The sums of Outputs windows, as pairs of partial sums.
template <int Outputs>
[[gnu::always_inline]] INTACT_TARGET("avx2") inline void add_window(const ConvolutionRow& row,
                                                                    const std::uint8_t* window,
                                                                    const std::int8_t* weights,
                                                                    __m256i* sum) {
    const Index step = row.step;
    const Index* const offsets = row.offsets;
    for (Index g = 0; g < row.groups; ++g, weights += group_codes * panel_columns) {
        const std::uint8_t* const codes = window + offsets[g];
        __m256i columns[registers] = {};
#pragma GCC unroll 4
        for (int r = 0; r < registers; ++r) {
            columns[r] = _mm256_cvtepi8_epi16(
                _mm_load_si128(reinterpret_cast<const __m128i*>(weights + r * 16)));
        }
#pragma GCC unroll 2
        for (int i = 0; i < Outputs; ++i) {
            std::int32_t four = 0;
            std::memcpy(&four, codes + i * step, sizeof(four));
            const __m256i seen = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
#pragma GCC unroll 4
            for (int r = 0; r < registers; ++r) {
                __m256i& to = sum[i * registers + r];
                to = _mm256_add_epi32(to, _mm256_madd_epi16(seen, columns[r]));
            }
        }
    }
}

/// Outputs [first, first + Outputs) of one panel.
template <int Outputs>
INTACT_TARGET("avx2")
inline void tile(const ConvolutionRow& row, Index first, Index panel) {
    const std::int8_t* const weights =
        row.panels + panel * row.groups * group_codes * panel_columns;
    const std::int32_t* const start = row.start + panel * panel_columns;
    std::int32_t* const to = row.sums + (first * row.panel_count + panel) * panel_columns;
    __m256i largest[std::size_t{Outputs * 2}] = {};
#pragma GCC unroll 4
    for (int i = 0; i < Outputs * 2; ++i) largest[i] = _mm256_set1_epi32(INT32_MIN);
    for (Index w = 0; w < row.window_count; ++w) {
        // Each pair of partial sums starts as (start, 0).
        __m256i sum[std::size_t{Outputs * registers}] = {};
#pragma GCC unroll 8
        for (int i = 0; i < Outputs * registers; ++i) {
            const auto* from = reinterpret_cast<const __m128i*>(start + i % registers * 4);
            sum[i] = _mm256_cvtepu32_epi64(_mm_loadu_si128(from));
        }
        add_window<Outputs>(row, row.codes + first * row.step + row.windows[w], weights, sum);
#pragma GCC unroll 4
        for (int i = 0; i < Outputs * 2; ++i) {
            const __m256i pairs = _mm256_hadd_epi32(sum[2 * i], sum[2 * i + 1]);
            largest[i] = _mm256_max_epi32(largest[i], _mm256_permute4x64_epi64(pairs, 0xd8));
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < Outputs * 2; ++i) {
        std::int32_t* const output = to + i / 2 * row.panel_count * panel_columns + i % 2 * 8;
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(output), largest[i]);
    }
}

inline void convolve(const ConvolutionRow& row) {
    for (Index panel = 0; panel < row.panel_count; ++panel) {
        Index i = 0;
        for (; i + 2 <= row.count; i += 2) tile<2>(row, i, panel);
        if (i < row.count) tile<1>(row, i, panel);
    }
}

/// The sums [e, e + 8) of Runs runs, from the run `first` on.
template <int Runs>
INTACT_TARGET("avx2")
inline void depthwise_tile(const DepthwiseRow& row, Index first, Index e) {
    const Index step = row.step;
    const std::uint8_t* const codes = row.codes + first * step + e;
    const std::int32_t* weights = row.weights + e;
    __m256i sum[std::size_t{Runs}] = {};
#pragma GCC unroll 4
    for (int r = 0; r < Runs; ++r) {
        sum[r] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row.start + e));
    }
    for (Index t = 0; t < row.taps; ++t, weights += row.period) {
        // The high half of a widened code is 0: that of the weight does not matter.
        const __m256i weight = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
        const std::uint8_t* const from = codes + row.offsets[t];
#pragma GCC unroll 4
        for (int r = 0; r < Runs; ++r) {
            const auto* lanes = reinterpret_cast<const __m128i*>(from + r * step);
            const __m256i wide = _mm256_cvtepu8_epi32(_mm_loadl_epi64(lanes));
            sum[r] = _mm256_add_epi32(sum[r], _mm256_madd_epi16(wide, weight));
        }
    }
    std::int32_t* const to = row.sums + first * row.run + e;
#pragma GCC unroll 4
    for (int r = 0; r < Runs; ++r) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + r * row.run), sum[r]);
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
    .isa = simd::Isa::avx2, .convolve = convolve, .convolve_depthwise = convolve_depthwise};

}  // namespace intact::nn::avx2
#endif
