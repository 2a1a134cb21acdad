// Reals to codes with AVX-512, 64 values at a time (avx512_steps.hpp).
//
// Where there are many values, no step is searched for what is no number: the processor is asked
// afterwards whether there was one (invalid_flag.hpp). Then those are done again, and the rest too,
// with a search. That saves a tenth. The AVX2 kernels do not ask: emulators that run AVX2 do not
// keep the flag.
#pragma once

#include "intact/elementwise/kernels/avx512_steps.hpp"
#include "intact/simd/invalid_flag.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <algorithm>
#include <concepts>
#include <type_traits>

#include <immintrin.h>

namespace intact::elementwise::avx512 {

/// What makes codes of steps, in registers.
struct Cut {
    __m512i zero_point;  // in lanes of 16 bits for 8-bit codes, of 32 bits for 16-bit codes
    __m512i qmin;        // these two in lanes of 8 bits for 8-bit codes; else in lanes of 32 bits
    __m512i qmax;        // and less the zero point
    bool cuts = true;    // whether these two do, for 8-bit codes: asking costs less than cutting
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
        cut.cuts = cuts<T>(coding);
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
        if (cut.cuts) codes = _mm512_min_epi8(_mm512_max_epi8(codes, cut.qmin), cut.qmax);
    } else {
        codes = _mm512_packus_epi16(low, high);
        if (cut.cuts) codes = _mm512_min_epu8(_mm512_max_epu8(codes, cut.qmin), cut.qmax);
    }
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_maskz_permutexvar_epi32(0xffff, order, codes);
}

/// 32 steps to 16-bit codes.
template <StoredCode T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __m512i
    words_of(const __m512i* steps, const Cut& cut) {
    __m512i codes[2] = {};
#pragma GCC unroll 2
    for (int k = 0; k < 2; ++k) {
        codes[k] = _mm512_maskz_min_epi32(
            0xffff, _mm512_maskz_max_epi32(0xffff, steps[k], cut.qmin), cut.qmax);
        codes[k] = _mm512_add_epi32(codes[k], cut.zero_point);
    }
    const __m512i both = std::same_as<T, std::int16_t> ? _mm512_packs_epi32(codes[0], codes[1])
                                                       : _mm512_packus_epi32(codes[0], codes[1]);
    return _mm512_maskz_permutexvar_epi64(0xff, _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), both);
}

/// Makes 8- or 16-bit codes.
template <StoredCode T, class By>
struct ToCodes {
    By by;
    Cut cut;

    /// The codes of at most 64 reals, those of `mask`.
    template <Search S>
    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void of_64(
        const float* x, __mmask64 mask, T* out) const {
        __m512 reals[4] = {};
        load_64(x, mask, reals);
        if constexpr (sizeof(T) == 1) {
            __m512i words[2] = {};
            sound_words<S>(reals, by, words);
            _mm512_mask_storeu_epi8(out, mask, bytes_of<T>(words, cut));
        } else {
            __m512i found[4] = {};
            sound_steps<S>(reals, by, found);
            _mm512_mask_storeu_epi16(out, static_cast<__mmask32>(mask), words_of<T>(found, cut));
            _mm512_mask_storeu_epi16(out + 32, static_cast<__mmask32>(mask >> 32),
                                     words_of<T>(found + 2, cut));
        }
    }
};

/// Makes the reals that codes stand for.
template <class By>
struct ToReals {
    By by;
    Cut cut;
    __m512 scale;

    template <Search S>
    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void of_64(
        const float* x, __mmask64 mask, float* out) const {
        __m512 reals[4] = {};
        __m512i found[4] = {};
        load_64(x, mask, reals);
        sound_steps<S>(reals, by, found);
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) {
            const __m512i level = _mm512_maskz_min_epi32(
                0xffff, _mm512_maskz_max_epi32(0xffff, found[k], cut.qmin), cut.qmax);
            _mm512_mask_storeu_ps(out + 16 * k, static_cast<__mmask16>(mask >> (16 * k)),
                                  _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xffff, level), scale));
        }
    }
};

/// Of n reals, a multiple of 64.
template <Search S, class To, class T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void convert_64s(
    const float* x, std::size_t n, const To& to, T* out) {
    for (; n > 0; n -= 64, x += 64, out += 64) to.template of_64<S>(x, ~__mmask64{0}, out);
}

/// Of how many reals at a time the processor is asked: asking takes as long as 200 of them, and
/// 64 KiB are still in the second-level cache when they are done again.
inline constexpr std::size_t least_asked = 2048;
inline constexpr std::size_t most_asked = 16384;

/// Of n reals; `out` may be `x`.
template <class To, class T>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void convert(
    const float* x, std::size_t n, const To& to, T* out) {
    bool asks = static_cast<const void*>(x) != out;  // else there is nothing left to do again
    while (n >= 64) {
        const std::size_t count = std::min(n / 64 * 64, most_asked);
        bool is_done = false;
        if (asks && count >= least_asked) {
            const simd::InvalidFlag invalid;
            convert_64s<Search::no>(x, count, to, out);
            is_done = !invalid.is_set();
            asks = is_done;  // where there was one, there may be many
        }
        if (!is_done) convert_64s<Search::yes>(x, count, to, out);
        n -= count;
        x += count;
        out += count;
    }
    if (n > 0) to.template of_64<Search::yes>(x, ~__mmask64{0} >> (64 - n), out);
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void quantize(
    const float* x, std::size_t n, const Coding& coding, T* out) {
    if (!portable::needs_no_division(coding.scale)) {
        portable::quantize(x, n, coding, out);
        return;
    }
    using By = std::conditional_t<sizeof(T) == 1, TwoParts, Divisor>;
    convert(x, n, ToCodes<T, By>{by_scale<By>(coding.scale), cut_of<T>(coding)}, out);
}

template <class By>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void fake_quantize_by(
    const float* x, std::size_t n, const Coding& coding, float* out) {
    const ToReals<By> to{by_scale<By>(coding.scale), cut_of<std::int32_t>(coding),
                         _mm512_set1_ps(coding.scale)};
    convert(x, n, to, out);
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
#endif
