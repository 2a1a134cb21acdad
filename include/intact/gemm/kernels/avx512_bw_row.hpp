// One row times a panel with AVX-512: 9 operations of 512 bits for 128 weights, in halves of the
// row's codes as with AVX2 (avx2_row.hpp says why nothing saturates).
//
// Source   Intel Intrinsics Guide, _mm512_maddubs_epi16.
#pragma once

#include "intact/gemm/kernels/avx2_row.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::avx512_bw {

/// Adds up to avx2::short_groups groups of a panel to its 16 sums.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512vl") inline __m512i
    add_short(const std::uint8_t* row, const std::int8_t* panel, Index groups, __m512i sums) {
    __m512i of_low = _mm512_setzero_si512();
    __m512i of_high = _mm512_setzero_si512();
#pragma GCC unroll 8
    for (Index g = 0; g < groups; ++g, row += avx2::halves_bytes, panel += panel_group_bytes) {
        std::int32_t four[2] = {};
        std::memcpy(&four[0], row, sizeof(four[0]));
        std::memcpy(&four[1], row + group, sizeof(four[1]));
        __m512i columns = _mm512_load_si512(panel);
        INTACT_NEW_VALUE(columns);  // else it is loaded twice
        __m512i low_products = _mm512_maddubs_epi16(_mm512_set1_epi32(four[0]), columns);
        __m512i high_products = _mm512_maddubs_epi16(_mm512_set1_epi32(four[1]), columns);
        INTACT_NEW_VALUE(low_products);  // both before the sums: pipes are shared better
        INTACT_NEW_VALUE(high_products);
        of_low = _mm512_add_epi16(of_low, low_products);
        of_high = _mm512_add_epi16(of_high, high_products);
        INTACT_NEW_VALUE(of_low);
        INTACT_NEW_VALUE(of_high);
    }
    const __m512i both = _mm512_add_epi32(_mm512_madd_epi16(of_low, _mm512_set1_epi16(1)),
                                          _mm512_madd_epi16(of_high, _mm512_set1_epi16(16)));
    return _mm512_add_epi32(sums, both);
}

/// As avx2::MultiplyPanel says.
INTACT_TARGET("avx512f,avx512bw,avx512vl")
inline void multiply_panel(const std::uint8_t* row, const std::int8_t* panel, Index groups,
                           const std::int32_t* start, std::int32_t* sums) {
    constexpr Index step = avx2::short_groups;
    __m512i sum = _mm512_loadu_si512(start);
    for (; groups >= step; groups -= step) {
        sum = add_short(row, panel, step, sum);
        row += step * avx2::halves_bytes;
        panel += step * panel_group_bytes;
    }
    _mm512_storeu_si512(sums, add_short(row, panel, groups, sum));
}

}  // namespace intact::gemm::avx512_bw
#endif
