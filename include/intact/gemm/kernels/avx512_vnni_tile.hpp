// Tiles of products with AVX-512 VNNI: vpdpbusd adds four uint8 x int8 products to each 32-bit
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

/// Adds the products of one group to the sums of a chain. `Flips` makes int8 codes of a row uint8.
template <int Rows, int Panels, bool Flips>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void add_group(const std::uint8_t*
                                                                               strip,
                                                                           Index strip_stride,
                                                                           const std::int8_t* panel,
                                                                           Index panel_stride,
                                                                           __m512i* sum) {
    __m512i flip = _mm512_set1_epi8(-128);
    if constexpr (Flips) {
        INTACT_NEW_VALUE(flip);  // else Clang 14 flips before it broadcasts, and does that slowly
    }
    __m512i columns[std::size_t{Panels}] = {};
#pragma GCC unroll 4
    for (int p = 0; p < Panels; ++p) {
        columns[p] = _mm512_load_si512(panel + p * panel_stride);
        INTACT_NEW_VALUE(columns[p]);  // else GCC 12 loads it again for each of few rows
    }
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
        std::int32_t four = 0;
        std::memcpy(&four, strip + i * strip_stride, sizeof(four));
        __m512i row = _mm512_set1_epi32(four);
        if constexpr (Flips) row = _mm512_xor_si512(row, flip);
#pragma GCC unroll 4
        for (int p = 0; p < Panels; ++p) {
            __m512i& to = sum[i * Panels + p];
            to = _mm512_dpbusd_epi32(to, row, columns[p]);
        }
    }
}

/// Chains of sums that a tile has; from 7 sums on one each is enough.
template <int Rows, int Panels>
inline constexpr int chains = Rows* Panels <= 2 ? 4 : (Rows* Panels < 7 ? 2 : 1);

/// Hides from the compiler what sums have in common: else GCC 12 keeps each of them twice.
template <int Count>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void new_values([[maybe_unused]] __m512i*
                                                                                sum) {
#pragma GCC unroll 24
    for (int i = 0; i < Count; ++i) INTACT_NEW_VALUE(sum[i]);
}

/// Adds the products of the last group where it has fewer codes, and reads no others.
template <int Rows, int Panels, bool Flips>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void add_rest(const std::uint8_t* strip,
                                                                          Index strip_stride,
                                                                          Index last_codes,
                                                                          const std::int8_t* panel,
                                                                          Index panel_stride,
                                                                          __m512i* sum) {
    const auto mask = static_cast<__mmask16>((1U << last_codes) - 1);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
        const __m128i codes = _mm_maskz_loadu_epi8(mask, strip + i * strip_stride);
        __m512i row = _mm512_maskz_broadcastd_epi32(0xffff, codes);
        if constexpr (Flips) row = _mm512_xor_si512(row, _mm512_set1_epi8(-128));
#pragma GCC unroll 4
        for (int p = 0; p < Panels; ++p) {
            const __m512i columns = _mm512_load_si512(panel + p * panel_stride);
            sum[i * Panels + p] = _mm512_dpbusd_epi32(sum[i * Panels + p], row, columns);
        }
    }
}

/// Where a tile lies, and where its codes and columns end.
struct EdgePlace : TilePlace {
    Index last_codes = group;         ///< of the last group; none behind are read
    __mmask16 last_columns = 0xffff;  ///< of the last panel, a bit each; no other sums are touched
};

template <int Panels>
[[nodiscard]] inline EdgePlace edge_place(const Block& block, Index row, Index panel) noexcept {
    const Index columns = panel + Panels == block.panel_count ? block.last_columns : panel_columns;
    return {place(block, row, panel), block.last_codes,
            static_cast<__mmask16>((1U << columns) - 1)};
}

/// What the sums of a tile, of its first chain, start from.
template <int Rows, int Panels>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void set_start(const EdgePlace& at,
                                                                           __m512i* sum) {
    if (at.start != nullptr) {
#pragma GCC unroll 4
        for (int p = 0; p < Panels; ++p) {
            sum[p] = _mm512_loadu_si512(at.start + p * panel_columns);
#pragma GCC unroll 8
            for (int i = 1; i < Rows; ++i) sum[i * Panels + p] = sum[p];
        }
    } else {
        const std::int32_t* sums = at.sums;
#pragma GCC unroll 8
        for (int i = 0; i < Rows; ++i, sums += at.sums_stride) {
#pragma GCC unroll 4
            for (int p = 0; p < Panels; ++p) {
                const std::int32_t* from = sums + p * panel_columns;
                sum[i * Panels + p] = p == Panels - 1
                                          ? _mm512_maskz_loadu_epi32(at.last_columns, from)
                                          : _mm512_loadu_si512(from);
            }
        }
    }
}

/// Groups that a turn of the loop over k takes: one for each chain; several for the largest tile,
/// whose columns come from the second-level cache, that they are asked for earlier.
template <int Rows, int Panels>
inline constexpr int groups_of_turn = Rows* Panels == 24 ? 4 : chains<Rows, Panels>;

