// The product kernel for AVX-VNNI: vpdpbusd on 256 bits, for processors that have it without
// AVX-512. Exact: it does not saturate (vpdpbusds would).
//
// A panel of 16 columns is two registers. The tile is 6 rows x 1 panel: 12 registers of sums, 2 of
// columns, 1 of a row's group; few rows take more panels or several chains over k, so that there
// are always enough sums for a product that takes four cycles or more while two can start in each.
//
// Source   Intel Intrinsics Guide, _mm256_dpbusd_avx_epi32.
#pragma once

#include "intact/gemm/kernels/avx2_start.hpp"
#include "intact/gemm/kernels/end_of_row.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::avx_vnni {

INTACT_TARGET("avx2,avxvnni")
inline void pack_rows(const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                      std::uint8_t flip, std::uint8_t* strip, Index strip_stride) {
    const __m256i flips = _mm256_set1_epi8(static_cast<char>(flip));
    const Index whole = count / 32 * 32;
    const EndOfRow end(count, flip);
    for (Index i = 0; i < rows; ++i) {
        const std::uint8_t* from = codes + i * row_stride;
        std::uint8_t* to = strip + i * strip_stride;
        for (Index p = 0; p < whole; p += 32) {
            const auto* source = reinterpret_cast<const __m256i*>(from + p);
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + p),
                                _mm256_xor_si256(_mm256_loadu_si256(source), flips));
        }
        for (Index p = whole; p < end.first(); p += EndOfRow::eight) {
            const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + p));
            _mm_storel_epi64(reinterpret_cast<__m128i*>(to + p),
                             _mm_xor_si128(eight, _mm256_castsi256_si128(flips)));
        }
        if (end.is_there()) {
            const std::uint64_t eight = end.of(from);
            std::memcpy(to + end.first(), &eight, sizeof(eight));
        }
    }
}

/// Adds the products of one group to the sums of a tile.
template <int Rows, int Panels>
[[gnu::always_inline]] INTACT_TARGET("avx2,avxvnni") inline void add_group(
    const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel, Index panel_stride,
    __m256i* sum) {
    constexpr int width = 2 * Panels;
    __m256i columns[std::size_t{width}] = {};
#pragma GCC unroll 8
    for (int r = 0; r < width; ++r) {
        const std::int8_t* eight = panel + r / 2 * panel_stride + r % 2 * 32;
        columns[r] = _mm256_load_si256(reinterpret_cast<const __m256i*>(eight));
    }
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i) {
        std::int32_t four = 0;
        std::memcpy(&four, strip + i * strip_stride, sizeof(four));
        const __m256i row = _mm256_set1_epi32(four);
#pragma GCC unroll 8
        for (int r = 0; r < width; ++r) {
            __m256i& to = sum[i * width + r];
            to = _mm256_dpbusd_avx_epi32(to, row, columns[r]);
        }
    }
}

/// Chains of sums over k that a tile has, where one would leave products waiting for each other.
template <int Rows, int Panels>
inline constexpr int chains = Rows* Panels == 1 ? 4 : (Rows* Panels <= 3 ? 2 : 1);

template <int Rows, int Panels, bool Fetches>
[[gnu::always_inline]] INTACT_TARGET("avx2,avxvnni") inline void panels_tile(const TilePlace& at,
                                                                             Fetching ahead) {
    constexpr int width = 2 * Panels;
    constexpr int count = Rows * width;
    constexpr int chain_count = chains<Rows, Panels>;
    __m256i sum[std::size_t{chain_count * count}] = {};
    const std::int32_t* from = at.start != nullptr ? at.start : at.sums;
    const Index from_stride = at.start != nullptr ? 0 : at.sums_stride;
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, from += from_stride) {
#pragma GCC unroll 8
        for (int r = 0; r < width; ++r) {
            const auto* eight = reinterpret_cast<const __m256i*>(from + r * 8);
            sum[i * width + r] = _mm256_loadu_si256(eight);
        }
    }
    constexpr int turn = 4;  // groups: columns are asked for earlier
    const std::uint8_t* strip = at.strip;
    const std::int8_t* panel = at.panel;
    Index groups = at.groups;
    for (; groups >= turn; groups -= turn) {
#pragma GCC unroll 4
        for (int i = 0; i < turn; ++i) {
            if constexpr (Fetches) ahead.fetch();
            add_group<Rows, Panels>(strip + i * group, at.strip_stride,
                                    panel + i * panel_group_bytes, at.panel_stride,
                                    sum + i % chain_count * count);
        }
        strip += turn * group;
        panel += turn * panel_group_bytes;
    }
    for (; groups > 0; --groups) {
        add_group<Rows, Panels>(strip, at.strip_stride, panel, at.panel_stride, sum);
        strip += group;
        panel += panel_group_bytes;
    }
