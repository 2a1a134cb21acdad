// Blocks of sums of products to codes with AVX-512, by products exact in double: as
// avx2_requantize.hpp, 64 sums at a time.
//
// One step takes 64 sums: 64 columns of a row, 32 of two or 16 of four, so that narrow blocks fill
// the registers too. The multipliers stay in registers from row to row.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx512 {

/// What every step of requantize_exactly() needs, in registers.
struct RoundingConstants {
    __m512d constant;
    __m512d min;  // these two beyond all codes
    __m512d max;
    __m512i zero_point;  // in lanes of 16 bits for 8-bit codes, of 32 bits for 16-bit codes
    __m512i qmin;        // these two in lanes of 8 bits for 8-bit codes; else in lanes of 32 bits
    __m512i qmax;        // and less the zero point
    __m512i order;       // brings pairs of codes back into the order of the sums
};

template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline RoundingConstants
    rounding_constants(const Output& output) {
    const double constant = intact::exactly(portable::rounding_constant);
    RoundingConstants to;
    to.constant = _mm512_set1_pd(constant);
    to.min = _mm512_set1_pd(constant - 0x1p20);
    to.max = _mm512_set1_pd(constant + 0x1p20);
    if constexpr (sizeof(T) == 1) {
        to.zero_point = _mm512_set1_epi16(static_cast<std::int16_t>(output.zero_point));
        to.qmin = _mm512_set1_epi8(static_cast<char>(output.qmin));
        to.qmax = _mm512_set1_epi8(static_cast<char>(output.qmax));
        to.order = _mm512_set_epi16(31, 23, 15, 7, 30, 22, 14, 6, 29, 21, 13, 5, 28, 20, 12, 4, 27,
                                    19, 11, 3, 26, 18, 10, 2, 25, 17, 9, 1, 24, 16, 8, 0);
    } else {
        to.zero_point = _mm512_set1_epi32(output.zero_point);
        to.qmin = _mm512_set1_epi32(output.qmin - output.zero_point);
        to.qmax = _mm512_set1_epi32(output.qmax - output.zero_point);
        to.order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    }
    return to;
}

/// One vector of codes of rounded products, 16 in each vector.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    narrowed(const __m512i* rounded, const RoundingConstants& to) {
    if constexpr (sizeof(T) == 1) {
        const __m512i low =
            _mm512_adds_epi16(_mm512_packs_epi32(rounded[0], rounded[1]), to.zero_point);
        const __m512i high =
            _mm512_adds_epi16(_mm512_packs_epi32(rounded[2], rounded[3]), to.zero_point);
        __m512i codes = _mm512_setzero_si512();
        if constexpr (std::same_as<T, std::int8_t>) {
            codes = _mm512_packs_epi16(low, high);
            codes = _mm512_min_epi8(_mm512_max_epi8(codes, to.qmin), to.qmax);
        } else {
            codes = _mm512_packus_epi16(low, high);
            codes = _mm512_min_epu8(_mm512_max_epu8(codes, to.qmin), to.qmax);
        }
        return _mm512_permutexvar_epi16(to.order, codes);
    } else {
        __m512i codes[2] = {};
#pragma GCC unroll 2
        for (int i = 0; i < 2; ++i) {
            codes[i] = _mm512_maskz_min_epi32(
                0xffff, _mm512_maskz_max_epi32(0xffff, rounded[i], to.qmin), to.qmax);
            codes[i] = _mm512_add_epi32(codes[i], to.zero_point);
        }
        const __m512i both = std::same_as<T, std::int16_t>
                                 ? _mm512_packs_epi32(codes[0], codes[1])
                                 : _mm512_packus_epi32(codes[0], codes[1]);
        return _mm512_maskz_permutexvar_epi32(0xffff, to.order, both);
    }
}

/// Stores the codes of one row, those of `mask`: the lowest ones of `codes`.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void store_codes(
    T* out, __mmask64 mask, __m512i codes) {
    if constexpr (sizeof(T) == 1) {
        _mm512_mask_storeu_epi8(out, mask, codes);
    } else {
        _mm512_mask_storeu_epi16(out, static_cast<__mmask32>(mask), codes);
    }
}

