// Reals to codes with AVX2 and FMA: 8-bit codes by a reciprocal of two parts, see
// two_part_reciprocal.hpp, 16-bit codes by the exact quotient without a division.
//
//   r = fl32(1 / s);  q0 = fl32(x r);  e = fma(-q0, s, x);  q = fma(e, r, q0) = fl32(x / s)
//
// holds for 2^-64 <= s <= 2^64; other scales go to the portable kernel. Conversion to int32 gives
// INT32_MIN for NaN, infinities and all that does not fit; where a block of values may hold one, it
// is done again and the bits of x decide. Explicit fused intrinsics and opaque products: no flag
// changes them.
//
// Source   P. Markstein, "Computation of elementary functions on the IBM RISC System/6000
//          processor", 1990, on division by fused multiply-add.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/elementwise/kernels/two_part_reciprocal.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <type_traits>

#include <immintrin.h>

namespace intact::elementwise::avx2 {

/// Reals of which quantize() asks once whether one has no steps: asking each 32 cost 5 to 11 %.
inline constexpr std::size_t quantize_block = 128;

/// The same value, opaque to the optimizer.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256 exactly(__m256 value) {
    asm("" : "+x"(value));
    return value;
}

/// What the exact quotient needs, in registers.
struct Divisor {
    __m256 scale;
    __m256 reciprocal;
};

/// What steps by two operations need, in registers.
struct TwoParts {
    __m256 high;
    __m256 low;
};

template <class By>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline By by_scale(float scale) {
    By by;
    if constexpr (std::same_as<By, Divisor>) {
        by.scale = exactly(_mm256_set1_ps(scale));
        by.reciprocal = exactly(_mm256_set1_ps(exact_quotient(1.0F, scale)));
    } else {
        const TwoPartReciprocal reciprocal(exact_quotient(1.0, static_cast<double>(scale)));
        by.high = exactly(_mm256_set1_ps(reciprocal.high));
        by.low = exactly(_mm256_set1_ps(reciprocal.low));
    }
    return by;
}

/// Nearest-even of fl32(x / scale) for 8 reals; INT32_MIN where there is none.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    steps(const float* x, const Divisor& by) {
    const __m256 real = _mm256_loadu_ps(x);
    const __m256 estimate = exactly(_mm256_mul_ps(real, by.reciprocal));
    const __m256 rest = _mm256_fnmadd_ps(estimate, by.scale, real);
    return _mm256_cvtps_epi32(_mm256_fmadd_ps(rest, by.reciprocal, estimate));
}

/// The same where they are few.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    steps(const float* x, const TwoParts& by) {
    const __m256 real = _mm256_loadu_ps(x);
    const __m256 low = exactly(_mm256_mul_ps(real, by.low));
    return _mm256_cvtps_epi32(_mm256_fmadd_ps(real, by.high, low));
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

/// What makes codes of steps, in registers.
struct Cut {
    __m256i zero_point;  // in lanes of 16 bits for 8-bit codes, of 32 bits for 16-bit codes
    __m256i qmin;        // these two in lanes of 8 bits for 8-bit codes; else in lanes of 32 bits
    __m256i qmax;        // and less the zero point
    bool cuts = true;    // whether these two do, for 8-bit codes: asking costs less than cutting
};

/// Steps of 16 reals in lanes of 16 bits, in the order of packs_epi32; INT16_MIN where there is
/// none.
template <bool IsMended>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    steps_of_16(const float* x, const TwoParts& by) {
    __m256i low = steps(x, by);
    __m256i high = steps(x + 8, by);
    if constexpr (IsMended) {
        low = mend(low, x);
        high = mend(high, x + 8);
    }
    return _mm256_packs_epi32(low, high);
}

/// Steps of 32 reals to 8-bit codes.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    bytes_of(__m256i low, __m256i high, const Cut& cut) {
    low = _mm256_adds_epi16(low, cut.zero_point);
    high = _mm256_adds_epi16(high, cut.zero_point);
    __m256i codes = _mm256_setzero_si256();
    if constexpr (std::same_as<T, std::int8_t>) {
        codes = _mm256_packs_epi16(low, high);
        if (cut.cuts) codes = _mm256_min_epi8(_mm256_max_epi8(codes, cut.qmin), cut.qmax);
    } else {
        codes = _mm256_packus_epi16(low, high);
        if (cut.cuts) codes = _mm256_min_epu8(_mm256_max_epu8(codes, cut.qmin), cut.qmax);
    }
    return _mm256_permutevar8x32_epi32(codes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/// Count reals, a multiple of 32, to 8-bit codes; gives the least of their steps, lane by lane.
template <bool IsMended, std::size_t Count, StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    bytes_and_least(const float* x, const TwoParts& by, const Cut& cut, T* out) {
    __m256i least = _mm256_set1_epi16(INT16_MAX);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Count; i += 32) {
        const __m256i low = steps_of_16<IsMended>(x + i, by);
        const __m256i high = steps_of_16<IsMended>(x + i + 16, by);
        least = _mm256_min_epi16(least, _mm256_min_epi16(low, high));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), bytes_of<T>(low, high, cut));
    }
    return least;
}

