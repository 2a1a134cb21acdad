// 64 codes of sums by float32 with AVX-512 (quick_codes.hpp), for kernels that have the sums.
//
// 22 operations, 24 with cuts; loads and stores are not counted.
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
    __m512i qmin;
    __m512i qmax;
    __m512i flip;
    __m512i high_words;  // brings the high word of a lane also into its low word
    __m512i quads;       // these two bring pairs of codes back into the order of the sums
    __m512i order;
    bool cuts;  // whether qmin and qmax do; asking costs less than cutting
};

[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline void set_constants(
    const quick::Output& output, QuickConstants& to) {
    to.offset = _mm512_set1_ps(output.offset());
    to.undecided = _mm512_set1_epi32(quick::undecided);
    to.qmin = _mm512_set1_epi8(static_cast<char>(output.qmin));
    to.qmax = _mm512_set1_epi8(static_cast<char>(output.qmax));
    to.cuts = output.qmin != 0 || output.qmax != 255;
    to.flip = _mm512_set1_epi8(static_cast<char>(output.flip));
    to.high_words = _mm512_set4_epi32(0x0f0e0f0e, 0x0b0a0b0a, 0x07060706, 0x03020302);
    to.quads = _mm512_set4_epi32(0x0f0d0b09, 0x0e0c0a08, 0x07050301, 0x06040200);
    to.order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/// 16 multipliers of y as float32, those of `mask`; no others are read.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq") inline __m512
    quick_multipliers(const double* multipliers, __mmask16 mask) {
    const auto of_high = static_cast<__mmask8>(mask >> 8);
    const double* const more = of_high == 0 ? multipliers : multipliers + 8;
    const __m512d low = _mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), multipliers);
    const __m512d high = _mm512_maskz_loadu_pd(of_high, more);
    const __m512 all = _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_maskz_cvtpd_ps(0xff, low)),
                                          _mm512_maskz_cvtpd_ps(0xff, high), 1);
    return _mm512_mul_ps(all, _mm512_set1_ps(quick::one));
}

// Without optimization GCC 12 takes the mask below as a short.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverflow"
/// y of 16 sums; not "invalid" where it does not fit.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline __m512i
    quick_values(__m512i sums, __m512 multipliers, const QuickConstants& to) {
    const __m512 y =
        _mm512_fmadd_ps(_mm512_maskz_cvtepi32_ps(0xffff, sums), multipliers, to.offset);
    return _mm512_maskz_cvt_roundps_epi32(0xffff, y, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
#pragma GCC diagnostic pop

/// Whether the first Count vectors of y decide all of their codes.
template <int Count>
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline bool are_decided(
    const __m512i* y, const QuickConstants& to) {
    __m512i least = y[0];
#pragma GCC unroll 4
    for (int i = 1; i < Count; ++i) least = _mm512_min_epu16(least, y[i]);
    return _mm512_test_epi32_mask(least, to.undecided) == 0xffff;
}

/// The low words of lanes, in bytes. Compilers would make the constant again for each use.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline __mmask64 low_words() {
    __mmask64 mask = 0x3333333333333333;
    INTACT_NEW_MASK(mask);
    return mask;
}

/// The codes of four vectors of y. In each 16 bytes: 4 codes of the first and the second in turn,
/// then 4 of the others. `low` is low_words().
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline __m512i
    quick_code_pairs(const __m512i* y, __mmask64 low, const QuickConstants& to) {
    const __m512i codes =
        _mm512_packus_epi16(_mm512_mask_shuffle_epi8(y[1], low, y[0], to.high_words),
                            _mm512_mask_shuffle_epi8(y[3], low, y[2], to.high_words));
    return _mm512_xor_si512(
        to.cuts ? _mm512_min_epu8(_mm512_max_epu8(codes, to.qmin), to.qmax) : codes, to.flip);
}

/// The codes of four vectors of y, in order; `low` as there.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw") inline __m512i
    quick_codes(const __m512i* y, __mmask64 low, const QuickConstants& to) {
    return _mm512_maskz_permutexvar_epi32(
        0xffff, to.order, _mm512_shuffle_epi8(quick_code_pairs(y, low, to), to.quads));
}

}  // namespace intact::elementwise::avx512
#endif
