// Blocks of codes added to sums, each code times the factor of its column, with AVX-512.
//
// code - zero_point has at most 17 bits and a factor 31: their product is exact in double. It is
// rounded to an int64, ties to even; the sum is added in 64 bits, and narrowing saturates.
//
// Up to 64 columns of a row are one step; their factors stay in registers from row to row.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx512 {

/// 8 codes, one to a 64-bit lane; zeros where `mask` has none.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    widened_8(const T* codes, __mmask8 mask) {
    if constexpr (sizeof(T) == 1) {
        const __m128i narrow = _mm_maskz_loadu_epi8(mask, codes);
        return std::same_as<T, std::int8_t> ? _mm512_maskz_cvtepi8_epi64(0xff, narrow)
                                            : _mm512_maskz_cvtepu8_epi64(0xff, narrow);
    } else {
        const __m128i narrow = _mm_maskz_loadu_epi16(mask, codes);
        return std::same_as<T, std::int16_t> ? _mm512_maskz_cvtepi16_epi64(0xff, narrow)
                                             : _mm512_maskz_cvtepu16_epi64(0xff, narrow);
    }
}

/// The first `columns` columns, at most 8 * Octets, of a block.
template <std::size_t Octets, StoredCode T>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl") inline void add_scaled_columns(const std::int32_t* sums,
                                                                         std::ptrdiff_t sums_stride,
                                                                         const T* codes,
                                                                         std::ptrdiff_t
                                                                             codes_stride,
                                                                         std::ptrdiff_t rows,
                                                                         std::ptrdiff_t columns,
                                                                         const double* factors,
                                                                         __m512i zero,
                                                                         std::int32_t* out,
                                                                         std::ptrdiff_t
                                                                             out_stride) {
    const __mmask64 mask = ~std::uint64_t{0} >> (64 - columns);
    __m512d kept[Octets] = {};
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Octets; ++k) {
        const auto lanes = static_cast<__mmask8>(mask >> (8 * k));
        kept[k] = _mm512_maskz_loadu_pd(lanes, factors + 8 * k);
    }
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
#pragma GCC unroll 8
        for (std::size_t k = 0; k < Octets; ++k) {
            const auto lanes = static_cast<__mmask8>(mask >> (8 * k));
            const __m512i level = _mm512_sub_epi64(widened_8(codes + 8 * k, lanes), zero);
            const __m512i steps =
                _mm512_cvtpd_epi64(_mm512_mul_pd(_mm512_cvtepi64_pd(level), kept[k]));
            const __m256i sum = _mm256_maskz_loadu_epi32(lanes, sums + 8 * k);
            const __m512i wide = _mm512_add_epi64(steps, _mm512_maskz_cvtepi32_epi64(0xff, sum));
            _mm256_mask_storeu_epi32(out + 8 * k, lanes, _mm512_maskz_cvtsepi64_epi32(0xff, wide));
        }
        sums += sums_stride;
        codes += codes_stride;
        out += out_stride;
    }
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void add_scaled_block(
    const std::int32_t* sums, std::ptrdiff_t sums_stride, const T* codes,
    std::ptrdiff_t codes_stride, std::ptrdiff_t rows, std::ptrdiff_t columns, const double* factors,
    std::int32_t zero_point, std::int32_t* out, std::ptrdiff_t out_stride) {
    const __m512i zero = _mm512_set1_epi64(zero_point);
    while (columns > 0) {
        std::ptrdiff_t width = columns;
        if (columns > 32) {
            width = columns < 64 ? columns : 64;
            add_scaled_columns<8>(sums, sums_stride, codes, codes_stride, rows, width, factors,
                                  zero, out, out_stride);
        } else if (columns > 16) {
            add_scaled_columns<4>(sums, sums_stride, codes, codes_stride, rows, width, factors,
                                  zero, out, out_stride);
        } else {
            add_scaled_columns<2>(sums, sums_stride, codes, codes_stride, rows, width, factors,
                                  zero, out, out_stride);
        }
        sums += width;
        codes += width;
        factors += width;
        out += width;
        columns -= width;
    }
}

}  // namespace intact::elementwise::avx512
#endif
