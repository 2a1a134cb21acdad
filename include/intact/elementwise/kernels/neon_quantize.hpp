// Reals to codes, and to the reals of their codes, with NEON: the exact quotient without a
// division.
//
//   r = fl32(1 / s);  q0 = fl32(x r);  e = fma(-q0, s, x);  q = fma(e, r, q0) = fl32(x / s)
//
// holds for 2^-64 <= s <= 2^64; other scales go to the portable kernel. Where q0 is beyond all
// codes, infinite or NaN it takes the place of q: the conversion to int32 saturates and gives 0 for
// NaN. Explicit fused intrinsics, opaque products and comparisons of bits: no flag changes them.
//
// Source   P. Markstein, "Computation of elementary functions on the IBM RISC System/6000
//          processor", 1990, on division by fused multiply-add.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <arm_neon.h>

namespace intact::elementwise::neon {

/// Reals that one step of quantize() takes.
inline constexpr std::size_t quantize_step = 16;

/// The same value, opaque to the optimizer.
[[gnu::always_inline]] inline float32x4_t exactly(float32x4_t value) {
    asm("" : "+w"(value));
    return value;
}

/// What every step needs, in registers.
struct CodingConstants {
    float32x4_t scale;
    float32x4_t reciprocal;
    int32x4_t zero_point;
    int32x4_t qmin;
    int32x4_t qmax;
};

[[gnu::always_inline]] inline CodingConstants constants(const Coding& coding) {
    return {.scale = exactly(vdupq_n_f32(coding.scale)),
            .reciprocal = exactly(vdupq_n_f32(exact_quotient(1.0F, coding.scale))),
            .zero_point = vdupq_n_s32(coding.zero_point),
            .qmin = vdupq_n_s32(coding.qmin),
            .qmax = vdupq_n_s32(coding.qmax)};
}

/// Nearest-even of fl32(x / scale) for 4 reals, saturated; 0 for NaN.
[[gnu::always_inline]] inline int32x4_t steps(const float* x, const CodingConstants& c) {
    const uint32x4_t beyond = vdupq_n_u32(0x4b800000);  // 2^24: farther than any code
    const float32x4_t real = vld1q_f32(x);
    const float32x4_t estimate = exactly(vmulq_f32(real, c.reciprocal));
    const float32x4_t rest = vfmsq_f32(real, estimate, c.scale);
    const float32x4_t quotient = vfmaq_f32(estimate, rest, c.reciprocal);
    const uint32x4_t magnitude =
        vandq_u32(vreinterpretq_u32_f32(estimate), vdupq_n_u32(0x7fffffff));
    return vcvtnq_s32_f32(vbslq_f32(vcltq_u32(magnitude, beyond), quotient, estimate));
}

/// 4 reals to codes in 32-bit lanes.
[[gnu::always_inline]] inline int32x4_t wide_codes(const float* x, const CodingConstants& c) {
    const int32x4_t code = vqaddq_s32(steps(x, c), c.zero_point);
    return vminq_s32(vmaxq_s32(code, c.qmin), c.qmax);
}

/// 8 reals to codes in 16-bit lanes, whose low bytes are 8-bit codes.
[[gnu::always_inline]] inline int16x8_t codes_of_8(const float* x, const CodingConstants& c) {
    return vcombine_s16(vmovn_s32(wide_codes(x, c)), vmovn_s32(wide_codes(x + 4, c)));
}

template <StoredCode T>
[[gnu::always_inline]] inline void quantize_16(const float* x, const CodingConstants& c, T* out) {
    const int16x8_t low = codes_of_8(x, c);
    const int16x8_t high = codes_of_8(x + 8, c);
    if constexpr (sizeof(T) == 1) {
        vst1q_s8(reinterpret_cast<std::int8_t*>(out), vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
    } else {
        vst1q_s16(reinterpret_cast<std::int16_t*>(out), low);
        vst1q_s16(reinterpret_cast<std::int16_t*>(out) + 8, high);
    }
}

template <StoredCode T>
[[gnu::noinline]] void quantize(const float* x, std::size_t n, const Coding& coding, T* out) {
    if (!portable::needs_no_division(coding.scale)) {
        portable::quantize(x, n, coding, out);
        return;
    }
    const CodingConstants c = constants(coding);
    for (; n >= quantize_step; n -= quantize_step) {
        quantize_16(x, c, out);
        x += quantize_step;
        out += quantize_step;
    }
    if (n > 0) {
        float padded[quantize_step] = {};
        T codes[quantize_step];
        std::memcpy(padded, x, n * sizeof(float));
        quantize_16(padded, c, codes);
        std::memcpy(out, codes, n * sizeof(T));
    }
}

[[gnu::always_inline]] inline float32x4_t fake_reals(const float* x, const CodingConstants& c) {
    const int32x4_t level = vsubq_s32(wide_codes(x, c), c.zero_point);
    return vmulq_f32(vcvtq_f32_s32(level), c.scale);
}

[[gnu::noinline]] inline void fake_quantize(const float* x, std::size_t n, const Coding& coding,
                                            float* out) {
    if (!portable::needs_no_division(coding.scale)) {
        portable::fake_quantize(x, n, coding, out);
        return;
    }
    const CodingConstants c = constants(coding);
    for (; n >= 8; n -= 8, x += 8, out += 8) {
        const float32x4_t low = fake_reals(x, c);
        const float32x4_t high = fake_reals(x + 4, c);
        vst1q_f32(out, low);
        vst1q_f32(out + 4, high);
    }
    if (n > 0) {
        float padded[8] = {};
        std::memcpy(padded, x, n * sizeof(float));
        vst1q_f32(padded, fake_reals(padded, c));
        vst1q_f32(padded + 4, fake_reals(padded + 4, c));
        std::memcpy(out, padded, n * sizeof(float));
    }
}

}  // namespace intact::elementwise::neon
#endif