#pragma GCC unroll 4
    for (int chain = 1; chain < chain_count; ++chain) {
#pragma GCC unroll 6
        for (int i = 0; i < count; ++i) {
            sum[i] = _mm256_add_epi32(sum[i], sum[chain * count + i]);
        }
    }
    std::int32_t* sums = at.sums;
#pragma GCC unroll 6
    for (int i = 0; i < Rows; ++i, sums += at.sums_stride) {
#pragma GCC unroll 8
        for (int r = 0; r < width; ++r) {
            auto* to = reinterpret_cast<__m256i*>(sums + r * 8);
            _mm256_storeu_si256(to, sum[i * width + r]);
        }
    }
}

template <int Rows, int Panels>
INTACT_TARGET("avx2,avxvnni")
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 Index panel_stride, Index groups, const std::int32_t* start, std::int32_t* sums,
                 Index sums_stride) {
    panels_tile<Rows, Panels, false>(
        {strip, strip_stride, panel, panel_stride, groups, start, sums, sums_stride}, {});
}

/// The same where weights come from afar: what lies ahead is fetched on the way. The processor by
/// itself looks ahead to the end of a page.
template <int Rows>
INTACT_TARGET("avx2,avxvnni")
inline void fetching_tile(const Block& block, Index row, Index panel) {
    panels_tile<Rows, 1, true>(place(block, row, panel),
                               share_of_tile(block, row, panel, Rows, 1, 1));
}

/// Rows rows of two panels, with as many registers as there are.
template <int Rows>
INTACT_TARGET("avx2,avxvnni")
inline void two_panels(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                       Index panel_stride, Index groups, const std::int32_t* start,
                       std::int32_t* sums, Index sums_stride) {
    if constexpr (Rows == 2) {
        tile<Rows, 2>(strip, strip_stride, panel, panel_stride, groups, start, sums, sums_stride);
    } else {
        tile<Rows, 1>(strip, strip_stride, panel, panel_stride, groups, start, sums, sums_stride);
        tile<Rows, 1>(strip, strip_stride, panel + panel_stride, panel_stride, groups,
                      start != nullptr ? start + panel_columns : nullptr, sums + panel_columns,
                      sums_stride);
    }
}

inline void multiply(const Block& block) {
    static constexpr std::array tiles{
        TilesOfWidth<6>{
            2,
            {nullptr, two_panels<2>, two_panels<3>, two_panels<4>, two_panels<5>, two_panels<6>}},
        TilesOfWidth<6>{1, {nullptr, tile<2, 1>, tile<3, 1>, tile<4, 1>, tile<5, 1>, tile<6, 1>}}};
    static constexpr std::array one_row{TilesOfWidth<1>{4, {tile<1, 4>}},
                                        TilesOfWidth<1>{2, {tile<1, 2>}},
                                        TilesOfWidth<1>{1, {tile<1, 1>}}};
    // rows_of_tile() cuts no block of more than 2 rows into fewer than 3.
    static constexpr std::array fetching{
        TilesOfWidth<6, BlockTile>{1,
                                   {nullptr, nullptr, fetching_tile<3>, fetching_tile<4>,
                                    fetching_tile<5>, fetching_tile<6>}}};
    constexpr Index long_panel = 64;
    if (block.rows == 1) {
        run_tiles(block, one_row);
    } else if ((block.is_far || block.ahead_bytes != 0) && block.groups >= long_panel &&
               block.rows > 2) {
        run_tiles(block, fetching);
    } else {
        run_tiles(block, tiles);
    }
}

inline constexpr Kernel kernel{.isa = simd::Isa::avx_vnni,
                               .gops = 350,
                               .rows = 6,
                               .columns = panel_columns,
                               .code_bytes = 1,
                               .fetches_ahead = true,
                               .pack_rows = pack_rows,
                               .multiply = multiply,
                               .start_sums = avx2::start_sums};

}  // namespace intact::gemm::avx_vnni
#endif
