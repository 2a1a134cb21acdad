// Element-wise kernels with AVX-512 BW: extremes, sums of codes, and the table of all.
#pragma once

#include "intact/elementwise/kernels/avx512_add_scaled.hpp"
#include "intact/elementwise/kernels/avx512_dequantize.hpp"
#include "intact/elementwise/kernels/avx512_histogram.hpp"
#include "intact/elementwise/kernels/avx512_quantize.hpp"
#include "intact/elementwise/kernels/avx512_requantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <limits>

#include <immintrin.h>

namespace intact::elementwise::avx512 {

/// The largest of 16 unsigned numbers.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline std::uint32_t
    largest(__m512i numbers) {
    const __m256i eight = _mm256_max_epu32(_mm512_maskz_extracti64x4_epi64(0xf, numbers, 0),
                                           _mm512_maskz_extracti64x4_epi64(0xf, numbers, 1));
    const __m128i four =
        _mm_max_epu32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
    const __m128i two = _mm_max_epu32(four, _mm_shuffle_epi32(four, 0x4e));
    const __m128i one = _mm_max_epu32(two, _mm_shuffle_epi32(two, 0xb1));
    return static_cast<std::uint32_t>(_mm_cvtsi128_si32(one));
}

/// The sum of 8 numbers.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline std::int64_t
    sum_of(__m512i numbers) {
    const __m256i four = _mm256_add_epi64(_mm512_maskz_extracti64x4_epi64(0xf, numbers, 0),
                                          _mm512_maskz_extracti64x4_epi64(0xf, numbers, 1));
    const __m128i two =
        _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
    return _mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1);
}

[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline ExtremeBits
    extremes(const float* x, std::size_t n) {
    __m512i signed_max[4] = {};
    __m512i unsigned_max[4] = {};
    __m512i unsigned_min[4] = {};
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
        signed_max[k] = _mm512_set1_epi32(INT32_MIN);
        unsigned_min[k] = _mm512_set1_epi32(-1);
    }
    for (; n >= 64; n -= 64, x += 64) {
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) {
            __m512i bits = _mm512_loadu_si512(x + 16 * k);
            INTACT_NEW_VALUE(bits);  // GCC 12 would load it three times
            signed_max[k] = _mm512_maskz_max_epi32(0xffff, signed_max[k], bits);
            unsigned_max[k] = _mm512_maskz_max_epu32(0xffff, unsigned_max[k], bits);
            unsigned_min[k] = _mm512_maskz_min_epu32(0xffff, unsigned_min[k], bits);
            // and copy each result to another register
            INTACT_NEW_VALUE(signed_max[k]);
            INTACT_NEW_VALUE(unsigned_max[k]);
            INTACT_NEW_VALUE(unsigned_min[k]);
        }
    }
    if (n > 0) {
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) {
            const std::size_t left = n < 16 ? n : 16;
            const auto lanes = static_cast<__mmask16>((1U << left) - 1);
            const __m512i bits = _mm512_maskz_loadu_epi32(lanes, x);
            signed_max[k] = _mm512_mask_max_epi32(signed_max[k], lanes, signed_max[k], bits);
            unsigned_max[k] = _mm512_maskz_max_epu32(0xffff, unsigned_max[k], bits);
            unsigned_min[k] = _mm512_mask_min_epu32(unsigned_min[k], lanes, unsigned_min[k], bits);
            n -= left;
            x += left;
        }
    }
