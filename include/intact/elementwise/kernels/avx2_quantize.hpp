// Reals to codes with AVX2 and FMA: the exact quotient without a division.
//
//   r = fl32(1 / s);  q0 = fl32(x r);  e = fma(-q0, s, x);  q = fma(e, r, q0) = fl32(x / s)
//
// holds for 2^-64 <= s <= 2^64; other scales go to the portable kernel. Conversion to int32 gives
// INT32_MIN for NaN, infinities and all that does not fit; where a block of 32 values may hold one,
// the bits of x decide. Explicit fused intrinsics and opaque products: no flag changes them.
//
// Source   P. Markstein, "Computation of elementary functions on the IBM RISC System/6000
//          processor", 1990, on division by fused multiply-add.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx2 {

/// Reals that one step of quantize() takes.
inline constexpr std::size_t quantize_block = 32;

/// The same value, opaque to the optimizer.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256 exactly(__m256 value) {
    asm("" : "+x"(value));
    return value;
}

/// Nearest-even of fl32(x / scale) for 8 reals; INT32_MIN where there is none.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    steps(const float* x, __m256 scale, __m256 reciprocal) {
    const __m256 real = _mm256_loadu_ps(x);
    const __m256 estimate = exactly(_mm256_mul_ps(real, reciprocal));
    const __m256 rest = _mm256_fnmadd_ps(estimate, scale, real);
    return _mm256_cvtps_epi32(_mm256_fmadd_ps(rest, reciprocal, estimate));
}

/// Replaces INT32_MIN: 0 for NaN, the nearer end of int32 for the sign of x otherwise.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    mend(__m256i steps, const float* x) {
    __m256i bits = _mm256_setzero_si256();
    std::memcpy(&bits, x, sizeof(bits));
    const __m256i magnitude = _mm256_and_si256(bits, _mm256_set1_epi32(0x7fffffff));
    const __m256i is_nan = _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(0x7f800000));
    const __m256i has_none = _mm256_cmpeq_epi32(steps, _mm256_set1_epi32(INT32_MIN));
    const __m256i end = _mm256_xor_si256(_mm256_srai_epi32(bits, 31), _mm256_set1_epi32(INT32_MAX));
    return _mm256_andnot_si256(is_nan, _mm256_blendv_epi8(steps, end, has_none));
}

/// What every block needs, in registers.
struct Constants {
    __m256 scale;
    __m256 reciprocal;
    __m256i zero_point;  // in lanes of 16 bits for 8-bit codes, of 32 bits for 16-bit codes
    __m256i qmin;        // these two in lanes of 8 bits for 8-bit codes; else in lanes of 32 bits
    __m256i qmax;        // and less the zero point
};

/// 32 reals to 8-bit codes.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    bytes_of_32(const float* x, const Constants& c) {
    const __m256i lowest = _mm256_set1_epi16(INT16_MIN);
    const __m256i s0 = steps(x, c.scale, c.reciprocal);
    const __m256i s1 = steps(x + 8, c.scale, c.reciprocal);
    const __m256i s2 = steps(x + 16, c.scale, c.reciprocal);
    const __m256i s3 = steps(x + 24, c.scale, c.reciprocal);
    __m256i low = _mm256_packs_epi32(s0, s1);
    __m256i high = _mm256_packs_epi32(s2, s3);
    const __m256i suspects =
        _mm256_or_si256(_mm256_cmpeq_epi16(low, lowest), _mm256_cmpeq_epi16(high, lowest));
    if (_mm256_testz_si256(suspects, suspects) == 0) [[unlikely]] {
        low = _mm256_packs_epi32(mend(s0, x), mend(s1, x + 8));
        high = _mm256_packs_epi32(mend(s2, x + 16), mend(s3, x + 24));
    }
    low = _mm256_adds_epi16(low, c.zero_point);
    high = _mm256_adds_epi16(high, c.zero_point);
    __m256i codes = _mm256_setzero_si256();
    if constexpr (std::same_as<T, std::int8_t>) {
        codes = _mm256_packs_epi16(low, high);
        codes = _mm256_min_epi8(_mm256_max_epi8(codes, c.qmin), c.qmax);
    } else {
        codes = _mm256_packus_epi16(low, high);
        codes = _mm256_min_epu8(_mm256_max_epu8(codes, c.qmin), c.qmax);
    }
    return _mm256_permutevar8x32_epi32(codes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/// Steps of 16 reals, cut to the codes, as those less the zero point.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void levels_of_16(const float* x,
                                                                          const Constants& c,
                                                                          __m256i& low,
                                                                          __m256i& high) {
    low = steps(x, c.scale, c.reciprocal);
    high = steps(x + 8, c.scale, c.reciprocal);
    const __m256i suspects =
        _mm256_cmpeq_epi32(_mm256_min_epi32(low, high), _mm256_set1_epi32(INT32_MIN));
    if (_mm256_testz_si256(suspects, suspects) == 0) [[unlikely]] {
        low = mend(low, x);
        high = mend(high, x + 8);
    }
    low = _mm256_min_epi32(_mm256_max_epi32(low, c.qmin), c.qmax);
    high = _mm256_min_epi32(_mm256_max_epi32(high, c.qmin), c.qmax);
}

