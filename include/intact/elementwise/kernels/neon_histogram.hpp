// Bins of a log-linear histogram with NEON: integer operations on the bits, see portable::bin_of.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <arm_neon.h>

namespace intact::elementwise::neon {

/// What every step of count() needs, in registers. To shift right is to shift by a negative number.
struct BinConstants {
    int32x4_t least_shift;
    int32x4_t shift;   // of the exponent 0
    uint32x4_t begin;  // what the octaves count from
    uint32x4_t size;
    uint32x4_t zeros[zero_places / 4];  // the places of zeros
};

[[gnu::always_inline]] inline BinConstants bin_constants(const Bins& bins) {
    const auto least_shift = static_cast<std::int32_t>(23 - bins.bin_bits);
    constexpr std::uint32_t lanes[4] = {0, 1, 2, 3};
    BinConstants to{
        .least_shift = vdupq_n_s32(-least_shift),
        .shift = vdupq_n_s32(-least_shift - static_cast<std::int32_t>(bins.first_exponent)),
        .begin = vdupq_n_u32((bins.first_exponent - 1) << bins.bin_bits),
        .size = vdupq_n_u32(bins.size),
        .zeros = {}};
#pragma GCC unroll 4
    for (std::uint32_t j = 0; j < zero_places / 4; ++j) {
        to.zeros[j] = vaddq_u32(vld1q_u32(lanes), vdupq_n_u32(2 * bins.size + 4 * j));
    }
    return to;
}

/// `zeros` are the places of zeros.
[[gnu::always_inline]] inline uint32x4_t bins_of(uint32x4_t bits, const BinConstants& to,
                                                 uint32x4_t zeros) {
    const uint32x4_t hidden = vdupq_n_u32(0x00800000);
    const uint32x4_t magnitude = vandq_u32(bits, vdupq_n_u32(0x7fffffff));
    const uint32x4_t in_octave = vsubq_u32(vshlq_u32(magnitude, to.least_shift), to.begin);
    // A subnormal magnitude is its own significand, and smaller than with the hidden bit.
    const uint32x4_t fraction = vandq_u32(bits, vdupq_n_u32(0x007fffff));
    const uint32x4_t significand = vminq_u32(magnitude, vorrq_u32(fraction, hidden));
    const uint32x4_t exponent = vshrq_n_u32(vmaxq_u32(magnitude, hidden), 23);
    // Only the low byte of a lane says how far to shift, so that -32 is as far as one goes.
    int32x4_t shift = vaddq_s32(to.shift, vreinterpretq_s32_u32(exponent));
    shift = vmaxq_s32(vminq_s32(shift, to.least_shift), vdupq_n_s32(-32));
    const int32x4_t below = vreinterpretq_s32_u32(vshlq_u32(significand, shift));
    const int32x4_t bin = vmaxq_s32(vreinterpretq_s32_u32(in_octave), below);
    const int32x4_t is_negative = vshrq_n_s32(vreinterpretq_s32_u32(bits), 31);
    const uint32x4_t half = vandq_u32(vreinterpretq_u32_s32(is_negative), to.size);
    return vbslq_u32(vceqzq_u32(magnitude), zeros, vaddq_u32(vreinterpretq_u32_s32(bin), half));
}

/// found[0..15] = bins of x[0..15].
[[gnu::always_inline]] inline void find_16(const float* x, const BinConstants& to,
                                           std::uint32_t* found) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) {
        const uint32x4_t bits = vreinterpretq_u32_f32(vld1q_f32(x + 4 * j));
        vst1q_u32(found + 4 * j, bins_of(bits, to, to.zeros[j]));
    }
}

template <BinCount C>
[[gnu::noinline]] void count(const float* x, std::size_t n, const Bins& bins, C* counts) {
    using portable::bins_ahead, portable::waiting_bins;
    if (n < bins_ahead) return portable::count(x, n, bins, counts);
    const BinConstants to = bin_constants(bins);
    const float* ahead = x + n + portable::prefetch_distance;
    alignas(16) std::uint32_t found[waiting_bins];
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

}  // namespace intact::elementwise::neon
#endif
