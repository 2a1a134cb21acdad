// Blocks of sums of products to codes with AVX2 and FMA.
//
// fma(double(sum), M, 1.5 * 2^52) rounds the exact product once, to an integer, ties to even, for
// every int32 sum and every M below 2^20; the low half of the result is that integer, if it fits
// into 32 bits. It does where M is below 1; elsewhere the result is cut while it is a double.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx2 {

/// Columns that one step takes.
inline constexpr std::ptrdiff_t sums_step = 16;

/// What every step of requantize_block() needs, in registers.
struct RoundingConstants {
    __m256d constant;
    __m256d min;  // these two beyond all codes
    __m256d max;
    __m256i zero_point;  // in lanes of 16 bits for 8-bit codes, of 32 bits for 16-bit codes
    __m256i qmin;        // these two in lanes of 8 bits for 8-bit codes; else in lanes of 32 bits
    __m256i qmax;        // and less the zero point
    bool cuts;           // whether min and max are needed
};

/// Lanes of -1 for the first n of 8, n from 0 to 8 or beyond.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i first(std::ptrdiff_t n) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), lanes);
}

/// Copies n < 16 sums, reading nothing beyond.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void copy_sums(const std::int32_t* sums,
                                                                       std::ptrdiff_t n,
                                                                       std::int32_t* to) {
    auto* const vectors = reinterpret_cast<__m256i*>(to);
    _mm256_storeu_si256(vectors, _mm256_maskload_epi32(sums, first(n)));
    _mm256_storeu_si256(vectors + 1, _mm256_maskload_epi32(sums + 8, first(n - 8)));
}

/// Copies n < 16 multipliers, reading nothing beyond; zeros follow.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void copy_multipliers(
    const double* multipliers, std::ptrdiff_t n, double* to) {
    const __m256i count = _mm256_set1_epi64x(n);
    __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
#pragma GCC unroll 4
    for (int k = 0; k < 16; k += 4) {
        const __m256i mask = _mm256_cmpgt_epi64(count, lanes);
        _mm256_storeu_pd(to + k, _mm256_maskload_pd(multipliers + k, mask));
        lanes = _mm256_add_epi64(lanes, _mm256_set1_epi64x(4));
    }
}

/// Copies n < 16 codes.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void copy_codes(const T* codes,
                                                                        std::ptrdiff_t n, T* to) {
#pragma GCC unroll 4
    for (std::ptrdiff_t piece = 8; piece > 0; piece /= 2) {
        if ((n & piece) == 0) continue;
        std::memcpy(to, codes, static_cast<std::size_t>(piece) * sizeof(T));
        codes += piece;
        to += piece;
    }
}

/// Whether every multiplier is below 1. They are positive, so their bits sort like they do.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline bool all_below_one(
    const double* multipliers, std::ptrdiff_t columns) {
    const __m256i one = _mm256_castpd_si256(_mm256_set1_pd(1.0));
    __m256i signs = _mm256_set1_epi64x(-1);
    std::ptrdiff_t j = 0;
    for (; j + 4 <= columns; j += 4) {
        const auto* const four = reinterpret_cast<const __m256i*>(multipliers + j);
        signs = _mm256_and_si256(signs, _mm256_sub_epi64(_mm256_loadu_si256(four), one));
    }
    bool all = _mm256_movemask_pd(_mm256_castsi256_pd(signs)) == 0xf;
    for (; j < columns; ++j) all = all && multipliers[j] < 1.0;
    return all;
}

/// Rounded products of 4 sums in the low halves of 4 doubles.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256
    rounded_4(const std::int32_t* sums, const double* multipliers, const RoundingConstants& to) {
    const __m256d sum = _mm256_cvtepi32_pd(_mm_loadu_si128(reinterpret_cast<const __m128i*>(sums)));
    __m256d product = _mm256_fmadd_pd(sum, _mm256_loadu_pd(multipliers), to.constant);
    if (to.cuts) product = _mm256_min_pd(_mm256_max_pd(product, to.min), to.max);
    return _mm256_castpd_ps(product);
}

/// Rounded products of 8 sums, in the order 0 1 4 5 2 3 6 7.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    rounded_8(const std::int32_t* sums, const double* multipliers, const RoundingConstants& to) {
    const __m256 low = rounded_4(sums, multipliers, to);
    const __m256 high = rounded_4(sums + 4, multipliers + 4, to);
    return _mm256_castps_si256(_mm256_shuffle_ps(low, high, 0x88));
}

