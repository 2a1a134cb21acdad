// The loops that an element-wise kernel is measured against: what anyone would write with the same
// vectors, without exact division, checks for NaN, rounding beyond the instruction's own, or tails.
//
// Shapes   n is a multiple of 64
#pragma once

#include <cstddef>
#include <cstdint>

#include "intact/simd/isa.hpp"

#if INTACT_X86
#include <immintrin.h>
#endif

namespace bench {

/// One set of loops; empty where nobody wrote one.
struct PlainLoops {
    void (*quantize)(const float* x, std::size_t n, float inverse, std::int8_t* out) = nullptr;
    void (*dequantize)(const std::int8_t* x, std::size_t n, float scale, float* out) = nullptr;
    void (*min_max)(const float* x, std::size_t n, float* ends) = nullptr;
};

#if INTACT_X86
namespace detail {

/// Multiplies by the inverse of the scale; the packing saturates.
INTACT_TARGET("avx2,fma")
inline void quantize_256(const float* x, std::size_t n, float inverse, std::int8_t* out) {
    const __m256 factor = _mm256_set1_ps(inverse);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    for (std::size_t i = 0; i < n; i += 32) {
        __m256i codes[4] = {};
#pragma GCC unroll 4
        for (std::size_t j = 0; j < 4; ++j) {
            codes[j] = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i + 8 * j), factor));
        }
        const __m256i low = _mm256_packs_epi32(codes[0], codes[1]);
        const __m256i high = _mm256_packs_epi32(codes[2], codes[3]);
        const __m256i all = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), all);
    }
}

INTACT_TARGET("avx2,fma")
inline void dequantize_256(const std::int8_t* x, std::size_t n, float scale, float* out) {
    const __m256 factor = _mm256_set1_ps(scale);
    const __m256i zero_point = _mm256_set1_epi32(3);
    for (std::size_t i = 0; i < n; i += 8) {
        const __m128i codes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(x + i));
        const __m256i levels = _mm256_sub_epi32(_mm256_cvtepi8_epi32(codes), zero_point);
        _mm256_storeu_ps(out + i, _mm256_mul_ps(_mm256_cvtepi32_ps(levels), factor));
    }
}

INTACT_TARGET("avx2,fma")
inline void min_max_256(const float* x, std::size_t n, float* ends) {
    __m256 least[4] = {};
    __m256 most[4] = {};
    for (std::size_t i = 0; i < n; i += 32) {
#pragma GCC unroll 4
        for (std::size_t j = 0; j < 4; ++j) {
            const __m256 next = _mm256_loadu_ps(x + i + 8 * j);
            least[j] = _mm256_min_ps(least[j], next);
            most[j] = _mm256_max_ps(most[j], next);
        }
    }
    const __m256 min =
        _mm256_min_ps(_mm256_min_ps(least[0], least[1]), _mm256_min_ps(least[2], least[3]));
    const __m256 max =
        _mm256_max_ps(_mm256_max_ps(most[0], most[1]), _mm256_max_ps(most[2], most[3]));
    _mm256_storeu_ps(ends, min);
    _mm256_storeu_ps(ends + 16, max);
}

INTACT_TARGET("avx512f,avx512bw")
inline void quantize_512(const float* x, std::size_t n, float inverse, std::int8_t* out) {
    const __m512 factor = _mm512_set1_ps(inverse);
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    for (std::size_t i = 0; i < n; i += 64) {
        __m512i codes[4] = {};
#pragma GCC unroll 4
        for (std::size_t j = 0; j < 4; ++j) {
            const __m512 real = _mm512_mul_ps(_mm512_loadu_ps(x + i + 16 * j), factor);
            codes[j] = _mm512_maskz_cvtps_epi32(0xffff, real);
        }
        const __m512i low = _mm512_packs_epi32(codes[0], codes[1]);
        const __m512i high = _mm512_packs_epi32(codes[2], codes[3]);
        const __m512i all =
            _mm512_maskz_permutexvar_epi32(0xffff, order, _mm512_packs_epi16(low, high));
        _mm512_storeu_si512(out + i, all);
    }
}

INTACT_TARGET("avx512f,avx512bw")
inline void dequantize_512(const std::int8_t* x, std::size_t n, float scale, float* out) {
    const __m512 factor = _mm512_set1_ps(scale);
    const __m512i zero_point = _mm512_set1_epi32(3);
    for (std::size_t i = 0; i < n; i += 16) {
        const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x + i));
        const __m512i levels =
            _mm512_sub_epi32(_mm512_maskz_cvtepi8_epi32(0xffff, codes), zero_point);
        _mm512_storeu_ps(out + i, _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xffff, levels), factor));
    }
}

INTACT_TARGET("avx512f,avx512bw")
inline void min_max_512(const float* x, std::size_t n, float* ends) {
    __m512 least[4] = {};
    __m512 most[4] = {};
    for (std::size_t i = 0; i < n; i += 64) {
#pragma GCC unroll 4
        for (std::size_t j = 0; j < 4; ++j) {
            const __m512 next = _mm512_loadu_ps(x + i + 16 * j);
            least[j] = _mm512_maskz_min_ps(0xffff, least[j], next);
            most[j] = _mm512_maskz_max_ps(0xffff, most[j], next);
        }
    }
    for (std::size_t j = 1; j < 4; ++j) {
        least[0] = _mm512_maskz_min_ps(0xffff, least[0], least[j]);
        most[0] = _mm512_maskz_max_ps(0xffff, most[0], most[j]);
    }
    _mm512_storeu_ps(ends, least[0]);
    _mm512_storeu_ps(ends + 16, most[0]);
}

}  // namespace detail
#endif

/// The loops with the widest vectors of `isa`. `ends` takes 16 floats of each end.
[[nodiscard]] inline PlainLoops plain_loops(intact::simd::Isa isa) {
#if INTACT_X86
    using enum intact::simd::Isa;
    if (isa >= avx512_bw) {
        return {detail::quantize_512, detail::dequantize_512, detail::min_max_512};
    }
    if (isa >= avx2) return {detail::quantize_256, detail::dequantize_256, detail::min_max_256};
#endif
    (void)isa;
    return {};
}

}  // namespace bench
