// The product kernel for SSE4.1, for processors without AVX: pmovsxbw, pmaddwd, paddd. Exact over
// the full range, because codes are widened to 16 bits first (pmaddubsw saturates:
// 2 * 255 * 127 > 32767).
//
// A strip holds int16, so that one movddup brings a row's group of 4. A register holds 2 columns,
// two partial sums each; they are added at the end. pmaddwd overwrites a factor, so that 8 products
// take a copy, pmaddwd and paddd: a cycle of a processor that starts three instructions in one. The
// last row overwrites the columns instead, which pays for widening them. The tile has 12 registers
// of sums: 6 rows x 4 columns, four times for a panel of 16.
//
// Source   Intel Intrinsics Guide, _mm_madd_epi16.
#pragma once

#include "intact/gemm/kernels/end_of_row.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::sse41 {

/// 8 bytes, in the lower half.
[[gnu::always_inline]] INTACT_TARGET("sse4.1") inline __m128i load_8(const void* from) {
    return _mm_loadl_epi64(static_cast<const __m128i*>(from));
}

INTACT_TARGET("sse4.1")
inline void pack_rows(const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                      std::uint8_t flip, std::uint8_t* strip, Index strip_stride) {
    const __m128i flips = _mm_set1_epi16(flip);
    const EndOfRow end(count, flip);
    for (Index i = 0; i < rows; ++i) {
        const std::uint8_t* from = codes + i * row_stride;
        auto* to = reinterpret_cast<__m128i*>(strip + i * strip_stride);
        for (Index p = 0; p < end.first(); p += 8) {
            _mm_storeu_si128(to++, _mm_xor_si128(_mm_cvtepu8_epi16(load_8(from + p)), flips));
        }
        if (end.is_there()) {
            const std::uint64_t eight = end.of(from);
            _mm_storeu_si128(to, _mm_cvtepu8_epi16(load_8(&eight)));
        }
    }
}

/// Rows rows and 2 * Registers columns.
template <int Rows, int Registers>
[[gnu::always_inline]] INTACT_TARGET("sse4.1") inline void columns_tile(
    const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel, Index groups,
    const std::int32_t* start, std::int32_t* sums, Index sums_stride) {
    // Each pair of partial sums starts as (sum so far, 0).
    __m128i sum[std::size_t{Rows * Registers}] = {};
    const std::int32_t* from = start != nullptr ? start : sums;
    const Index from_stride = start != nullptr ? 0 : sums_stride;
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, from += from_stride) {
#pragma GCC unroll 8
        for (int r = 0; r < Registers; ++r) {
            sum[i * Registers + r] = _mm_cvtepu32_epi64(load_8(from + r * 2));
        }
    }
    for (Index g = 0; g < groups; ++g) {
        __m128i columns[std::size_t{Registers}] = {};
#pragma GCC unroll 6
        for (int i = 0; i < Rows; ++i) {
            double four = 0;  // its bits: of an integer Clang makes movq and pshufd
            std::memcpy(&four, strip + i * strip_stride, sizeof(four));
            const __m128i row = _mm_castpd_si128(_mm_set1_pd(four));
#pragma GCC unroll 8
            for (int r = 0; r < Registers; ++r) {
                // Here, so that not all of them take a register before the first product.
                if (i == 0) columns[r] = _mm_cvtepi8_epi16(load_8(panel + r * 8));
                __m128i& to = sum[i * Registers + r];
                to = _mm_add_epi32(to, _mm_madd_epi16(columns[r], row));
            }
        }
        strip += 8;
        panel += panel_group_bytes;
    }
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, sums += sums_stride) {
#pragma GCC unroll 4
        for (int r = 0; r < Registers; r += 2) {
            const __m128i four = _mm_hadd_epi32(sum[i * Registers + r], sum[i * Registers + r + 1]);
            _mm_storeu_si128(reinterpret_cast<__m128i*>(sums + r * 2), four);
        }
    }
}

/// Rows rows of a panel.
template <int Rows>
INTACT_TARGET("sse4.1")
inline void tile(const Block& block, Index row, Index panel) {
    constexpr int registers = Rows == 1 ? 8 : Rows == 2 ? 4 : 2;
    constexpr int columns = 2 * registers;
    const TilePlace at = place(block, row, panel);
    const Index wanted = wanted_columns(block, panel);
#pragma GCC unroll 1
    for (int column = 0; column < wanted; column += columns) {
        columns_tile<Rows, registers>(at.strip, at.strip_stride, at.panel + column * group,
                                      at.groups, at.start != nullptr ? at.start + column : nullptr,
                                      at.sums + column, at.sums_stride);
    }
}

inline void multiply(const Block& block) {
    static constexpr std::array tiles{
        TilesOfWidth<6, BlockTile>{1, {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>}}};
    run_tiles(block, tiles);
}

inline constexpr Kernel kernel{.isa = simd::Isa::sse41,
                               .gops = 70,
                               .rows = 6,
                               .columns = panel_columns,
                               .code_bytes = 2,
                               .pack_rows = pack_rows,
                               .multiply = multiply};

}  // namespace intact::gemm::sse41
#endif
