// What sums start from, with AVX2: stored 8 at a time, as kernels load them (avx512_start.hpp).
#pragma once

#include "intact/gemm/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::avx2 {

INTACT_TARGET("avx2")
inline void start_sums(const std::int64_t* column_sums, std::int32_t za, const std::int32_t* bias,
                       Index with_bias, Index count, std::int32_t* starts) {
    constexpr Index width = 8;
    const __m256i zero_point = _mm256_set1_epi32(za);
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (Index j = 0; j < count; j += width, with_bias -= width) {
        const auto* four = reinterpret_cast<const __m256*>(column_sums + j);
        const __m256 low_halves =
            _mm256_shuffle_ps(_mm256_loadu_ps(reinterpret_cast<const float*>(four)),
                              _mm256_loadu_ps(reinterpret_cast<const float*>(four + 1)), 0x88);
        const __m256i sums = _mm256_permute4x64_epi64(_mm256_castps_si256(low_halves), 0xd8);
        __m256i start = _mm256_setzero_si256();
        if (with_bias > 0) {
            const auto left = static_cast<std::int32_t>(with_bias < width ? with_bias : width);
            const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(left), lanes);
            start = _mm256_maskload_epi32(bias + j, mask);
        }
        start = _mm256_sub_epi32(start, _mm256_mullo_epi32(sums, zero_point));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(starts + j), start);
    }
}

}  // namespace intact::gemm::avx2
#endif
