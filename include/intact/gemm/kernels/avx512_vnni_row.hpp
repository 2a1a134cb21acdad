// One row times panels with AVX-512 VNNI, a panel after the other: weights from beyond the second
// level are read in order, which the processor fetches ahead best. Tiles of four panels read in
// four places.
//
// A load brings four groups of the row, which leaves the caches to the weights. The row is read
// again for each panel: worth it where row and panel lie in the nearest cache together.
//
// Source   Intel Intrinsics Guide, _mm512_dpbusd_epi32.
#pragma once

#include "intact/gemm/kernels/avx512_vnni_tile.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::avx512_vnni {

/// Groups of the longest row that goes this way: 28 KiB of a panel.
inline constexpr Index most_row_groups = 448;

/// Groups that go into four chains of sums, because one product takes four cycles.
inline constexpr Index row_chains = 4;

/// A block of one row with whole groups and whole panels.
template <bool Flips>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline void multiply_row(const Block& block) {
    const std::int32_t* const starts = block.start != nullptr ? block.start : block.sums;
    const Index whole = block.groups / row_chains * row_chains;
    for (Index p = 0; p < block.panel_count; ++p) {
        const std::int8_t* panel = block.panels + p * block.panel_stride;
        const std::uint8_t* row = block.strip;
        __m512i sum[row_chains] = {_mm512_loadu_si512(starts + p * panel_columns)};
        for (Index g = 0; g < whole; g += row_chains) {
            __m512i codes = _mm512_maskz_broadcast_i32x4(
                0xffff, _mm_loadu_si128(reinterpret_cast<const __m128i*>(row)));
            if constexpr (Flips) codes = _mm512_xor_si512(codes, _mm512_set1_epi8(-128));
#pragma GCC unroll 4
            for (int c = 0; c < row_chains; ++c) {
                const __m512i places = _mm512_set1_epi32(0x03020100 + c * 0x04040404);
                sum[c] = _mm512_dpbusd_epi32(sum[c], _mm512_shuffle_epi8(codes, places),
                                             _mm512_load_si512(panel + c * panel_group_bytes));
            }
            row += row_chains * group;
            panel += row_chains * panel_group_bytes;
        }
        for (Index g = whole; g < block.groups; ++g) {
            add_group<1, 1, Flips>(row, 0, panel, 0, sum);
            row += group;
            panel += panel_group_bytes;
        }
        const __m512i total =
            _mm512_add_epi32(_mm512_add_epi32(sum[0], sum[1]), _mm512_add_epi32(sum[2], sum[3]));
        _mm512_storeu_si512(block.sums + p * panel_columns, total);
    }
}

}  // namespace intact::gemm::avx512_vnni
#endif
