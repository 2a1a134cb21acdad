// The product kernel for AVX-512 without VNNI: vpmovsxbw, vpmaddwd, vpaddd on 512 bits. Exact over
// the full range, because codes are widened to 16 bits first (vpmaddubsw saturates).
//
// A strip holds int16, so that one vpbroadcastq brings a row's group of 4. A register holds 8
// columns, two partial sums each; they are added at the end. The tile is 6 rows x 2 panels: 24
// registers of sums, 4 of columns, 1 of a row's group. One row alone goes another way
// (avx512_bw_row.hpp).
//
// Source   Intel Intrinsics Guide, _mm512_madd_epi16.
#pragma once

#include "intact/gemm/kernels/avx512_bw_row.hpp"
#include "intact/gemm/kernels/avx512_start.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::avx512_bw {

INTACT_TARGET("avx512f,avx512bw,avx512vl")
inline void pack_rows(const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                      std::uint8_t flip, std::uint8_t* strip, Index strip_stride) {
    const __m256i flips = _mm256_set1_epi8(static_cast<char>(flip));
    for (Index i = 0; i < rows; ++i) {
        const std::uint8_t* from = codes + i * row_stride;
        std::uint8_t* to = strip + i * strip_stride;
        for (Index left = count; left > 0; left -= 32, from += 32, to += 64) {
            const __mmask32 mask = left >= 32 ? ~__mmask32{0} : ~(~__mmask32{0} << left);
            const __m256i bytes = _mm256_maskz_loadu_epi8(mask, from);
            const __m256i flipped = _mm256_xor_si256(bytes, _mm256_maskz_mov_epi8(mask, flips));
            _mm512_storeu_si512(to, _mm512_cvtepu8_epi16(flipped));
        }
    }
}

template <int Rows, int Panels, bool Fetches>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512vl") inline void panels_tile(
    const TilePlace& at, Fetching ahead) {
    constexpr int width = 2 * Panels;
    // Each pair of partial sums starts as (sum so far, 0).
    __m512i sum[std::size_t{Rows * width}] = {};
    const std::int32_t* from = at.start != nullptr ? at.start : at.sums;
    const Index from_stride = at.start != nullptr ? 0 : at.sums_stride;
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, from += from_stride) {
#pragma GCC unroll 4
        for (int r = 0; r < width; ++r) {
            const auto* eight = reinterpret_cast<const __m256i*>(from + r * 8);
            sum[i * width + r] = _mm512_maskz_cvtepu32_epi64(0xff, _mm256_loadu_si256(eight));
        }
    }
    const std::uint8_t* strip = at.strip;
    const std::int8_t* panel = at.panel;
    for (Index groups = at.groups; groups > 0; --groups) {
        if constexpr (Fetches) ahead.fetch();
        __m512i columns[std::size_t{width}] = {};
#pragma GCC unroll 4
        for (int r = 0; r < width; ++r) {
            const std::int8_t* eight = panel + r / 2 * at.panel_stride + r % 2 * 32;
            columns[r] =
                _mm512_cvtepi8_epi16(_mm256_load_si256(reinterpret_cast<const __m256i*>(eight)));
        }
#pragma GCC unroll 6
        for (int i = 0; i < Rows; ++i) {
            std::int64_t four = 0;
            std::memcpy(&four, strip + i * at.strip_stride, sizeof(four));
            const __m512i row = _mm512_set1_epi64(four);
#pragma GCC unroll 2
            for (int r = 0; r < width; r += 2) {
                __m512i& low = sum[i * width + r];
                __m512i& high = sum[i * width + r + 1];
                __m512i low_products = _mm512_madd_epi16(row, columns[r]);
                __m512i high_products = _mm512_madd_epi16(row, columns[r + 1]);
                INTACT_NEW_VALUE(low_products);  // both before the sums: pipes are shared better
                INTACT_NEW_VALUE(high_products);
                low = _mm512_add_epi32(low, low_products);
                high = _mm512_add_epi32(high, high_products);
            }
        }
        strip += 2 * group;
        panel += panel_group_bytes;
    }
    const __m512i evens =
        _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i odds =
        _mm512_set_epi32(31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
    std::int32_t* sums = at.sums;
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, sums += at.sums_stride) {
#pragma GCC unroll 2
        for (int p = 0; p < Panels; ++p) {
            const __m512i low = sum[i * width + 2 * p];
            const __m512i high = sum[i * width + 2 * p + 1];
            const __m512i total = _mm512_add_epi32(_mm512_permutex2var_epi32(low, evens, high),
                                                   _mm512_permutex2var_epi32(low, odds, high));
            _mm512_storeu_si512(sums + p * panel_columns, total);
        }
    }
}

template <int Rows, int Panels>
INTACT_TARGET("avx512f,avx512bw,avx512vl")
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 Index panel_stride, Index groups, const std::int32_t* start, std::int32_t* sums,
                 Index sums_stride) {
    panels_tile<Rows, Panels, false>(
        {strip, strip_stride, panel, panel_stride, groups, start, sums, sums_stride}, {});
}

/// The same, and fetches on the way what lies ahead.
template <int Rows, int Panels>
INTACT_TARGET("avx512f,avx512bw,avx512vl")
inline void fetching_tile(const Block& block, Index row, Index panel) {
    panels_tile<Rows, Panels, true>(place(block, row, panel),
                                    share_of_tile(block, row, panel, Rows, Panels, 1));
}

template <int Panels>
inline constexpr TilesOfWidth<6> tiles_of_width{
    Panels,
    {nullptr, tile<2, Panels>, tile<3, Panels>, tile<4, Panels>, tile<5, Panels>, tile<6, Panels>}};

template <int Panels>
inline constexpr TilesOfWidth<6, BlockTile> fetching_tiles_of_width{
    Panels,
    {nullptr, fetching_tile<2, Panels>, fetching_tile<3, Panels>, fetching_tile<4, Panels>,
     fetching_tile<5, Panels>, fetching_tile<6, Panels>}};

inline void multiply(const Block& block) {
    // None of one row: run_tiles() leaves no row alone.
    static constexpr std::array tiles{tiles_of_width<2>, tiles_of_width<1>};
    static constexpr std::array fetching{fetching_tiles_of_width<2>, fetching_tiles_of_width<1>};
    if (block.rows == 1) {
        avx2::multiply_row<multiply_panel>(block);
    } else if (block.ahead_bytes != 0 || (block.is_far && block.rows > 2)) {
        run_tiles(block, fetching);
    } else {
        run_tiles(block, tiles);
    }
}

inline constexpr Kernel kernel{.isa = simd::Isa::avx512_bw,
                               .gops = 180,
                               .rows = 6,
                               .columns = 2 * panel_columns,
                               .code_bytes = 2,
                               .fetches_ahead = true,
                               .pack_rows = pack_rows,
                               .multiply = multiply,
                               .start_sums = avx512::start_sums};

}  // namespace intact::gemm::avx512_bw
#endif
