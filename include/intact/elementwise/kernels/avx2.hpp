// Element-wise kernels with AVX2 and FMA: extremes, sums of codes, and the table of all.
#pragma once

#include "intact/elementwise/kernels/avx2_add_scaled.hpp"
#include "intact/elementwise/kernels/avx2_dequantize.hpp"
#include "intact/elementwise/kernels/avx2_histogram.hpp"
#include "intact/elementwise/kernels/avx2_quantize.hpp"
#include "intact/elementwise/kernels/avx2_requantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <limits>

#include <immintrin.h>

namespace intact::elementwise::avx2 {

[[gnu::noinline]] INTACT_TARGET("avx2,fma") inline ExtremeBits
    extremes(const float* x, std::size_t n) {
    // Two of each: operations take a cycle, and with more GCC 12 keeps some of them in memory.
    __m256i signed_max[2] = {_mm256_set1_epi32(INT32_MIN), _mm256_set1_epi32(INT32_MIN)};
    __m256i unsigned_max[2] = {};
    __m256i unsigned_min[2] = {_mm256_set1_epi32(-1), _mm256_set1_epi32(-1)};
    const std::size_t whole = n - n % 32;
    for (std::size_t i = 0; i < whole; i += 32) {
#pragma GCC unroll 4
        for (std::size_t j = 0; j < 4; ++j) {
            const __m256i bits = _mm256_castps_si256(_mm256_loadu_ps(x + i + 8 * j));
            signed_max[j % 2] = _mm256_max_epi32(signed_max[j % 2], bits);
            unsigned_max[j % 2] = _mm256_max_epu32(unsigned_max[j % 2], bits);
            unsigned_min[j % 2] = _mm256_min_epu32(unsigned_min[j % 2], bits);
        }
    }
    signed_max[0] = _mm256_max_epi32(signed_max[0], signed_max[1]);
    unsigned_max[0] = _mm256_max_epu32(unsigned_max[0], unsigned_max[1]);
    unsigned_min[0] = _mm256_min_epu32(unsigned_min[0], unsigned_min[1]);
    std::uint32_t bits[3][8];
    std::memcpy(bits[0], &signed_max[0], sizeof(bits[0]));
    std::memcpy(bits[1], &unsigned_max[0], sizeof(bits[1]));
    std::memcpy(bits[2], &unsigned_min[0], sizeof(bits[2]));
    ExtremeBits found = portable::extremes(x + whole, n - whole);
    for (int lane = 0; lane < 8; ++lane) {
        const auto greatest = static_cast<std::int32_t>(bits[0][lane]);
        if (greatest > found.signed_max) found.signed_max = greatest;
        if (bits[1][lane] > found.unsigned_max) found.unsigned_max = bits[1][lane];
        if (bits[2][lane] < found.unsigned_min) found.unsigned_min = bits[2][lane];
    }
    return found;
}

/// Sum of codes, byte by byte: low and high ones of 16-bit codes apart. Signed codes are summed as
/// code + 128 or code + 32768.
template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") std::int64_t sum(const T* codes, std::size_t n) {
    constexpr std::size_t step = 32 / sizeof(T);
    constexpr std::int64_t offset = -std::int64_t{std::numeric_limits<T>::min()};
    const __m256i flip = sizeof(T) == 1 ? _mm256_set1_epi8(static_cast<char>(offset))
                                        : _mm256_set1_epi16(static_cast<std::int16_t>(offset));
    const __m256i low_bytes = _mm256_set1_epi16(0xff);
    const __m256i zero = _mm256_setzero_si256();
    __m256i total[2] = {};
    const std::size_t whole = n - n % step;
    for (std::size_t i = 0; i < whole; i += step) {
        const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + i));
        const __m256i bytes = _mm256_xor_si256(block, flip);
        if constexpr (sizeof(T) == 1) {
            total[0] = _mm256_add_epi64(total[0], _mm256_sad_epu8(bytes, zero));
        } else {
            const __m256i low = _mm256_and_si256(bytes, low_bytes);
            total[0] = _mm256_add_epi64(total[0], _mm256_sad_epu8(low, zero));
            const __m256i high = _mm256_srli_epi16(bytes, 8);
            total[1] = _mm256_add_epi64(total[1], _mm256_sad_epu8(high, zero));
        }
    }
    std::int64_t lanes[8];
    std::memcpy(lanes, total, sizeof(lanes));
    const std::int64_t low = lanes[0] + lanes[1] + lanes[2] + lanes[3];
    const std::int64_t high = lanes[4] + lanes[5] + lanes[6] + lanes[7];
    return low + 256 * high - offset * static_cast<std::int64_t>(whole) +
           portable::sum(codes + whole, n - whole);
}

template <StoredCode T>
inline constexpr CodeKernels<T> code_kernels{quantize<T>, dequantize<T>, requantize_block<T>,
                                             add_scaled_block<T>, sum<T>};

inline constexpr Kernels kernels{.isa = simd::Isa::avx2,
                                 .s8 = code_kernels<std::int8_t>,
                                 .u8 = code_kernels<std::uint8_t>,
                                 .s16 = code_kernels<std::int16_t>,
                                 .u16 = code_kernels<std::uint16_t>,
                                 .extremes = extremes,
                                 .count = count<std::uint64_t>,
                                 .count_few = count<std::uint16_t>,
                                 .fake_quantize = fake_quantize,
                                 .dequantize_sums_block = dequantize_sums_block};

}  // namespace intact::elementwise::avx2
#endif
