// Sums of products to codes and to reals with AVX2 and FMA.
//
// fma(double(sum), M, 1.5 * 2^52) rounds the exact product once, to an integer, ties to even, for
// every int32 sum and every M below 2^20; the low half of the result is that integer. Cutting it
// while it is a double keeps it in the range of the codes.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx2 {

/// Sums that one step of requantize() and of dequantize_sums() takes.
inline constexpr std::size_t requantize_block = 16;
inline constexpr std::size_t dequantize_block = 8;

/// What every block of requantize() needs, in registers.
struct RoundingConstants {
    __m256d constant;
    __m256d min;
    __m256d max;
    __m256i zero_point;
};

/// Codes of 4 sums in the low halves of 4 doubles, before the zero point.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256
    rounded_4(const std::int32_t* sums, const double* multipliers, const RoundingConstants& to) {
    const __m256d sum = _mm256_cvtepi32_pd(_mm_loadu_si128(reinterpret_cast<const __m128i*>(sums)));
    const __m256d product = _mm256_fmadd_pd(sum, _mm256_loadu_pd(multipliers), to.constant);
    return _mm256_castpd_ps(_mm256_min_pd(_mm256_max_pd(product, to.min), to.max));
}

/// Codes of 8 sums, in the order 0 1 4 5 2 3 6 7.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    codes_8(const std::int32_t* sums, const double* multipliers, const RoundingConstants& to) {
    const __m256 low = rounded_4(sums, multipliers, to);
    const __m256 high = rounded_4(sums + 4, multipliers + 4, to);
    return _mm256_add_epi32(_mm256_castps_si256(_mm256_shuffle_ps(low, high, 0x88)), to.zero_point);
}

template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void requantize_16(
    const std::int32_t* sums, const double* multipliers, const RoundingConstants& to, T* out) {
    const __m256i low = codes_8(sums, multipliers, to);
    const __m256i high = codes_8(sums + 8, multipliers + 8, to);
    const __m256i both = std::same_as<T, std::uint16_t> ? _mm256_packus_epi32(low, high)
                                                        : _mm256_packs_epi32(low, high);
    const __m128i evens = _mm256_castsi256_si128(both);      // 0 1 4 5 8 9 12 13
    const __m128i odds = _mm256_extracti128_si256(both, 1);  // 2 3 6 7 10 11 14 15
    const __m128i first = _mm_unpacklo_epi32(evens, odds);   // 0 to 7
    const __m128i second = _mm_unpackhi_epi32(evens, odds);  // 8 to 15
    auto* const to_out = reinterpret_cast<__m128i*>(out);
    if constexpr (sizeof(T) == 2) {
        _mm_storeu_si128(to_out, first);
        _mm_storeu_si128(to_out + 1, second);
    } else if constexpr (std::same_as<T, std::int8_t>) {
        _mm_storeu_si128(to_out, _mm_packs_epi16(first, second));
    } else {
        _mm_storeu_si128(to_out, _mm_packus_epi16(first, second));
    }
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") void requantize(const std::int32_t* sums, std::size_t n,
                                                            const double* multipliers,
                                                            const Output& output, T* out) {
    const double constant = intact::exactly(portable::rounding_constant);
    RoundingConstants to;
    to.constant = _mm256_set1_pd(constant);
    to.min = _mm256_set1_pd(constant + (output.qmin - output.zero_point));
    to.max = _mm256_set1_pd(constant + (output.qmax - output.zero_point));
    to.zero_point = _mm256_set1_epi32(output.zero_point);
    for (; n >= requantize_block; n -= requantize_block) {
        requantize_16(sums, multipliers, to, out);
        sums += requantize_block;
        multipliers += requantize_block;
        out += requantize_block;
    }
    if (n > 0) {
        std::int32_t padded[requantize_block] = {};
        double padded_multipliers[requantize_block] = {};
        T codes[requantize_block];
        std::memcpy(padded, sums, n * sizeof(*sums));
        std::memcpy(padded_multipliers, multipliers, n * sizeof(*multipliers));
        requantize_16(padded, padded_multipliers, to, codes);
        std::memcpy(out, codes, n * sizeof(T));
    }
}

/// The integers that sort like the floats of these bits, -0 below +0; its own inverse.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i ordered(__m256i bits) {
    const __m256i flip =
        _mm256_and_si256(_mm256_srai_epi32(bits, 31), _mm256_set1_epi32(INT32_MAX));
    return _mm256_xor_si256(bits, flip);
}

[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void dequantize_8(const std::int32_t* sums,
                                                                          const float* scales,
                                                                          const float* bias,
                                                                          const float* limits,
                                                                          float* out) {
    const __m256 sum =
        _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums)));
    __m256 offset = bias != nullptr ? _mm256_loadu_ps(bias) : _mm256_setzero_ps();
    asm("" : "+x"(offset));  // a known zero would make a product of it, and -0 of some zeros
    const __m256 real = _mm256_fmadd_ps(sum, _mm256_loadu_ps(scales), offset);
    __m256i bits = _mm256_castps_si256(real);
    if (limits != nullptr) {
        const __m256i min = ordered(_mm256_castps_si256(_mm256_broadcast_ss(limits)));
        const __m256i max = ordered(_mm256_castps_si256(_mm256_broadcast_ss(limits + 1)));
        bits = ordered(_mm256_min_epi32(_mm256_max_epi32(ordered(bits), min), max));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bits);
}

[[gnu::noinline]] INTACT_TARGET("avx2,fma") inline void dequantize_sums(
    const std::int32_t* sums, std::size_t n, const float* scales, const float* bias,
    const float* limits, float* out) {
    for (; n >= dequantize_block; n -= dequantize_block) {
        dequantize_8(sums, scales, bias, limits, out);
        sums += dequantize_block;
        scales += dequantize_block;
        bias = bias != nullptr ? bias + dequantize_block : nullptr;
        out += dequantize_block;
    }
    if (n > 0) {
        std::int32_t padded[dequantize_block] = {};
        float padded_scales[dequantize_block] = {};
        float padded_bias[dequantize_block] = {};
        float reals[dequantize_block];
        std::memcpy(padded, sums, n * sizeof(*sums));
        std::memcpy(padded_scales, scales, n * sizeof(*scales));
        if (bias != nullptr) std::memcpy(padded_bias, bias, n * sizeof(*bias));
        dequantize_8(padded, padded_scales, padded_bias, limits, reals);
        std::memcpy(out, reals, n * sizeof(*out));
    }
}

}  // namespace intact::elementwise::avx2
#endif