#pragma GCC unroll 2
    for (int k = 0; k < 2; ++k) {
        signed_max[k] = _mm512_maskz_max_epi32(0xffff, signed_max[k], signed_max[k + 2]);
        unsigned_max[k] = _mm512_maskz_max_epu32(0xffff, unsigned_max[k], unsigned_max[k + 2]);
        unsigned_min[k] = _mm512_maskz_min_epu32(0xffff, unsigned_min[k], unsigned_min[k + 2]);
    }
    // With the top bit flipped, signed numbers are in the order of unsigned ones; with all bits
    // flipped, the least is the largest.
    constexpr std::uint32_t top_bit = 0x80000000;
    const __m512i signed_pairs = _mm512_maskz_max_epi32(0xffff, signed_max[0], signed_max[1]);
    const __m512i max_pairs = _mm512_maskz_max_epu32(0xffff, unsigned_max[0], unsigned_max[1]);
    const __m512i min_pairs = _mm512_maskz_min_epu32(0xffff, unsigned_min[0], unsigned_min[1]);
    ExtremeBits found;
    found.signed_max = static_cast<std::int32_t>(
        top_bit ^
        largest(_mm512_xor_si512(signed_pairs, _mm512_set1_epi32(static_cast<int>(top_bit)))));
    found.unsigned_max = largest(max_pairs);
    found.unsigned_min = ~largest(_mm512_xor_si512(min_pairs, _mm512_set1_epi32(-1)));
    return found;
}

/// Adds the bytes of `bytes`, low and high ones of 16-bit codes apart.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void add_bytes(
    __m512i bytes, __m512i& low, __m512i& high) {
    const __m512i zero = _mm512_setzero_si512();
    if constexpr (sizeof(T) == 1) {
        low = _mm512_add_epi64(low, _mm512_sad_epu8(bytes, zero));
    } else {
        const __m512i low_bytes = _mm512_and_si512(bytes, _mm512_set1_epi16(0xff));
        low = _mm512_add_epi64(low, _mm512_sad_epu8(low_bytes, zero));
        high = _mm512_add_epi64(high, _mm512_sad_epu8(_mm512_srli_epi16(bytes, 8), zero));
    }
}

/// Sum of codes, byte by byte. Signed codes are summed as code + 128 or code + 32768.
template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") std::int64_t
    sum(const T* codes, std::size_t n) {
    constexpr std::size_t step = 64 / sizeof(T);
    constexpr std::int64_t offset = -std::int64_t{std::numeric_limits<T>::min()};
    const __m512i flip = sizeof(T) == 1 ? _mm512_set1_epi8(static_cast<char>(offset))
                                        : _mm512_set1_epi16(static_cast<std::int16_t>(offset));
    const std::int64_t all_offsets = offset * static_cast<std::int64_t>(n);
    __m512i low[2] = {};
    __m512i high[2] = {};
    for (; n >= 2 * step; n -= 2 * step, codes += 2 * step) {
#pragma GCC unroll 2
        for (std::size_t k = 0; k < 2; ++k) {
            const __m512i bytes = _mm512_xor_si512(_mm512_loadu_si512(codes + k * step), flip);
            add_bytes<T>(bytes, low[k], high[k]);
        }
    }
    while (n > 0) {
        const std::size_t now = n < step ? n : step;
        const __mmask64 mask = ~__mmask64{0} >> (64 - now * sizeof(T));
        // What the mask leaves out counts 0.
        const __m512i bytes = _mm512_xor_si512(_mm512_mask_loadu_epi8(flip, mask, codes), flip);
        add_bytes<T>(bytes, low[0], high[0]);
        n -= now;
        codes += now;
    }
    return sum_of(_mm512_add_epi64(low[0], low[1])) +
           256 * sum_of(_mm512_add_epi64(high[0], high[1])) - all_offsets;
}

template <StoredCode T>
inline constexpr CodeKernels<T> code_kernels{quantize<T>, dequantize<T>, requantize_block<T>,
                                             add_scaled_block<T>, sum<T>};

inline constexpr Kernels kernels{.isa = simd::Isa::avx512_bw,
                                 .s8 = code_kernels<std::int8_t>,
                                 .u8 = code_kernels<std::uint8_t>,
                                 .s16 = code_kernels<std::int16_t>,
                                 .u16 = code_kernels<std::uint16_t>,
                                 .extremes = extremes,
                                 .count = count<std::uint64_t>,
                                 .count_few = count<std::uint16_t>,
                                 .fake_quantize = fake_quantize,
                                 .dequantize_sums_block = dequantize_sums_block};

}  // namespace intact::elementwise::avx512
#endif
