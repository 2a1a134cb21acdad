// Reals to codes with AVX-512: 8-bit codes by a reciprocal of two parts, 16-bit codes by the exact
// quotient without a division, as in avx2_quantize.hpp.
//
// 64 values a step. Conversion to int32 gives INT32_MIN for NaN, infinities and all that does not
// fit; one compare a step finds whether there may be one, and then the bits of x decide.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/elementwise/kernels/two_part_reciprocal.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <type_traits>

#include <immintrin.h>

#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12's own headers, falsely
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace intact::elementwise::avx512 {

/// The same value, opaque to the optimizer.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512
    exactly(__m512 value) {
    INTACT_NEW_VALUE(value);
    return value;
}

/// What the exact quotient needs, in registers.
struct Divisor {
    __m512 scale;
    __m512 reciprocal;
};

/// What steps by two operations need, in registers: see two_part_reciprocal.hpp.
struct TwoParts {
    __m512 high;
    __m512 low;
};

template <class By>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline By
    by_scale(float scale) {
    By by;
    if constexpr (std::same_as<By, Divisor>) {
        by.scale = exactly(_mm512_set1_ps(scale));
        by.reciprocal = exactly(_mm512_set1_ps(exact_quotient(1.0F, scale)));
    } else {
        const TwoPartReciprocal reciprocal(exact_quotient(1.0, static_cast<double>(scale)));
        by.high = exactly(_mm512_set1_ps(reciprocal.high));
        by.low = exactly(_mm512_set1_ps(reciprocal.low));
    }
    return by;
}

/// 64 reals, zeros where `mask` has none.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void load_64(
    const float* x, __mmask64 mask, __m512* reals) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
        reals[k] = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask >> (16 * k)), x + 16 * k);
    }
}

/// Nearest-even of fl32(x / scale) for 16 reals; INT32_MIN where there is none.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    steps(__m512 real, const Divisor& by) {
    const __m512 estimate = exactly(_mm512_mul_ps(real, by.reciprocal));
    const __m512 rest = _mm512_fnmadd_ps(estimate, by.scale, real);
    return _mm512_cvtps_epi32(_mm512_fmadd_ps(rest, by.reciprocal, estimate));
}

/// The same where they are few.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    steps(__m512 real, const TwoParts& by) {
    const __m512 low = exactly(_mm512_mul_ps(real, by.low));
    return _mm512_cvtps_epi32(_mm512_fmadd_ps(real, by.high, low));
}

/// Replaces INT32_MIN: 0 for NaN, the nearer end of int32 for the sign of x otherwise.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    mend(__m512i steps, __m512 real) {
    const __m512i bits = _mm512_castps_si512(real);
    const __m512i magnitude = _mm512_and_si512(bits, _mm512_set1_epi32(0x7fffffff));
    const __mmask16 is_number = _mm512_cmple_epi32_mask(magnitude, _mm512_set1_epi32(0x7f800000));
    const __mmask16 has_none = _mm512_cmpeq_epi32_mask(steps, _mm512_set1_epi32(INT32_MIN));
    const __m512i end = _mm512_xor_si512(_mm512_srai_epi32(bits, 31), _mm512_set1_epi32(INT32_MAX));
    return _mm512_maskz_mov_epi32(is_number, _mm512_mask_mov_epi32(steps, has_none, end));
}

/// Steps of 64 reals that are never INT32_MIN for want of a number.
template <class By>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void sound_steps(
    const __m512* reals, const By& by, __m512i* found) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) found[k] = steps(reals[k], by);
    const __m512i least = _mm512_min_epi32(_mm512_min_epi32(found[0], found[1]),
                                           _mm512_min_epi32(found[2], found[3]));
    if (_mm512_cmpeq_epi32_mask(least, _mm512_set1_epi32(INT32_MIN)) != 0) [[unlikely]] {
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) found[k] = mend(found[k], reals[k]);
    }
}

/// Steps of 64 reals in lanes of 16 bits, as packs_epi32 orders and cuts them.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void sound_words(
    const __m512* reals, const TwoParts& by, __m512i* words) {
    __m512i found[4] = {};
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) found[k] = steps(reals[k], by);
    words[0] = _mm512_packs_epi32(found[0], found[1]);
    words[1] = _mm512_packs_epi32(found[2], found[3]);
    const __m512i least = _mm512_min_epi16(words[0], words[1]);
    if (_mm512_cmpeq_epi16_mask(least, _mm512_set1_epi16(INT16_MIN)) != 0) [[unlikely]] {
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) found[k] = mend(found[k], reals[k]);
        words[0] = _mm512_packs_epi32(found[0], found[1]);
        words[1] = _mm512_packs_epi32(found[2], found[3]);
    }
}

/// What makes codes of steps, in registers.
struct Cut {
    __m512i zero_point;  // in lanes of 16 bits for 8-bit codes, of 32 bits for 16-bit codes
    __m512i qmin;        // these two in lanes of 8 bits for 8-bit codes; else in lanes of 32 bits
    __m512i qmax;        // and less the zero point
};

