// Codes, and blocks of sums of products, to reals with AVX2 and FMA.
#pragma once

#include "intact/elementwise/kernels/avx2_requantize.hpp"

#if INTACT_X86

namespace intact::elementwise::avx2 {

/// 8 codes, one to a 32-bit lane.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i widened(const T* codes) {
    if constexpr (sizeof(T) == 1) {
        const __m128i narrow = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes));
        return std::same_as<T, std::int8_t> ? _mm256_cvtepi8_epi32(narrow)
                                            : _mm256_cvtepu8_epi32(narrow);
    } else {
        const __m128i narrow = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
        return std::same_as<T, std::int16_t> ? _mm256_cvtepi16_epi32(narrow)
                                             : _mm256_cvtepu16_epi32(narrow);
    }
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") void dequantize(const T* codes, std::size_t n,
                                                            float scale, std::int32_t zero_point,
                                                            float* out) {
    const __m256 step = _mm256_set1_ps(scale);
    const __m256i zero = _mm256_set1_epi32(zero_point);
    const std::size_t whole = n - n % 32;
    for (std::size_t i = 0; i < whole; i += 32) {
#pragma GCC unroll 4
        for (std::size_t j = i; j < i + 32; j += 8) {
            const __m256i level = _mm256_sub_epi32(widened(codes + j), zero);
            _mm256_storeu_ps(out + j, _mm256_mul_ps(_mm256_cvtepi32_ps(level), step));
        }
    }
    portable::dequantize(codes + whole, n - whole, scale, zero_point, out + whole);
}

/// Where the results of dequantize_sums_block() are cut, in registers: as the integers that bits
/// are where no limit is negative, as those that ordered() gives elsewhere.
struct Limits {
    __m256i min;
    __m256i max;
    bool is_ordered;
};

/// The integers that sort like the floats of these bits, -0 below +0; its own inverse.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i ordered(__m256i bits) {
    const __m256i flip =
        _mm256_and_si256(_mm256_srai_epi32(bits, 31), _mm256_set1_epi32(INT32_MAX));
    return _mm256_xor_si256(bits, flip);
}

[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    cut(__m256i bits, const Limits& limits) {
    if (limits.is_ordered) bits = ordered(bits);
    bits = _mm256_min_epi32(_mm256_max_epi32(bits, limits.min), limits.max);
    return limits.is_ordered ? ordered(bits) : bits;
}

[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline Limits limits_of(const float* limits) {
    std::int32_t ends[2] = {INT32_MIN, INT32_MAX};
    if (limits != nullptr) std::memcpy(ends, limits, sizeof(ends));
    Limits to;
    to.min = _mm256_set1_epi32(ends[0]);
    to.max = _mm256_set1_epi32(ends[1]);
    to.is_ordered = limits != nullptr && (ends[0] | ends[1]) < 0;
    if (to.is_ordered) {
        to.min = ordered(to.min);
        to.max = ordered(to.max);
    }
    return to;
}

/// Bits of the reals of 8 sums. `offset` is opaque: a known zero would make a product of the fused
/// operation, and -0 of some zeros.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    real_bits(__m256i sums, __m256 scales, __m256 offset, const Limits& limits) {
    asm("" : "+x"(offset));
    const __m256 real = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums), scales, offset);
    return cut(_mm256_castps_si256(real), limits);
}

[[gnu::noinline]] INTACT_TARGET("avx2,fma") inline void dequantize_sums_block(
    const std::int32_t* sums, std::ptrdiff_t sums_stride, std::ptrdiff_t rows,
    std::ptrdiff_t columns, const float* scales, const float* bias, const float* limits, float* out,
    std::ptrdiff_t out_stride) {
    const Limits to = limits_of(limits);
    const std::ptrdiff_t whole = columns - columns % 8;
    const __m256i rest = first(columns - whole);
    const __m256 last_scales = _mm256_maskload_ps(scales + whole, rest);
    __m256 last_bias = _mm256_setzero_ps();
    if (bias != nullptr) last_bias = _mm256_maskload_ps(bias + whole, rest);
    for (std::ptrdiff_t i = 0; i < rows; ++i, sums += sums_stride, out += out_stride) {
        for (std::ptrdiff_t j = 0; j < whole; j += 8) {
            const __m256 offset = bias != nullptr ? _mm256_loadu_ps(bias + j) : _mm256_setzero_ps();
            const __m256i sum = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + j));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + j),
                                real_bits(sum, _mm256_loadu_ps(scales + j), offset, to));
        }
        if (whole < columns) {
            const __m256i sum = _mm256_maskload_epi32(sums + whole, rest);
            _mm256_maskstore_epi32(reinterpret_cast<int*>(out + whole), rest,
                                   real_bits(sum, last_scales, last_bias, to));
        }
    }
}

}  // namespace intact::elementwise::avx2
#endif