/// 16 reals to 16-bit codes.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    words_of_16(const float* x, const Constants& c) {
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    levels_of_16(x, c, low, high);
    low = _mm256_add_epi32(low, c.zero_point);
    high = _mm256_add_epi32(high, c.zero_point);
    const __m256i codes = std::same_as<T, std::int16_t> ? _mm256_packs_epi32(low, high)
                                                        : _mm256_packus_epi32(low, high);
    return _mm256_permute4x64_epi64(codes, 0xd8);
}

template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void quantize_32(const float* x,
                                                                         const Constants& c,
                                                                         T* out) {
    auto* const to = reinterpret_cast<__m256i*>(out);
    if constexpr (sizeof(T) == 1) {
        _mm256_storeu_si256(to, bytes_of_32<T>(x, c));
    } else {
        _mm256_storeu_si256(to, words_of_16<T>(x, c));
        _mm256_storeu_si256(to + 1, words_of_16<T>(x + 16, c));
    }
}

/// Constants for codes of sizeof(T) bytes; int32_t stands for reals.
template <class T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline Constants
    constants_of(const Coding& coding) {
    Constants c;
    c.scale = exactly(_mm256_set1_ps(coding.scale));
    c.reciprocal = exactly(_mm256_set1_ps(exact_quotient(1.0F, coding.scale)));
    if constexpr (sizeof(T) == 1) {
        c.zero_point = _mm256_set1_epi16(static_cast<std::int16_t>(coding.zero_point));
        c.qmin = _mm256_set1_epi8(static_cast<char>(coding.qmin));
        c.qmax = _mm256_set1_epi8(static_cast<char>(coding.qmax));
    } else {
        c.zero_point = _mm256_set1_epi32(coding.zero_point);
        c.qmin = _mm256_set1_epi32(coding.qmin - coding.zero_point);
        c.qmax = _mm256_set1_epi32(coding.qmax - coding.zero_point);
    }
    return c;
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") void quantize(const float* x, std::size_t n,
                                                          const Coding& coding, T* out) {
    if (coding.scale < 0x1p-64F || coding.scale > 0x1p64F) {
        portable::quantize(x, n, coding, out);
        return;
    }
    const Constants c = constants_of<T>(coding);
    for (; n >= quantize_block; n -= quantize_block) {
        quantize_32(x, c, out);
        x += quantize_block;
        out += quantize_block;
    }
    if (n > 0) {
        float padded[quantize_block] = {};
        T codes[quantize_block];
        std::memcpy(padded, x, n * sizeof(float));
        quantize_32(padded, c, codes);
        std::memcpy(out, codes, n * sizeof(T));
    }
}

/// The reals that the codes of 16 reals stand for.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void fake_quantize_16(const float* x,
                                                                              const Constants& c,
                                                                              float* out) {
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    levels_of_16(x, c, low, high);
    _mm256_storeu_ps(out, _mm256_mul_ps(_mm256_cvtepi32_ps(low), c.scale));
    _mm256_storeu_ps(out + 8, _mm256_mul_ps(_mm256_cvtepi32_ps(high), c.scale));
}

[[gnu::noinline]] INTACT_TARGET("avx2,fma") inline void fake_quantize(const float* x, std::size_t n,
                                                                      const Coding& coding,
                                                                      float* out) {
    if (coding.scale < 0x1p-64F || coding.scale > 0x1p64F) {
        portable::fake_quantize(x, n, coding, out);
        return;
    }
    const Constants c = constants_of<std::int32_t>(coding);
    for (; n >= 16; n -= 16, x += 16, out += 16) fake_quantize_16(x, c, out);
    if (n > 0) {
        float padded[16] = {};
        std::memcpy(padded, x, n * sizeof(float));
        fake_quantize_16(padded, c, padded);
        std::memcpy(out, padded, n * sizeof(float));
    }
}

}  // namespace intact::elementwise::avx2
#endif
