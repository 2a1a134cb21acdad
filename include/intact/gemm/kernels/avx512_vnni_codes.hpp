// Products to 8-bit codes with AVX-512 VNNI: the sums of a tile become codes in its registers.
//
// So they are neither stored nor loaded. Few products of the next tile start meanwhile;
// avx512_vnni_weave.hpp mixes the two where that pays.
#pragma once

#include "intact/elementwise/kernels/avx512_quick_codes.hpp"
#include "intact/gemm/kernels/avx512_vnni_tile.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::avx512_vnni {

/// What a tile needs to make codes of its sums.
struct TileCodes {
    elementwise::avx512::QuickConstants constants;
    __m512 multipliers[4];
    std::uint8_t* out;
    Index out_stride;
    __mmask64 mask;  ///< the columns of a row
};

/// Rows whose sums become codes together: as many as a vector of codes holds.
template <int Panels>
inline constexpr int rows_of_codes = 4 / Panels;

/// Makes codes of the sums of Rows rows of a block from `row` on, at most rows_of_codes. Returns
/// the rows that float32 leaves undecided, a bit each; only their sums are stored. `low` is
/// low_words().
template <int Rows, int Panels>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni") inline std::uint64_t
    store_codes(const Block& block, Index row, const TileCodes& to, std::uint8_t* out,
                const __m512i* sum, __mmask64 low) {
    asm("" ::: "memory");  // constants come from memory: there is no register left to hold them
    __m512i y[4] = {};
#pragma GCC unroll 4
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
        for (int p = 0; p < Panels; ++p) {
            y[i * Panels + p] = elementwise::avx512::quick_values(sum[i * Panels + p],
                                                                  to.multipliers[p], to.constants);
        }
    }
    __m512i codes = elementwise::avx512::quick_codes(y, low, to.constants);
#pragma GCC unroll 4
    for (int i = 0; i < Rows; ++i, out += to.out_stride) {
        if (Panels == 4 && to.mask == ~__mmask64{0}) {  // faster than a mask of ones
            _mm512_storeu_si512(out, codes);
        } else {
            _mm512_mask_storeu_epi8(out, to.mask, codes);
        }
        if (i + 1 < Rows) codes = _mm512_maskz_alignr_epi64(0xff, codes, codes, 2 * Panels % 8);
    }
    std::uint64_t undecided = 0;
    if (!elementwise::avx512::are_decided<Rows * Panels>(y, to.constants)) [[unlikely]] {
#pragma GCC unroll 4
        for (int i = 0; i < Rows; ++i) {
            const __m512i* const of_row = y + i * Panels;
            if (elementwise::avx512::are_decided<Panels>(of_row, to.constants)) continue;
            store_sums<Panels>(sum + i * Panels, block.sums + (row + i) * block.sums_stride);
            undecided |= std::uint64_t{1} << (row + i);
        }
    }
    return undecided;
}

/// Like tile() or fetching_tile(), over all columns of a block, to codes; returns what
/// store_codes() does.
template <int Rows, int Panels, bool Flips, bool Fetches = false>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline std::uint64_t tile_to_codes(const Block& block, Index row, const TileCodes& to) {
    std::uint8_t* const out = to.out + row * to.out_stride;
    if (block.groups > worth_fetching) {
#pragma GCC unroll 6
        for (int i = 0; i < Rows; ++i) __builtin_prefetch(out + i * to.out_stride, 1);
    }
    __m512i sum[std::size_t{chains<Rows, Panels> * Rows * Panels}] = {};
    const EdgePlace at = edge_place<Panels>(block, row, 0);
    Fetching ahead;
    if constexpr (Fetches) ahead = share_of_tile(block, row, 0, Rows, Panels, 1);
    add_tile<Rows, Panels, Flips, Fetches>(at, sum, ahead);
    new_values<Rows * Panels>(sum);
    constexpr int step = rows_of_codes<Panels>;
    constexpr int whole = Rows / step * step;
    const __mmask64 low = elementwise::avx512::low_words();
    std::uint64_t undecided = 0;
#pragma GCC unroll 6
    for (int i = 0; i < whole; i += step) {
        undecided |= store_codes<step, Panels>(block, row + i, to, out + i * to.out_stride,
                                               sum + i * Panels, low);
    }
    if constexpr (whole < Rows) {
        undecided |= store_codes<Rows - whole, Panels>(
            block, row + whole, to, out + whole * to.out_stride, sum + whole * Panels, low);
    }
    return undecided;
}

template <int Panels, bool Flips, bool Fetches = false>
inline constexpr std::array tiles_to_codes{
    tile_to_codes<1, Panels, Flips, Fetches>, tile_to_codes<2, Panels, Flips, Fetches>,
    tile_to_codes<3, Panels, Flips, Fetches>, tile_to_codes<4, Panels, Flips, Fetches>,
    tile_to_codes<5, Panels, Flips, Fetches>, tile_to_codes<6, Panels, Flips, Fetches>};

}  // namespace intact::gemm::avx512_vnni
#endif