/// Steps of 16 reals, cut to the codes, as those less the zero point.
template <class By>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void levels_of_16(
    const float* x, const By& by, const Cut& cut, __m256i& low, __m256i& high) {
    low = steps(x, by);
    high = steps(x + 8, by);
    const __m256i suspects =
        _mm256_cmpeq_epi32(_mm256_min_epi32(low, high), _mm256_set1_epi32(INT32_MIN));
    if (_mm256_testz_si256(suspects, suspects) == 0) [[unlikely]] {
        low = mend(low, x);
        high = mend(high, x + 8);
    }
    low = _mm256_min_epi32(_mm256_max_epi32(low, cut.qmin), cut.qmax);
    high = _mm256_min_epi32(_mm256_max_epi32(high, cut.qmin), cut.qmax);
}

/// 16 reals to 16-bit codes.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    words_of_16(const float* x, const Divisor& by, const Cut& cut) {
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    levels_of_16(x, by, cut, low, high);
    low = _mm256_add_epi32(low, cut.zero_point);
    high = _mm256_add_epi32(high, cut.zero_point);
    const __m256i codes = std::same_as<T, std::int16_t> ? _mm256_packs_epi32(low, high)
                                                        : _mm256_packus_epi32(low, high);
    return _mm256_permute4x64_epi64(codes, 0xd8);
}

/// Count reals, a multiple of 32, to codes.
template <std::size_t Count, StoredCode T, class By>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void quantize_some(const float* x,
                                                                           const By& by,
                                                                           const Cut& cut, T* out) {
    if constexpr (sizeof(T) == 1) {
        const __m256i least = bytes_and_least<false, Count>(x, by, cut, out);
        const __m256i suspects = _mm256_cmpeq_epi16(least, _mm256_set1_epi16(INT16_MIN));
        if (_mm256_testz_si256(suspects, suspects) == 0) [[unlikely]] {
            bytes_and_least<true, Count>(x, by, cut, out);
        }
    } else {
        for (std::size_t i = 0; i < Count; i += 16) {
            auto* const to = reinterpret_cast<__m256i*>(out + i);
            _mm256_storeu_si256(to, words_of_16<T>(x + i, by, cut));
        }
    }
}

/// For codes of sizeof(T) bytes; int32_t stands for reals.
template <class T>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline Cut cut_of(const Coding& coding) {
    Cut cut;
    if constexpr (sizeof(T) == 1) {
        cut.zero_point = _mm256_set1_epi16(static_cast<std::int16_t>(coding.zero_point));
        cut.qmin = _mm256_set1_epi8(static_cast<char>(coding.qmin));
        cut.qmax = _mm256_set1_epi8(static_cast<char>(coding.qmax));
        cut.cuts = cuts<T>(coding);
    } else {
        cut.zero_point = _mm256_set1_epi32(coding.zero_point);
        cut.qmin = _mm256_set1_epi32(coding.qmin - coding.zero_point);
        cut.qmax = _mm256_set1_epi32(coding.qmax - coding.zero_point);
    }
    return cut;
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") void quantize(const float* x, std::size_t n,
                                                          const Coding& coding, T* out) {
    if (!portable::needs_no_division(coding.scale)) {
        portable::quantize(x, n, coding, out);
        return;
    }
    const auto by = by_scale<std::conditional_t<sizeof(T) == 1, TwoParts, Divisor>>(coding.scale);
    const Cut cut = cut_of<T>(coding);
    for (; n >= quantize_block; n -= quantize_block) {
        quantize_some<quantize_block>(x, by, cut, out);
        x += quantize_block;
        out += quantize_block;
    }
    for (; n >= 32; n -= 32) {
        quantize_some<32>(x, by, cut, out);
        x += 32;
        out += 32;
    }
    if (n > 0) {
        float padded[32] = {};
        T codes[32];
        std::memcpy(padded, x, n * sizeof(float));
        quantize_some<32>(padded, by, cut, codes);
        std::memcpy(out, codes, n * sizeof(T));
    }
}

/// The reals that the codes of 16 reals stand for.
template <class By>
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void fake_quantize_16(
    const float* x, const By& by, __m256 scale, const Cut& cut, float* out) {
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    levels_of_16(x, by, cut, low, high);
    _mm256_storeu_ps(out, _mm256_mul_ps(_mm256_cvtepi32_ps(low), scale));
    _mm256_storeu_ps(out + 8, _mm256_mul_ps(_mm256_cvtepi32_ps(high), scale));
}

template <class By>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") void fake_quantize_by(const float* x, std::size_t n,
                                                                  const Coding& coding,
                                                                  float* out) {
    const By by = by_scale<By>(coding.scale);
    const __m256 scale = _mm256_set1_ps(coding.scale);
    const Cut cut = cut_of<std::int32_t>(coding);
    for (; n >= 16; n -= 16, x += 16, out += 16) fake_quantize_16(x, by, scale, cut, out);
    if (n > 0) {
        float padded[16] = {};
        std::memcpy(padded, x, n * sizeof(float));
        fake_quantize_16(padded, by, scale, cut, padded);
        std::memcpy(out, padded, n * sizeof(float));
    }
}

[[gnu::noinline]] INTACT_TARGET("avx2,fma") inline void fake_quantize(const float* x, std::size_t n,
                                                                      const Coding& coding,
                                                                      float* out) {
    if (!portable::needs_no_division(coding.scale)) {
        portable::fake_quantize(x, n, coding, out);
    } else if (has_few_steps(coding)) {
        fake_quantize_by<TwoParts>(x, n, coding, out);
    } else {
        fake_quantize_by<Divisor>(x, n, coding, out);
    }
}

}  // namespace intact::elementwise::avx2
#endif
