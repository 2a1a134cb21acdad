// The product kernel for AVX2: vpmovsxbw, vpmaddwd, vpaddd. Exact over the full range, because
// codes are widened to 16 bits first (vpmaddubsw saturates: 2 * 255 * 127 > 32767).
//
// A strip holds int16, so that one vpbroadcastq brings a row's group of 4. A register holds 4
// columns, two partial sums each; they are added at the end. The tile has 12 registers of sums:
// 6 rows x 8 columns, twice for a panel of 16.
//
// Source   Intel Intrinsics Guide, _mm256_madd_epi16.
#pragma once

#include "intact/gemm/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::avx2 {

INTACT_TARGET("avx2")
inline void pack_row(const std::uint8_t* codes, Index count, std::uint8_t flip,
                     std::uint8_t* strip) {
    const __m256i flips = _mm256_set1_epi16(flip);
    for (; count >= 16; count -= 16, codes += 16, strip += 32) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
        const __m256i words = _mm256_xor_si256(_mm256_cvtepu8_epi16(bytes), flips);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(strip), words);
    }
    for (; count > 0; --count, strip += 2) {
        const auto word = static_cast<std::int16_t>(*codes++ ^ flip);
        std::memcpy(strip, &word, sizeof(word));
    }
}

/// Adds the product of Rows rows and 4 * Registers columns to `sums`.
template <int Rows, int Registers>
INTACT_TARGET("avx2")
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 Index groups, std::int32_t* sums, Index sums_stride) {
    // Each pair of partial sums starts as (sum so far, 0).
    __m256i sum[std::size_t{Rows * Registers}];
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
        for (int r = 0; r < Registers; ++r) {
            const auto* from = reinterpret_cast<const __m128i*>(sums + i * sums_stride + r * 4);
            sum[i * Registers + r] = _mm256_cvtepu32_epi64(_mm_loadu_si128(from));
        }
    }
    for (Index g = 0; g < groups; ++g) {
        __m256i columns[std::size_t{Registers}];
#pragma GCC unroll 4
        for (int r = 0; r < Registers; ++r) {
            columns[r] = _mm256_cvtepi8_epi16(
                _mm_load_si128(reinterpret_cast<const __m128i*>(panel + r * 16)));
        }
#pragma GCC unroll 6
        for (int i = 0; i < Rows; ++i) {
            std::int64_t four = 0;
            std::memcpy(&four, strip + i * strip_stride, sizeof(four));
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
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 2
        for (int r = 0; r < Registers; r += 2) {
            auto* to = reinterpret_cast<__m256i*>(sums + i * sums_stride + r * 4);
            const __m256i pairs =
                _mm256_hadd_epi32(sum[i * Registers + r], sum[i * Registers + r + 1]);
            _mm256_storeu_si256(to, _mm256_permute4x64_epi64(pairs, 0xd8));
        }
    }
}

/// Rows rows of a whole panel.
template <int Rows>
INTACT_TARGET("avx2")
inline void panel_tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                       Index groups, std::int32_t* sums, Index sums_stride) {
    if constexpr (Rows <= 2) {
        tile<Rows, 4>(strip, strip_stride, panel, groups, sums, sums_stride);
    } else {
        tile<Rows, 2>(strip, strip_stride, panel, groups, sums, sums_stride);
        tile<Rows, 2>(strip, strip_stride, panel + 32, groups, sums + 8, sums_stride);
    }
}

using Tile = void (*)(const std::uint8_t*, Index, const std::int8_t*, Index, std::int32_t*, Index);

inline constexpr Tile tiles[] = {panel_tile<1>, panel_tile<2>, panel_tile<3>,
                                 panel_tile<4>, panel_tile<5>, panel_tile<6>};

inline void multiply(const Block& block) {
    for (Index p = 0; p < block.panel_count; ++p) {
        const std::int8_t* panel = block.panels + p * block.panel_stride;
        std::int32_t* sums = block.sums + p * panel_columns;
        for (Index row = 0; row < block.rows; row += 6) {
            const Index rows = block.rows - row < 6 ? block.rows - row : 6;
            tiles[rows - 1](block.strip + row * block.strip_stride, block.strip_stride, panel,
                            block.groups, sums + row * block.sums_stride, block.sums_stride);
        }
    }
}

inline constexpr Kernel kernel{.isa = simd::Isa::avx2,
                               .rows = 6,
                               .columns = panel_columns,
                               .code_bytes = 2,
                               .pack_row = pack_row,
                               .multiply = multiply};

}  // namespace intact::gemm::avx2
#endif
