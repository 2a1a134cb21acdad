// Products to 8-bit codes with AVX-512 VNNI, woven: the sums of a tile become codes among the
// products of the next tile.
//
// 64 sums take 22 operations (24 with cuts), on Zen 4 all but 5 of them in pipes that products of
// codes leave free. Behind one another they keep all pipes busy; the processor looks ahead too few
// instructions to fill those with products of the next tile.
#pragma once

#include "intact/gemm/kernels/avx512_vnni_codes.hpp"
#include "intact/gemm/kernels/avx512_vnni_tile.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::avx512_vnni {

/// Registers of sums of a woven tile: with those of the tile before they leave 8 of 32.
inline constexpr int woven_count = 12;

/// Rows of a woven tile.
template <int Panels>
inline constexpr int woven_rows = woven_count / Panels;

/// Groups that a tile multiplies before each part of the tile before becomes codes.
inline constexpr int groups_between = 5;

/// Makes codes of `rows` rows, a multiple of woven_rows: the sums of a tile become codes among the
/// products of the next. Returns what store_codes() does.
template <int Panels, bool Flips>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline std::uint64_t weave_codes(const Block& block, Index rows, const TileCodes& to) {
    constexpr int tile_rows = woven_rows<Panels>;
    constexpr int step = rows_of_codes<Panels>;
    const __mmask64 low = elementwise::avx512::low_words();
    std::uint8_t* out = to.out;
    std::uint64_t undecided = 0;
    __m512i before[woven_count] = {};
    for (Index row = 0; row < rows; row += tile_rows) {
        EdgePlace at = edge_place<Panels>(block, row, 0);
        __m512i sum[woven_count] = {};
        set_start<tile_rows, Panels>(at, sum);
        new_values<woven_count>(sum);
        if (row != 0) {
#pragma GCC unroll 4
            for (int i = 0; i < tile_rows; i += step, out += step * to.out_stride) {
#pragma GCC unroll 5
                for (int between = 0; between < groups_between; ++between) {
                    add_group<tile_rows, Panels, Flips>(at.strip, at.strip_stride, at.panel,
                                                        at.panel_stride, sum);
                    at.strip += group;
                    at.panel += panel_group_bytes;
                }
                new_values<woven_count>(sum);
                undecided |= store_codes<step, Panels>(block, row - tile_rows + i, to, out,
                                                       before + i * Panels, low);
            }
            at.groups -= tile_rows / step * groups_between;
        }
        add_groups<tile_rows, Panels, Flips>(at, sum);
        new_values<woven_count>(sum);
#pragma GCC unroll 12
        for (int i = 0; i < woven_count; ++i) before[i] = sum[i];
        new_values<woven_count>(before);
    }
#pragma GCC unroll 4
    for (int i = 0; i < tile_rows; i += step, out += step * to.out_stride) {
        undecided |= store_codes<step, Panels>(block, rows - tile_rows + i, to, out,
                                               before + i * Panels, low);
    }
    return undecided;
}

/// Rows of a block, from the first, that are woven: a multiple of woven_rows. Behind them the rest,
/// if there is one, has more than 2: fewer take a tile from the woven ones.
[[nodiscard]] inline Index rows_to_weave(const Block& block) noexcept {
    // Longer sums gain less than a hundredth, and their panels are better read for more rows.
    constexpr Index most_groups = 256;
    if (block.panel_count == 1 || block.groups > most_groups) return 0;
    const Index tile = woven_count / block.panel_count;
    const Index steps = tile / (4 / block.panel_count);
    if (block.groups <= steps * groups_between) return 0;
    const Index rest = block.rows % tile;
    const Index rows = block.rows - rest - (rest == 0 || rest > 2 ? 0 : tile);
    return rows > tile ? rows : 0;
}

}  // namespace intact::gemm::avx512_vnni
#endif
