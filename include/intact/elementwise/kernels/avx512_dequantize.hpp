// Codes, and blocks of sums of products, to reals with AVX-512.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx512 {

/// 16 codes, one to a 32-bit lane; zeros where `mask` has none.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    widened(const T* codes, __mmask16 mask) {
    if constexpr (sizeof(T) == 1) {
        const __m128i narrow = _mm_maskz_loadu_epi8(mask, codes);
        return std::same_as<T, std::int8_t> ? _mm512_maskz_cvtepi8_epi32(0xffff, narrow)
                                            : _mm512_maskz_cvtepu8_epi32(0xffff, narrow);
    } else {
        const __m256i narrow = _mm256_maskz_loadu_epi16(mask, codes);
        return std::same_as<T, std::int16_t> ? _mm512_maskz_cvtepi16_epi32(0xffff, narrow)
                                             : _mm512_maskz_cvtepu16_epi32(0xffff, narrow);
    }
}

/// At most 64 reals, those of `mask`.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl") inline void dequantize_64(const T* codes, __mmask64 mask,
                                                                    __m512 step, __m512i zero,
                                                                    float* out) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
        const auto lanes = static_cast<__mmask16>(mask >> (16 * k));
        const __m512i level = _mm512_sub_epi32(widened(codes + 16 * k, lanes), zero);
        _mm512_mask_storeu_ps(out + 16 * k, lanes,
                              _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xffff, level), step));
    }
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void dequantize(
    const T* codes, std::size_t n, float scale, std::int32_t zero_point, float* out) {
    const __m512 step = _mm512_set1_ps(scale);
    const __m512i zero = _mm512_set1_epi32(zero_point);
    for (; n >= 64; n -= 64, codes += 64, out += 64) {
        dequantize_64(codes, ~__mmask64{0}, step, zero, out);
    }
    if (n > 0) dequantize_64(codes, ~__mmask64{0} >> (64 - n), step, zero, out);
}

/// Where the results of dequantize_sums_block() are cut, in registers: as the integers that bits
/// are where no limit is negative, as those that ordered() gives elsewhere.
struct Limits {
    __m512i min;
    __m512i max;
};

/// The integers that sort like the floats of these bits, -0 below +0; its own inverse.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    ordered(__m512i bits) {
    const __m512i flip =
        _mm512_and_si512(_mm512_maskz_srai_epi32(0xffff, bits, 31), _mm512_set1_epi32(INT32_MAX));
    return _mm512_xor_si512(bits, flip);
}

template <bool Ordered>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    cut(__m512i bits, const Limits& limits) {
    if constexpr (Ordered) bits = ordered(bits);
    bits = _mm512_maskz_min_epi32(0xffff, _mm512_maskz_max_epi32(0xffff, bits, limits.min),
                                  limits.max);
    return Ordered ? ordered(bits) : bits;
}

/// The first `columns` columns, at most 16 * Groups, of a block.
template <bool Ordered, std::size_t Groups>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl") inline void dequantize_columns(const std::int32_t* sums,
                                                                         std::ptrdiff_t sums_stride,
                                                                         std::ptrdiff_t rows,
                                                                         std::ptrdiff_t columns,
                                                                         const float* scales,
                                                                         const float* bias,
                                                                         const Limits& limits,
                                                                         float* out,
                                                                         std::ptrdiff_t
                                                                             out_stride) {
    const __mmask64 mask = ~std::uint64_t{0} >> (64 - columns);
    __m512 factors[Groups] = {};
    __m512 offsets[Groups] = {};
#pragma GCC unroll 4
    for (std::size_t k = 0; k < Groups; ++k) {
        const auto lanes = static_cast<__mmask16>(mask >> (16 * k));
        factors[k] = _mm512_maskz_loadu_ps(lanes, scales + 16 * k);
        if (bias != nullptr) offsets[k] = _mm512_maskz_loadu_ps(lanes, bias + 16 * k);
        // A known zero would make a product of the fused operation, and -0 of some zeros.
        INTACT_NEW_VALUE(offsets[k]);
    }
    for (std::ptrdiff_t i = 0; i < rows; ++i, sums += sums_stride, out += out_stride) {
#pragma GCC unroll 4
        for (std::size_t k = 0; k < Groups; ++k) {
            const auto lanes = static_cast<__mmask16>(mask >> (16 * k));
            const __m512i sum = _mm512_maskz_loadu_epi32(lanes, sums + 16 * k);
            const __m512 real =
                _mm512_fmadd_ps(_mm512_maskz_cvtepi32_ps(0xffff, sum), factors[k], offsets[k]);
            _mm512_mask_storeu_epi32(out + 16 * k, lanes,
                                     cut<Ordered>(_mm512_castps_si512(real), limits));
        }
    }
}

template <bool Ordered>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl") inline void dequantize_all_columns(const std::int32_t*
                                                                                 sums,
                                                                             std::ptrdiff_t
                                                                                 sums_stride,
                                                                             std::ptrdiff_t rows,
                                                                             std::ptrdiff_t columns,
                                                                             const float* scales,
                                                                             const float* bias,
                                                                             const Limits& to,
                                                                             float* out,
                                                                             std::ptrdiff_t
                                                                                 out_stride) {
    while (columns > 0) {
        std::ptrdiff_t width = columns;
        if (columns > 32) {
            width = columns < 64 ? columns : 64;
            dequantize_columns<Ordered, 4>(sums, sums_stride, rows, width, scales, bias, to, out,
                                           out_stride);
        } else if (columns > 16) {
            dequantize_columns<Ordered, 2>(sums, sums_stride, rows, width, scales, bias, to, out,
                                           out_stride);
        } else {
            dequantize_columns<Ordered, 1>(sums, sums_stride, rows, width, scales, bias, to, out,
                                           out_stride);
        }
        sums += width;
        scales += width;
        if (bias != nullptr) bias += width;
        out += width;
        columns -= width;
    }
}

[[gnu::noinline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl") inline void dequantize_sums_block(const std::int32_t*
                                                                                sums,
                                                                            std::ptrdiff_t
                                                                                sums_stride,
                                                                            std::ptrdiff_t rows,
                                                                            std::ptrdiff_t columns,
                                                                            const float* scales,
                                                                            const float* bias,
                                                                            const float* limits,
                                                                            float* out,
                                                                            std::ptrdiff_t
                                                                                out_stride) {
    std::int32_t ends[2] = {INT32_MIN, INT32_MAX};
    if (limits != nullptr) std::memcpy(ends, limits, sizeof(ends));
    Limits to;
    to.min = _mm512_set1_epi32(ends[0]);
    to.max = _mm512_set1_epi32(ends[1]);
    if (limits == nullptr || (ends[0] | ends[1]) >= 0) {
        dequantize_all_columns<false>(sums, sums_stride, rows, columns, scales, bias, to, out,
                                      out_stride);
    } else {
        to.min = ordered(to.min);
        to.max = ordered(to.max);
        dequantize_all_columns<true>(sums, sums_stride, rows, columns, scales, bias, to, out,
                                     out_stride);
    }
}

}  // namespace intact::elementwise::avx512
#endif
