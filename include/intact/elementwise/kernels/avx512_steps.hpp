// Steps of reals with AVX-512, 64 values at a time: where steps are few by a reciprocal of two
// parts (two_part_reciprocal.hpp), else by the exact quotient without a division, as in
// avx2_quantize.hpp.
//
// Conversion to int32 gives INT32_MIN for NaN, infinities and all that does not fit; one compare
// for 64 values finds whether there may be one, and then the bits of x decide.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/elementwise/kernels/two_part_reciprocal.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <concepts>

#include <immintrin.h>

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
        INTACT_NEW_VALUE(reals[k]);  // else each is loaded twice
    }
}

/// Nearest-even of fl32(x / scale) for 16 reals; INT32_MIN where there is none.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    steps(__m512 real, const Divisor& by) {
    const __m512 estimate = exactly(_mm512_mul_ps(real, by.reciprocal));
    const __m512 rest = _mm512_fnmadd_ps(estimate, by.scale, real);
    return _mm512_maskz_cvtps_epi32(0xffff, _mm512_fmadd_ps(rest, by.reciprocal, estimate));
}

/// The same where they are few.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    steps(__m512 real, const TwoParts& by) {
    const __m512 low = exactly(_mm512_mul_ps(real, by.low));
    return _mm512_maskz_cvtps_epi32(0xffff, _mm512_fmadd_ps(real, by.high, low));
}

/// Replaces INT32_MIN: 0 for NaN, the nearer end of int32 for the sign of x otherwise.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    mend(__m512i steps, __m512 real) {
    const __m512i bits = _mm512_castps_si512(real);
    const __m512i magnitude = _mm512_and_si512(bits, _mm512_set1_epi32(0x7fffffff));
    const __mmask16 is_number = _mm512_cmple_epi32_mask(magnitude, _mm512_set1_epi32(0x7f800000));
    const __mmask16 has_none = _mm512_cmpeq_epi32_mask(steps, _mm512_set1_epi32(INT32_MIN));
    const __m512i end =
        _mm512_xor_si512(_mm512_maskz_srai_epi32(0xffff, bits, 31), _mm512_set1_epi32(INT32_MAX));
    return _mm512_maskz_mov_epi32(is_number, _mm512_mask_mov_epi32(steps, has_none, end));
}

/// Whether the steps of each 64 reals are searched for INT32_MIN, or known to be without.
enum class Search : bool { no, yes };

/// Steps of 64 reals that are never INT32_MIN for want of a number.
template <Search S, class By>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void sound_steps(
    const __m512* reals, const By& by, __m512i* found) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) found[k] = steps(reals[k], by);
    if constexpr (S == Search::no) return;
    const __m512i least =
        _mm512_maskz_min_epi32(0xffff, _mm512_maskz_min_epi32(0xffff, found[0], found[1]),
                               _mm512_maskz_min_epi32(0xffff, found[2], found[3]));
    if (_mm512_cmpeq_epi32_mask(least, _mm512_set1_epi32(INT32_MIN)) != 0) [[unlikely]] {
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) found[k] = mend(found[k], reals[k]);
    }
}

/// Steps of 64 reals in lanes of 16 bits, as packs_epi32 orders and cuts them.
template <Search S>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void sound_words(
    const __m512* reals, const TwoParts& by, __m512i* words) {
    __m512i found[4] = {};
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) found[k] = steps(reals[k], by);
    words[0] = _mm512_packs_epi32(found[0], found[1]);
    words[1] = _mm512_packs_epi32(found[2], found[3]);
    if constexpr (S == Search::no) return;
    const __m512i least = _mm512_min_epi16(words[0], words[1]);
    if (_mm512_cmpeq_epi16_mask(least, _mm512_set1_epi16(INT16_MIN)) != 0) [[unlikely]] {
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) found[k] = mend(found[k], reals[k]);
        words[0] = _mm512_packs_epi32(found[0], found[1]);
        words[1] = _mm512_packs_epi32(found[2], found[3]);
    }
}

}  // namespace intact::elementwise::avx512
#endif