/// For codes of sizeof(T) bytes; int32_t stands for reals.
template <class T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline Cut
    cut_of(const Coding& coding) {
    Cut cut;
    if constexpr (sizeof(T) == 1) {
        cut.zero_point = _mm512_set1_epi16(static_cast<std::int16_t>(coding.zero_point));
        cut.qmin = _mm512_set1_epi8(static_cast<char>(coding.qmin));
        cut.qmax = _mm512_set1_epi8(static_cast<char>(coding.qmax));
    } else {
        cut.zero_point = _mm512_set1_epi32(coding.zero_point);
        cut.qmin = _mm512_set1_epi32(coding.qmin - coding.zero_point);
        cut.qmax = _mm512_set1_epi32(coding.qmax - coding.zero_point);
    }
    return cut;
}

/// 64 steps in lanes of 16 bits to 8-bit codes.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    bytes_of(const __m512i* words, const Cut& cut) {
    const __m512i low = _mm512_adds_epi16(words[0], cut.zero_point);
    const __m512i high = _mm512_adds_epi16(words[1], cut.zero_point);
    __m512i codes = _mm512_setzero_si512();
    if constexpr (std::same_as<T, std::int8_t>) {
        codes = _mm512_packs_epi16(low, high);
        codes = _mm512_min_epi8(_mm512_max_epi8(codes, cut.qmin), cut.qmax);
    } else {
        codes = _mm512_packus_epi16(low, high);
        codes = _mm512_min_epu8(_mm512_max_epu8(codes, cut.qmin), cut.qmax);
    }
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_permutexvar_epi32(order, codes);
}

/// 32 steps to 16-bit codes.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    words_of(const __m512i* steps, const Cut& cut) {
    __m512i codes[2] = {};
#pragma GCC unroll 2
    for (int k = 0; k < 2; ++k) {
        codes[k] = _mm512_min_epi32(_mm512_max_epi32(steps[k], cut.qmin), cut.qmax);
        codes[k] = _mm512_add_epi32(codes[k], cut.zero_point);
    }
    const __m512i both = std::same_as<T, std::int16_t> ? _mm512_packs_epi32(codes[0], codes[1])
                                                       : _mm512_packus_epi32(codes[0], codes[1]);
    return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), both);
}

/// The codes of at most 64 reals, those of `mask`.
template <StoredCode T, class By>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void quantize_64(
    const float* x, __mmask64 mask, const By& by, const Cut& cut, T* out) {
    __m512 reals[4] = {};
    load_64(x, mask, reals);
    if constexpr (sizeof(T) == 1) {
        __m512i words[2] = {};
        sound_words(reals, by, words);
        _mm512_mask_storeu_epi8(out, mask, bytes_of<T>(words, cut));
    } else {
        __m512i found[4] = {};
        sound_steps(reals, by, found);
        _mm512_mask_storeu_epi16(out, static_cast<__mmask32>(mask), words_of<T>(found, cut));
        _mm512_mask_storeu_epi16(out + 32, static_cast<__mmask32>(mask >> 32),
                                 words_of<T>(found + 2, cut));
    }
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void quantize(
    const float* x, std::size_t n, const Coding& coding, T* out) {
    if (!portable::needs_no_division(coding.scale)) {
        portable::quantize(x, n, coding, out);
        return;
    }
    const auto by = by_scale<std::conditional_t<sizeof(T) == 1, TwoParts, Divisor>>(coding.scale);
    const Cut cut = cut_of<T>(coding);
    for (; n >= 64; n -= 64, x += 64, out += 64) quantize_64(x, ~__mmask64{0}, by, cut, out);
    if (n > 0) quantize_64(x, ~__mmask64{0} >> (64 - n), by, cut, out);
}

/// The reals that the codes of at most 64 reals stand for.
template <class By>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl") inline void fake_quantize_64(const float* x,
                                                                       __mmask64 mask, const By& by,
                                                                       __m512 scale, const Cut& cut,
                                                                       float* out) {
    __m512 reals[4] = {};
    __m512i found[4] = {};
    load_64(x, mask, reals);
    sound_steps(reals, by, found);
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
        const __m512i level = _mm512_min_epi32(_mm512_max_epi32(found[k], cut.qmin), cut.qmax);
        _mm512_mask_storeu_ps(out + 16 * k, static_cast<__mmask16>(mask >> (16 * k)),
                              _mm512_mul_ps(_mm512_cvtepi32_ps(level), scale));
    }
}

template <class By>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void fake_quantize_by(
    const float* x, std::size_t n, const Coding& coding, float* out) {
    const By by = by_scale<By>(coding.scale);
    const __m512 scale = _mm512_set1_ps(coding.scale);
    const Cut cut = cut_of<std::int32_t>(coding);
    for (; n >= 64; n -= 64, x += 64, out += 64) {
        fake_quantize_64(x, ~__mmask64{0}, by, scale, cut, out);
    }
    if (n > 0) fake_quantize_64(x, ~__mmask64{0} >> (64 - n), by, scale, cut, out);
}

[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void fake_quantize(
    const float* x, std::size_t n, const Coding& coding, float* out) {
    if (!portable::needs_no_division(coding.scale)) {
        portable::fake_quantize(x, n, coding, out);
    } else if (has_few_steps(coding)) {
        fake_quantize_by<TwoParts>(x, n, coding, out);
    } else {
        fake_quantize_by<Divisor>(x, n, coding, out);
    }
}

}  // namespace intact::elementwise::avx512

#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif
