// Bins of a log-linear histogram with AVX2: integer operations on the bits, see portable::bin_of.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx2 {

/// What every step of count() needs, in registers.
struct BinConstants {
    __m256i least_shift;
    __m256i shift;  // of the exponent 0
    __m256i begin;  // what the octaves count from
    __m256i size;
    __m256i low_zeros, high_zeros;  // the places of zeros
};

[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline BinConstants
    bin_constants(const Bins& bins) {
    const auto least_shift = static_cast<int>(23 - bins.bin_bits);
    BinConstants to;
    to.least_shift = _mm256_set1_epi32(least_shift);
    to.shift = _mm256_set1_epi32(least_shift + static_cast<int>(bins.first_exponent));
    to.begin = _mm256_set1_epi32(static_cast<int>((bins.first_exponent - 1) << bins.bin_bits));
    to.size = _mm256_set1_epi32(static_cast<int>(bins.size));
    to.low_zeros =
        _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_slli_epi32(to.size, 1));
    to.high_zeros = _mm256_add_epi32(to.low_zeros, _mm256_set1_epi32(8));
    return to;
}

/// `zeros` are the places of zeros.
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline __m256i
    bins_of(__m256i bits, const BinConstants& to, __m256i zeros) {
    const __m256i hidden = _mm256_set1_epi32(0x00800000);
    const __m256i magnitude = _mm256_and_si256(bits, _mm256_set1_epi32(0x7fffffff));
    const __m256i in_octave =
        _mm256_sub_epi32(_mm256_srlv_epi32(magnitude, to.least_shift), to.begin);
    // A subnormal magnitude is its own significand, and smaller than with the hidden bit.
    const __m256i fraction = _mm256_and_si256(bits, _mm256_set1_epi32(0x007fffff));
    const __m256i significand = _mm256_min_epi32(magnitude, _mm256_or_si256(fraction, hidden));
    const __m256i exponent = _mm256_srli_epi32(_mm256_max_epi32(magnitude, hidden), 23);
    const __m256i shift = _mm256_max_epi32(_mm256_sub_epi32(to.shift, exponent), to.least_shift);
    const __m256i bin = _mm256_max_epi32(in_octave, _mm256_srlv_epi32(significand, shift));
    const __m256i half = _mm256_and_si256(_mm256_srai_epi32(bits, 31), to.size);
    const __m256i is_zero = _mm256_cmpeq_epi32(magnitude, _mm256_setzero_si256());
    return _mm256_blendv_epi8(_mm256_add_epi32(bin, half), zeros, is_zero);
}

/// found[0..15] = bins of x[0..15].
[[gnu::always_inline]] INTACT_TARGET("avx2,fma") inline void find_16(const float* x,
                                                                     const BinConstants& to,
                                                                     std::uint32_t* found) {
    const auto* const from = reinterpret_cast<const __m256i*>(x);
    auto* const out = reinterpret_cast<__m256i*>(found);
    _mm256_store_si256(out, bins_of(_mm256_loadu_si256(from), to, to.low_zeros));
    _mm256_store_si256(out + 1, bins_of(_mm256_loadu_si256(from + 1), to, to.high_zeros));
}

template <BinCount C>
[[gnu::noinline]] INTACT_TARGET("avx2,fma") void count(const float* x, std::size_t n,
                                                       const Bins& bins, C* counts) {
    using portable::bins_ahead, portable::waiting_bins;
    if (n < bins_ahead) return portable::count(x, n, bins, counts);
    const BinConstants to = bin_constants(bins);
    const float* ahead = x + n + portable::prefetch_distance;
    alignas(32) std::uint32_t found[waiting_bins];
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

}  // namespace intact::elementwise::avx2
#endif
