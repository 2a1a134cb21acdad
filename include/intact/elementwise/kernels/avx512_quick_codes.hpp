// 64 codes of sums by float32 with AVX-512 (quick_codes.hpp), for kernels that have the sums.
//
// Between products they come about by more operations that leave the pipes of products alone:
// comparisons to masks and saturating subtraction take those on Zen 4.
#pragma once

#include "intact/elementwise/kernels/quick_codes.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx512 {

/// What every step needs.
struct QuickConstants {
    __m512 offset;
    __m512i undecided;
    __m512i twice_undecided;
    __m512i base;
    __m512i qmin;
    __m512i qmax;
    __m512i flip;
    __m512i order;  // brings quads of codes back into the order of the sums
    bool cuts;      // whether qmin and qmax do; asking costs less than cutting
};

[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline void set_constants(
    const quick::Output& output, QuickConstants& to) {
    to.offset = _mm512_set1_ps(output.offset);
    to.undecided = _mm512_set1_epi32(quick::undecided);
    to.twice_undecided = _mm512_set1_epi32(2 * quick::undecided);
    to.base = _mm512_set1_epi16(static_cast<std::int16_t>(quick::base));
    to.qmin = _mm512_set1_epi8(static_cast<char>(output.qmin));
    to.qmax = _mm512_set1_epi8(static_cast<char>(output.qmax));
    to.cuts = output.qmin != 0 || output.qmax != 255;
    to.flip = _mm512_set1_epi8(static_cast<char>(output.flip));
    to.order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/// 16 multipliers as float32, those of `mask`; no others are read.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq") inline __m512
    quick_multipliers(const double* multipliers, __mmask16 mask) {
    const auto of_high = static_cast<__mmask8>(mask >> 8);
    const double* const more = of_high == 0 ? multipliers : multipliers + 8;
    const __m512d low = _mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), multipliers);
    const __m512d high = _mm512_maskz_loadu_pd(of_high, more);
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_maskz_cvtpd_ps(0xff, low)),
                              _mm512_maskz_cvtpd_ps(0xff, high), 1);
}

/// The floats y of 16 sums as bits.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline __m512i
    quick_bits(__m512i sums, __m512 multipliers, const QuickConstants& to) {
    return _mm512_castps_si512(
        _mm512_fmadd_ps(_mm512_maskz_cvtepi32_ps(0xffff, sums), multipliers, to.offset));
}

/// What the processor has under way while codes come about.
enum class Beside { nothing, products };

/// The lanes in which the first Count vectors of bits decide their codes, all of them.
template <int Count>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline __mmask16
    decided_lanes(const __m512i* bits, const QuickConstants& to) {
    __mmask16 decided = 0xffff;
#pragma GCC unroll 4
    for (int i = 0; i < Count; ++i) {
        decided = _mm512_mask_test_epi32_mask(decided, bits[i], to.undecided);
    }
    return decided;
}

/// Whether the first Count vectors of bits decide all of their codes.
template <int Count, Beside Work>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline bool are_decided(
    const __m512i* bits, const QuickConstants& to) {
    if constexpr (Work == Beside::nothing) {
        return decided_lanes<Count>(bits, to) == 0xffff;
    } else {  // one comparison of the least fractions, which doubled bits have in their low words
        __m512i least = _mm512_add_epi32(bits[0], bits[0]);
#pragma GCC unroll 4
        for (int i = 1; i < Count; ++i) {
            least = _mm512_min_epu16(least, _mm512_add_epi32(bits[i], bits[i]));
        }
        return (_mm512_test_epi16_mask(least, to.twice_undecided) & 0x55555555U) == 0x55555555U;
    }
}

/// The codes of four vectors of bits.
template <Beside Work>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline __m512i
    quick_codes(const __m512i* bits, const QuickConstants& to) {
    __m512i pairs[2] = {};
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
        const __m512i low = _mm512_maskz_srai_epi32(0xffff, bits[2 * i], quick::fraction_bits);
        const __m512i high = _mm512_maskz_srai_epi32(0xffff, bits[2 * i + 1], quick::fraction_bits);
        const __m512i words = _mm512_packus_epi32(low, high);
        pairs[i] = Work == Beside::nothing
                       ? _mm512_subs_epu16(words, to.base)
                       : _mm512_sub_epi16(_mm512_max_epu16(words, to.base), to.base);
    }
    __m512i codes = _mm512_packus_epi16(pairs[0], pairs[1]);
    if (to.cuts) codes = _mm512_min_epu8(_mm512_max_epu8(codes, to.qmin), to.qmax);
    return _mm512_maskz_permutexvar_epi32(0xffff, to.order, _mm512_xor_si512(codes, to.flip));
}

}  // namespace intact::elementwise::avx512
#endif
