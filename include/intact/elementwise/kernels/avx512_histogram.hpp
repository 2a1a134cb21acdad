// Bins of a log-linear histogram with AVX-512: integer operations on the bits, see
// portable::bin_of.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx512 {

/// What every step of count() needs, in registers.
struct BinConstants {
    __m512i least_shift;
    __m512i shift;  // of the exponent 0
    __m512i begin;  // what the octaves count from
    __m512i size;
    __m512i zeros;  // the places of zeros
};

[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline BinConstants
    bin_constants(const Bins& bins) {
    const auto least_shift = static_cast<int>(23 - bins.bin_bits);
    const auto size = static_cast<int>(bins.size);
    BinConstants to;
    to.least_shift = _mm512_set1_epi32(least_shift);
    to.shift = _mm512_set1_epi32(least_shift + static_cast<int>(bins.first_exponent));
    to.begin = _mm512_set1_epi32(static_cast<int>((bins.first_exponent - 1) << bins.bin_bits));
    to.size = _mm512_set1_epi32(size);
    to.zeros =
        _mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                         _mm512_set1_epi32(2 * size));
    return to;
}

/// found[0..15] = bins of x[0..15].
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline void find_16(
    const float* x, const BinConstants& to, std::uint32_t* found) {
    const __m512i bits = _mm512_loadu_si512(x);
    const __m512i hidden = _mm512_set1_epi32(0x00800000);
    const __m512i magnitude = _mm512_and_si512(bits, _mm512_set1_epi32(0x7fffffff));
    const __m512i in_octave =
        _mm512_sub_epi32(_mm512_maskz_srlv_epi32(0xffff, magnitude, to.least_shift), to.begin);
    // A subnormal magnitude is its own significand, and smaller than with the hidden bit.
    const __m512i fraction = _mm512_and_si512(bits, _mm512_set1_epi32(0x007fffff));
    const __m512i significand =
        _mm512_maskz_min_epi32(0xffff, magnitude, _mm512_or_si512(fraction, hidden));
    const __m512i exponent =
        _mm512_maskz_srli_epi32(0xffff, _mm512_maskz_max_epi32(0xffff, magnitude, hidden), 23);
    const __m512i shift =
        _mm512_maskz_max_epi32(0xffff, _mm512_sub_epi32(to.shift, exponent), to.least_shift);
    __m512i bin = _mm512_maskz_max_epi32(0xffff, in_octave,
                                         _mm512_maskz_srlv_epi32(0xffff, significand, shift));
    bin = _mm512_mask_add_epi32(bin, _mm512_movepi32_mask(bits), bin, to.size);
    const __mmask16 is_zero = _mm512_testn_epi32_mask(magnitude, magnitude);
    _mm512_store_si512(found, _mm512_mask_mov_epi32(bin, is_zero, to.zeros));
}

template <BinCount C>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void count(const float* x,
                                                                                 std::size_t n,
                                                                                 const Bins& bins,
                                                                                 C* counts) {
    using portable::bins_ahead, portable::waiting_bins;
    if (n < bins_ahead) return portable::count(x, n, bins, counts);
    const BinConstants to = bin_constants(bins);
    const float* ahead = x + n + portable::prefetch_distance;
    alignas(64) std::uint32_t found[waiting_bins];
    std::size_t i = 0;
    for (; i < bins_ahead; i += 16) find_16(x + i, to, found + i);
    for (; i + 16 <= n; i += 16) {
        find_16(x + i, to, found + i % waiting_bins);
        __builtin_prefetch(ahead + i);
        portable::count_16(found + (i - bins_ahead) % waiting_bins, counts);
    }
    for (std::size_t j = i - bins_ahead; j < i; j += 16) {
        portable::count_16(found + j % waiting_bins, counts);
    }
    portable::count(x + i, n - i, bins, counts);
}

}  // namespace intact::elementwise::avx512
#endif