/// Stores the codes of 64 sums to 4 / Groups rows; 16-bit codes take a second vector, `more`.
template <std::size_t Groups, StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void store_rows(
    T* const* out, __mmask64 mask, __m512i codes, __m512i more) {
    if constexpr (Groups == 4) {
        store_codes(out[0], mask, codes);
        if constexpr (sizeof(T) == 2) store_codes(out[0] + 32, mask >> 32, more);
    } else if constexpr (Groups == 2) {
        if constexpr (sizeof(T) == 1) more = _mm512_maskz_shuffle_i64x2(0xff, codes, codes, 0x0e);
        store_codes(out[0], mask, codes);
        store_codes(out[1], mask, more);
    } else if constexpr (sizeof(T) == 2) {
        store_codes(out[0], mask, codes);
        store_codes(out[1], mask, _mm512_maskz_shuffle_i64x2(0xff, codes, codes, 0x0e));
        store_codes(out[2], mask, more);
        store_codes(out[3], mask, _mm512_maskz_shuffle_i64x2(0xff, more, more, 0x0e));
    } else {
        store_codes(out[0], mask, codes);
        store_codes(out[1], mask, _mm512_maskz_shuffle_i64x2(0xff, codes, codes, 1));
        store_codes(out[2], mask, _mm512_maskz_shuffle_i64x2(0xff, codes, codes, 2));
        store_codes(out[3], mask, _mm512_maskz_shuffle_i64x2(0xff, codes, codes, 3));
    }
}

/// The first `columns` columns, at most 16 * Groups, of a block.
template <std::size_t Groups, StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void requantize_exactly(
    const std::int32_t* sums, std::ptrdiff_t sums_stride, std::ptrdiff_t rows,
    std::ptrdiff_t columns, const double* multipliers, const Output& output, T* out,
    std::ptrdiff_t out_stride) {
    const RoundingConstants to = rounding_constants<T>(output);
    constexpr std::size_t octets = 2 * Groups;
    constexpr std::ptrdiff_t step = 4 / static_cast<std::ptrdiff_t>(Groups);  // rows
    const __mmask64 mask = ~std::uint64_t{0} >> (64 - columns);
    __m512d factors[octets] = {};
    unsigned at_least_one = 0;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < octets; ++k) {
        const auto octet = static_cast<__mmask8>(mask >> (8 * k));
        factors[k] = _mm512_maskz_loadu_pd(octet, multipliers + 8 * k);
        at_least_one |= _mm512_cmpge_epi64_mask(_mm512_castpd_si512(factors[k]),
                                                _mm512_castpd_si512(_mm512_set1_pd(1.0)));
    }
    for (std::ptrdiff_t i = 0; i < rows; i += step) {
        const std::int32_t* from[4] = {};
        T* to_rows[4] = {};
#pragma GCC unroll 4
        for (std::ptrdiff_t r = 0; r < step; ++r) {  // rows beyond the last one repeat it
            const std::ptrdiff_t row = i + r < rows ? i + r : rows - 1;
            from[r] = sums + row * sums_stride;
            to_rows[r] = out + row * out_stride;
        }
        __m512d products[8] = {};
#pragma GCC unroll 8
        for (std::size_t k = 0; k < 8; ++k) {
            const auto octet = static_cast<__mmask8>(mask >> (8 * (k % octets)));
            const __m256i sum =
                _mm256_maskz_loadu_epi32(octet, from[k / octets] + 8 * (k % octets));
            products[k] = _mm512_fmadd_pd(_mm512_maskz_cvtepi32_pd(0xff, sum), factors[k % octets],
                                          to.constant);
        }
        if (at_least_one != 0) [[unlikely]] {
#pragma GCC unroll 8
            for (std::size_t k = 0; k < 8; ++k) {
                products[k] = _mm512_maskz_min_pd(
                    0xff, _mm512_maskz_max_pd(0xff, products[k], to.min), to.max);
            }
        }
        __m512i rounded[4] = {};  // each in the order 0 1 8 9, 2 3 10 11, 4 5 12 13, 6 7 14 15
#pragma GCC unroll 4
        for (std::size_t k = 0; k < 4; ++k) {
            const __m512 low = _mm512_castpd_ps(products[2 * k]);
            const __m512 high = _mm512_castpd_ps(products[2 * k + 1]);
            rounded[k] = _mm512_castps_si512(_mm512_shuffle_ps(low, high, 0x88));
        }
        const __m512i codes = narrowed<T>(rounded, to);
        __m512i more = codes;  // 16-bit codes fill two vectors
        if constexpr (sizeof(T) == 2) more = narrowed<T>(rounded + 2, to);
        store_rows<Groups, T>(to_rows, mask, codes, more);
    }
}

}  // namespace intact::elementwise::avx512
#endif