/// Codes of 8 rounded products, in 32-bit lanes.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    wide_codes(__m256i rounded, const RoundingConstants& to) {
    const __m256i inside = _mm256_min_epi32(_mm256_max_epi32(rounded, to.qmin), to.qmax);
    return _mm256_add_epi32(inside, to.zero_point);
}

template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void requantize_16(
    const std::int32_t* sums, const double* multipliers, const RoundingConstants& to, T* out) {
    const __m256i low = rounded_8(sums, multipliers, to);
    const __m256i high = rounded_8(sums + 8, multipliers + 8, to);
    __m256i both = _mm256_setzero_si256();
    if constexpr (sizeof(T) == 1) {
        both = _mm256_adds_epi16(_mm256_packs_epi32(low, high), to.zero_point);
    } else if constexpr (std::same_as<T, std::int16_t>) {
        both = _mm256_packs_epi32(wide_codes(low, to), wide_codes(high, to));
    } else {
        both = _mm256_packus_epi32(wide_codes(low, to), wide_codes(high, to));
    }
    const __m128i evens = _mm256_castsi256_si128(both);      // 0 1 4 5 8 9 12 13
    const __m128i odds = _mm256_extracti128_si256(both, 1);  // 2 3 6 7 10 11 14 15
    const __m128i lower = _mm_unpacklo_epi32(evens, odds);   // 0 to 7
    const __m128i upper = _mm_unpackhi_epi32(evens, odds);   // 8 to 15
    const __m128i qmin = _mm256_castsi256_si128(to.qmin);
    const __m128i qmax = _mm256_castsi256_si128(to.qmax);
    auto* const to_out = reinterpret_cast<__m128i*>(out);
    if constexpr (sizeof(T) == 2) {
        _mm_storeu_si128(to_out, lower);
        _mm_storeu_si128(to_out + 1, upper);
    } else if constexpr (std::same_as<T, std::int8_t>) {
        const __m128i codes = _mm_packs_epi16(lower, upper);
        _mm_storeu_si128(to_out, _mm_min_epi8(_mm_max_epi8(codes, qmin), qmax));
    } else {
        const __m128i codes = _mm_packus_epi16(lower, upper);
        _mm_storeu_si128(to_out, _mm_min_epu8(_mm_max_epu8(codes, qmin), qmax));
    }
}

template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline RoundingConstants
    rounding_constants(const Output& output, bool cuts) {
    const double constant = intact::exactly(portable::rounding_constant);
    RoundingConstants to;
    to.constant = _mm256_set1_pd(constant);
    to.min = _mm256_set1_pd(constant - 0x1p20);
    to.max = _mm256_set1_pd(constant + 0x1p20);
    if constexpr (sizeof(T) == 1) {
        to.zero_point = _mm256_set1_epi16(static_cast<std::int16_t>(output.zero_point));
        to.qmin = _mm256_set1_epi8(static_cast<char>(output.qmin));
        to.qmax = _mm256_set1_epi8(static_cast<char>(output.qmax));
    } else {
        to.zero_point = _mm256_set1_epi32(output.zero_point);
        to.qmin = _mm256_set1_epi32(output.qmin - output.zero_point);
        to.qmax = _mm256_set1_epi32(output.qmax - output.zero_point);
    }
    to.cuts = cuts;
    return to;
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") void requantize_block(
    const std::int32_t* sums, std::ptrdiff_t sums_stride, std::ptrdiff_t rows,
    std::ptrdiff_t columns, const double* multipliers, const Output& output, T* out,
    std::ptrdiff_t out_stride) {
    const RoundingConstants to =
        rounding_constants<T>(output, !all_below_one(multipliers, columns));
    const std::ptrdiff_t whole = columns - columns % sums_step;
    const std::ptrdiff_t rest = columns - whole;
    double last[sums_step];
    copy_multipliers(multipliers + whole, rest, last);
    for (std::ptrdiff_t i = 0; i < rows; ++i, sums += sums_stride, out += out_stride) {
        for (std::ptrdiff_t j = 0; j < whole; j += sums_step) {
            requantize_16(sums + j, multipliers + j, to, out + j);
        }
        if (rest > 0) {
            std::int32_t padded[sums_step];
            T codes[sums_step];
            copy_sums(sums + whole, rest, padded);
            requantize_16(padded, last, to, codes);
            copy_codes(codes, rest, out + whole);
        }
    }
}

}  // namespace intact::elementwise::avx2
#endif
