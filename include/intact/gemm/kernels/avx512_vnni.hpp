// The product kernel for AVX-512 VNNI: vpdpbusd adds four uint8 x int8 products to each 32-bit
// lane. Exact: it does not saturate (vpdpbusds would).
//
// The widest tile is 6 rows x 4 panels: 24 registers of sums, 4 of columns, 1 of a row's group; ten
// loads for 24 products, where two loads a product would be the limit. Few sums form several chains
// over k, because one product takes four cycles and two can start in each.
//
// Source   Intel Intrinsics Guide, _mm512_dpbusd_epi32.
#pragma once

#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::avx512_vnni {

INTACT_TARGET("avx512f,avx512bw,avx512vnni")
inline void pack_rows(const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                      std::uint8_t flip, std::uint8_t* strip, Index strip_stride) {
    const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
    const Index whole = count / 64 * 64;
    const __mmask64 rest = ~(~__mmask64{0} << (count - whole));
    for (Index i = 0; i < rows; ++i) {
        const std::uint8_t* from = codes + i * row_stride;
        std::uint8_t* to = strip + i * strip_stride;
        for (Index p = 0; p < whole; p += 64) {
            _mm512_storeu_si512(to + p, _mm512_xor_si512(_mm512_loadu_si512(from + p), flips));
        }
        if (rest != 0) {
            const __m512i last = _mm512_maskz_loadu_epi8(rest, from + whole);
            const __m512i flipped = _mm512_xor_si512(last, _mm512_maskz_mov_epi8(rest, flips));
            _mm512_storeu_si512(to + whole, flipped);
        }
    }
}

/// Adds the products of one group to the sums of a chain.
template <int Rows, int Panels>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512vnni") inline void add_group(
    const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel, Index panel_stride,
    __m512i* sum) {
    __m512i columns[std::size_t{Panels}] = {};
#pragma GCC unroll 4
    for (int p = 0; p < Panels; ++p) columns[p] = _mm512_load_si512(panel + p * panel_stride);
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i) {
        std::int32_t four = 0;
        std::memcpy(&four, strip + i * strip_stride, sizeof(four));
        const __m512i row = _mm512_set1_epi32(four);
#pragma GCC unroll 4
        for (int p = 0; p < Panels; ++p) {
            __m512i& to = sum[i * Panels + p];
            to = _mm512_dpbusd_epi32(to, row, columns[p]);
        }
    }
}

template <int Rows, int Panels>
INTACT_TARGET("avx512f,avx512bw,avx512vnni")
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 Index panel_stride, Index groups, const std::int32_t* start, std::int32_t* sums,
                 Index sums_stride) {
    constexpr int count = Rows * Panels;
    constexpr int chains = count <= 2 ? 4 : (count < 8 ? 2 : 1);
    __m512i sum[std::size_t{chains * count}] = {};
    if (start != nullptr) {
#pragma GCC unroll 4
        for (int p = 0; p < Panels; ++p) {
            sum[p] = _mm512_loadu_si512(start + p * panel_columns);
#pragma GCC unroll 6
            for (int i = 1; i < Rows; ++i) sum[i * Panels + p] = sum[p];
        }
    } else {
        const std::int32_t* from = sums;
#pragma GCC unroll 6
        for (int i = 0; i < Rows; ++i, from += sums_stride) {
#pragma GCC unroll 4
            for (int p = 0; p < Panels; ++p) {
                sum[i * Panels + p] = _mm512_loadu_si512(from + p * panel_columns);
            }
        }
    }
    for (; groups >= chains; groups -= chains) {
#pragma GCC unroll 4
        for (int chain = 0; chain < chains; ++chain) {
            add_group<Rows, Panels>(strip + chain * group, strip_stride,
                                    panel + chain * panel_group_bytes, panel_stride,
                                    sum + chain * count);
        }
        strip += chains * group;
        panel += chains * panel_group_bytes;
    }
    if constexpr (chains > 1) {
        for (; groups > 0; --groups) {
            add_group<Rows, Panels>(strip, strip_stride, panel, panel_stride, sum);
            strip += group;
            panel += panel_group_bytes;
        }
#pragma GCC unroll 4
        for (int chain = 1; chain < chains; ++chain) {
#pragma GCC unroll 8
            for (int i = 0; i < count; ++i) {
                sum[i] = _mm512_add_epi32(sum[i], sum[chain * count + i]);
            }
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, sums += sums_stride) {
#pragma GCC unroll 4
        for (int p = 0; p < Panels; ++p) {
            _mm512_storeu_si512(sums + p * panel_columns, sum[i * Panels + p]);
        }
    }
}

template <int Panels>
inline constexpr TilesOfWidth<6> tiles_of_width{
    Panels,
    {tile<1, Panels>, tile<2, Panels>, tile<3, Panels>, tile<4, Panels>, tile<5, Panels>,
     tile<6, Panels>}};

inline void multiply(const Block& block) {
    // Short sums spend much of their time on loading and storing sums. With half of the registers
    // in use the processor does so while it is at the next tile.
    constexpr Index short_groups = 128;
    static constexpr std::array wide{tiles_of_width<4>, tiles_of_width<2>, tiles_of_width<1>};
    static constexpr std::array narrow{tiles_of_width<2>, tiles_of_width<1>};
    if (block.groups <= short_groups && block.rows > 3) {
        run_tiles(block, narrow);
    } else {
        run_tiles(block, wide);
    }
}

inline constexpr Kernel kernel{.isa = simd::Isa::avx512_vnni,
                               .rows = 6,
                               .columns = 4 * panel_columns,
                               .code_bytes = 1,
                               .pack_rows = pack_rows,
                               .multiply = multiply};

}  // namespace intact::gemm::avx512_vnni
#endif