/// Adds the products of all groups to the sums of a tile, and the other chains to its first one.
template <int Rows, int Panels, bool Flips, bool Fetches = false>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void add_groups(const EdgePlace& at,
                                                                            __m512i* sum,
                                                                            Fetching ahead = {}) {
    constexpr int count = Rows * Panels;
    constexpr int chain_count = chains<Rows, Panels>;
    constexpr int turn = groups_of_turn<Rows, Panels>;
    if constexpr (chain_count == 1) new_values<count>(sum);
    const std::uint8_t* strip = at.strip;
    const std::int8_t* panel = at.panel;
    const bool has_rest = at.last_codes != group;
    Index groups = has_rest ? at.groups - 1 : at.groups;
    for (; groups >= turn; groups -= turn) {
#pragma GCC unroll 4
        for (int i = 0; i < turn; ++i) {
            if constexpr (Fetches) ahead.fetch();
            add_group<Rows, Panels, Flips>(strip + i * group, at.strip_stride,
                                           panel + i * panel_group_bytes, at.panel_stride,
                                           sum + i % chain_count * count);
        }
        strip += turn * group;
        panel += turn * panel_group_bytes;
    }
    if constexpr (chain_count == 1) new_values<count>(sum);
    if constexpr (turn > 1) {
        for (; groups > 0; --groups) {
            add_group<Rows, Panels, Flips>(strip, at.strip_stride, panel, at.panel_stride, sum);
            strip += group;
            panel += panel_group_bytes;
        }
    }
    if (has_rest) {
        add_rest<Rows, Panels, Flips>(strip, at.strip_stride, at.last_codes, panel, at.panel_stride,
                                      sum);
    }
    if constexpr (chain_count > 1) {
#pragma GCC unroll 4
        for (int chain = 1; chain < chain_count; ++chain) {
#pragma GCC unroll 8
            for (int i = 0; i < count; ++i) {
                sum[i] = _mm512_add_epi32(sum[i], sum[chain * count + i]);
            }
        }
    }
}

/// The sums of a tile, of its first chain, before they are stored.
template <int Rows, int Panels, bool Flips, bool Fetches = false>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void add_tile(const EdgePlace& at,
                                                                          __m512i* sum,
                                                                          Fetching ahead = {}) {
    set_start<Rows, Panels>(at, sum);
    add_groups<Rows, Panels, Flips, Fetches>(at, sum, ahead);
}

/// Stores the sums of one row of a tile.
template <int Panels>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void store_sums(const __m512i* sum,
                                                                            std::int32_t* sums) {
#pragma GCC unroll 4
    for (int p = 0; p < Panels; ++p) _mm512_storeu_si512(sums + p * panel_columns, sum[p]);
}

/// From that many groups on a tile takes long enough for the lines that it writes to arrive.
inline constexpr Index worth_fetching = 32;

/// Works out and stores the sums of a tile of whole groups and panels.
template <int Rows, int Panels, bool Flips, bool Fetches>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void add_whole_tile(const EdgePlace& at,
                                                                                Fetching ahead) {
    if (at.groups > worth_fetching) {
#pragma GCC unroll 8
        for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
            for (int p = 0; p < Panels; ++p) {
                __builtin_prefetch(at.sums + i * at.sums_stride + p * panel_columns, 1);
            }
        }
    }
    __m512i sum[std::size_t{chains<Rows, Panels> * Rows * Panels}] = {};
    add_tile<Rows, Panels, Flips, Fetches>(at, sum, ahead);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
        store_sums<Panels>(sum + i * Panels, at.sums + i * at.sums_stride);
    }
}

template <int Rows, int Panels, bool Flips>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 Index panel_stride, Index groups, const std::int32_t* start, std::int32_t* sums,
                 Index sums_stride) {
    add_whole_tile<Rows, Panels, Flips, false>(
        {{strip, strip_stride, panel, panel_stride, groups, start, sums, sums_stride}}, {});
}

/// The same, and fetches on the way what lies ahead.
template <int Rows, int Panels, bool Flips>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline void fetching_tile(const Block& block, Index row, Index panel) {
    add_whole_tile<Rows, Panels, Flips, true>({place(block, row, panel)},
                                              share_of_tile(block, row, panel, Rows, Panels, 1));
}

/// Works out and stores the sums of a tile, up to the last column.
template <int Rows, int Panels, bool Flips>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline void add_edge_tile(const EdgePlace&
                                                                                   at) {
    __m512i sum[std::size_t{chains<Rows, Panels> * Rows * Panels}] = {};
    add_tile<Rows, Panels, Flips>(at, sum);
    std::int32_t* sums = at.sums;
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i, sums += at.sums_stride) {
        store_sums<Panels - 1>(sum + i * Panels, sums);
        _mm512_mask_storeu_epi32(sums + (Panels - 1) * panel_columns, at.last_columns,
                                 sum[i * Panels + Panels - 1]);
    }
}

/// Like tile() where codes or columns end within a group or a panel.
template <int Rows, int Panels, bool Flips>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline void edge_tile(const Block& block, Index row, Index panel) {
    add_edge_tile<Rows, Panels, Flips>(edge_place<Panels>(block, row, panel));
}

/// Like edge_tile() for all of a block of one panel that has a start.
template <int Rows, bool Flips>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline void panel_tile(const Block& block) {
    if (block.start == nullptr) __builtin_unreachable();  // so no code for reading sums
    add_edge_tile<Rows, 1, Flips>(edge_place<1>(block, 0, 0));
}

}  // namespace intact::gemm::avx512_vnni
#endif
