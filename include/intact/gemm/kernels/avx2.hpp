// The product kernel for AVX2: vpmovsxbw, vpmaddwd, vpaddd. Exact over the full range, because
// codes are widened to 16 bits first (vpmaddubsw saturates: 2 * 255 * 127 > 32767).
//
// A strip holds int16, so that one vpbroadcastq brings a row's group of 4. A register holds 4
// columns, two partial sums each; they are added at the end. The tile has 12 registers of sums:
// 6 rows x 8 columns, twice for a panel of 16. One row alone goes another way (avx2_row.hpp).
//
// Source   Intel Intrinsics Guide, _mm256_madd_epi16.
#pragma once

#include "intact/gemm/kernels/avx2_row.hpp"
#include "intact/gemm/kernels/avx2_start.hpp"
#include "intact/gemm/kernels/end_of_row.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::avx2 {

INTACT_TARGET("avx2")
inline void pack_rows(const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                      std::uint8_t flip, std::uint8_t* strip, Index strip_stride) {
    const __m256i flips = _mm256_set1_epi16(flip);
    const Index whole = count / 16 * 16;
    const EndOfRow end(count, flip);
    for (Index i = 0; i < rows; ++i) {
        const std::uint8_t* from = codes + i * row_stride;
        auto* to = reinterpret_cast<__m256i*>(strip + i * strip_stride);
        for (Index p = 0; p < whole; p += 16) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + p));
            _mm256_storeu_si256(to++, _mm256_xor_si256(_mm256_cvtepu8_epi16(bytes), flips));
        }
        if (whole < end.first()) {
            const auto* eight = reinterpret_cast<const __m128i*>(from + whole);
            const __m128i words = _mm_cvtepu8_epi16(_mm_loadl_epi64(eight));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                             _mm_xor_si128(words, _mm256_castsi256_si128(flips)));
        }
        if (end.is_there()) {
            const auto eight = static_cast<std::int64_t>(end.of(from));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(strip + i * strip_stride + 2 * end.first()),
                             _mm_cvtepu8_epi16(_mm_cvtsi64_si128(eight)));
        }
    }
}

/// Rows rows and 4 * Registers columns of a panel, from `column` on.
template <int Rows, int Registers, bool Fetches>
[[gnu::always_inline]] INTACT_TARGET("avx2") inline void columns_tile(const TilePlace& at,
                                                                      Index column,
                                                                      Fetching ahead) {
    // Each pair of partial sums starts as (sum so far, 0).
    __m256i sum[std::size_t{Rows * Registers}] = {};
    std::int32_t* sums = at.sums + column;
    const std::int32_t* from = at.start != nullptr ? at.start + column : sums;
    const Index from_stride = at.start != nullptr ? 0 : at.sums_stride;
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, from += from_stride) {
#pragma GCC unroll 4
        for (int r = 0; r < Registers; ++r) {
            const auto* four = reinterpret_cast<const __m128i*>(from + r * 4);
            sum[i * Registers + r] = _mm256_cvtepu32_epi64(_mm_loadu_si128(four));
        }
    }
    const std::uint8_t* strip = at.strip;
    const std::int8_t* panel = at.panel + column * group;
    for (Index groups = at.groups; groups > 0; --groups) {
        if constexpr (Fetches) ahead.fetch();
        __m256i columns[std::size_t{Registers}] = {};
#pragma GCC unroll 4
        for (int r = 0; r < Registers; ++r) {
            columns[r] = _mm256_cvtepi8_epi16(
                _mm_load_si128(reinterpret_cast<const __m128i*>(panel + r * 16)));
        }
#pragma GCC unroll 6
        for (int i = 0; i < Rows; ++i) {
            std::int64_t four = 0;
            std::memcpy(&four, strip + i * at.strip_stride, sizeof(four));
            const __m256i row = _mm256_set1_epi64x(four);
#pragma GCC unroll 4
            for (int r = 0; r < Registers; ++r) {
                __m256i& to = sum[i * Registers + r];
                to = _mm256_add_epi32(to, _mm256_madd_epi16(row, columns[r]));
            }
        }
        strip += 8;
        panel += panel_group_bytes;
    }
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, sums += at.sums_stride) {
#pragma GCC unroll 2
        for (int r = 0; r < Registers; r += 2) {
            auto* to = reinterpret_cast<__m256i*>(sums + r * 4);
            const __m256i pairs =
                _mm256_hadd_epi32(sum[i * Registers + r], sum[i * Registers + r + 1]);
            _mm256_storeu_si256(to, _mm256_permute4x64_epi64(pairs, 0xd8));
        }
    }
}

/// Rows rows of a panel. Where it Fetches, it asks on the way for what lies ahead: two passes over
/// half a panel leave the processor by itself too little in sight of the next one.
template <int Rows, bool Fetches>
INTACT_TARGET("avx2")
inline void tile(const Block& block, Index row, Index panel) {
    constexpr int half = panel_columns / 2;
    const bool is_half = Rows > 2 && wanted_columns(block, panel) <= half;
    const Index passes = Rows <= 2 || is_half ? 1 : 2;
    const TilePlace at = place(block, row, panel);
    Fetching ahead{};
    if constexpr (Fetches) ahead = share_of_tile(block, row, panel, Rows, 1, passes);
    if constexpr (Rows <= 2) {
        columns_tile<Rows, 4, Fetches>(at, 0, ahead);
    } else {
        columns_tile<Rows, 2, Fetches>(at, 0, ahead);
        if (is_half) return;
        ahead.line += ahead.step * at.groups;
        columns_tile<Rows, 2, Fetches>(at, half, ahead);
    }
}

inline void multiply(const Block& block) {
    // One row is left to no tile: rows_of_tile() cuts no block of more rows so.
    using Tiles = TilesOfWidth<6, BlockTile>;
    static constexpr std::array tiles{Tiles{
        1,
        {nullptr, tile<2, false>, tile<3, false>, tile<4, false>, tile<5, false>, tile<6, false>}}};
    static constexpr std::array fetching{Tiles{
        1, {nullptr, tile<2, true>, tile<3, true>, tile<4, true>, tile<5, true>, tile<6, true>}}};
    constexpr Index long_panel = 64;
    if (block.rows == 1 && block.is_far) {
        multiply_row<multiply_panel<true>>(block);
    } else if (block.rows == 1) {
        multiply_row<multiply_panel<false>>(block);
    } else if (block.groups >= long_panel) {
        run_tiles(block, fetching);
    } else {
        run_tiles(block, tiles);
    }
}

inline constexpr Kernel kernel{.isa = simd::Isa::avx2,
                               .gops = 130,
                               .rows = 6,
                               .columns = panel_columns,
                               .code_bytes = 2,
                               .fetches_ahead = true,
                               .pack_rows = pack_rows,
                               .multiply = multiply,
                               .start_sums = start_sums};

}  // namespace intact::gemm::avx2
#endif
