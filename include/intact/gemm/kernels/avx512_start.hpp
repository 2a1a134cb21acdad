// What sums start from, with AVX-512: stored 16 at a time, as kernels load them. Sums that were
// stored in smaller parts could not be loaded before those have left the store buffer.
#pragma once

#include "intact/gemm/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::avx512 {

INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl")
inline void start_sums(const std::int64_t* column_sums, std::int32_t za, const std::int32_t* bias,
                       Index with_bias, Index count, std::int32_t* starts) {
    const __m512i zero_point = _mm512_set1_epi32(za);
    const __m512i low_halves =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    for (Index j = 0; j < count; j += panel_columns, with_bias -= panel_columns) {
        const __m512i sums =
            _mm512_permutex2var_epi32(_mm512_loadu_si512(column_sums + j), low_halves,
                                      _mm512_loadu_si512(column_sums + j + panel_columns / 2));
        __m512i start = _mm512_setzero_si512();
        if (with_bias > 0) {
            const unsigned columns = with_bias < panel_columns ? (1U << with_bias) - 1 : 0xffff;
            start = _mm512_maskz_loadu_epi32(static_cast<__mmask16>(columns), bias + j);
        }
        start = _mm512_sub_epi32(start, _mm512_mullo_epi32(sums, zero_point));
        _mm512_storeu_si512(starts + j, start);
    }
}

}  // namespace intact::gemm::avx512
#endif
