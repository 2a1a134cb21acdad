// Blocks of codes added to sums, each code times the factor of its column, with AVX2 and FMA.
//
// fma(double(code - zero_point), factor, 1.5 * 2^52) rounds the exact product to an integer, ties
// to even. The result lies between 2^52 and 2^53, where neighbours are 1 apart: adding the sum to
// its bits adds it to the integer. As a double it is cut to int32, on top of the same constant, and
// the low half of what remains is the result.
#pragma once

#include "intact/elementwise/kernels/avx2_dequantize.hpp"

#if INTACT_X86

namespace intact::elementwise::avx2 {

/// What every step of add_scaled_block() needs, in registers.
struct AddingConstants {
    __m256d constant;
    __m256d min;  // the ends of int32, on top of the constant
    __m256d max;
    __m256i zero_point;
};

/// 4 sums and the rounded products of 4 levels, in the low halves of 4 doubles.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256
    added_4(__m128i sums, __m128i levels, __m256d factors, const AddingConstants& to) {
    const __m256d steps = _mm256_fmadd_pd(_mm256_cvtepi32_pd(levels), factors, to.constant);
    const __m256i wide = _mm256_add_epi64(_mm256_castpd_si256(steps), _mm256_cvtepi32_epi64(sums));
    const __m256d raised = _mm256_max_pd(_mm256_castsi256_pd(wide), to.min);
    return _mm256_castpd_ps(_mm256_min_pd(raised, to.max));
}

/// The same of 8, as int32.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    added_8(__m256i sums, __m256i codes, __m256d low, __m256d high, const AddingConstants& to) {
    const __m256i levels = _mm256_sub_epi32(codes, to.zero_point);
    const __m256 lower =
        added_4(_mm256_castsi256_si128(sums), _mm256_castsi256_si128(levels), low, to);
    const __m256 upper =
        added_4(_mm256_extracti128_si256(sums, 1), _mm256_extracti128_si256(levels, 1), high, to);
    const __m256i both = _mm256_castps_si256(_mm256_shuffle_ps(lower, upper, 0x88));
    return _mm256_permute4x64_epi64(both, 0xd8);  // from the order 0 1 4 5 2 3 6 7
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") void add_scaled_block(
    const std::int32_t* sums, std::ptrdiff_t sums_stride, const T* codes,
    std::ptrdiff_t codes_stride, std::ptrdiff_t rows, std::ptrdiff_t columns, const double* factors,
    std::int32_t zero_point, std::int32_t* out, std::ptrdiff_t out_stride) {
    const double constant = intact::exactly(portable::rounding_constant);
    AddingConstants to;
    to.constant = _mm256_set1_pd(constant);
    to.min = _mm256_set1_pd(constant + INT32_MIN);
    to.max = _mm256_set1_pd(constant + INT32_MAX);
    to.zero_point = _mm256_set1_epi32(zero_point);
    const std::ptrdiff_t whole = columns - columns % 8;
    const __m256i rest = first(columns - whole);
    double last[16];
    copy_multipliers(factors + whole, columns - whole, last);
    T last_codes[8] = {};
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
        for (std::ptrdiff_t j = 0; j < whole; j += 8) {
            const __m256i sum = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + j));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + j),
                                added_8(sum, widened(codes + j), _mm256_loadu_pd(factors + j),
                                        _mm256_loadu_pd(factors + j + 4), to));
        }
        if (whole < columns) {
            copy_codes(codes + whole, columns - whole, last_codes);
            const __m256i sum = _mm256_maskload_epi32(sums + whole, rest);
            _mm256_maskstore_epi32(reinterpret_cast<int*>(out + whole), rest,
                                   added_8(sum, widened(last_codes), _mm256_loadu_pd(last),
                                           _mm256_loadu_pd(last + 4), to));
        }
        sums += sums_stride;
        codes += codes_stride;
        out += out_stride;
    }
}

}  // namespace intact::elementwise::avx2
#endif
