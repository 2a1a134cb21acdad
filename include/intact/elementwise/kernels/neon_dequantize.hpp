// Sums of products to reals with NEON: one fused multiply-add, cut in the order of the bits.
#pragma once

#include "intact/elementwise/kernels/neon_quantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <arm_neon.h>

namespace intact::elementwise::neon {

/// Sums that one step of dequantize_sums_block() takes.
inline constexpr std::ptrdiff_t dequantize_step = 4;

/// The integers that sort like the floats of these bits, -0 below +0; its own inverse.
[[gnu::always_inline]] inline int32x4_t ordered(int32x4_t bits) {
    return veorq_s32(bits, vandq_s32(vshrq_n_s32(bits, 31), vdupq_n_s32(0x7fffffff)));
}

/// Ends of the results, as integers of ordered(), if there are any.
struct Ends {
    int32x4_t min;
    int32x4_t max;
    bool cuts;
};

[[gnu::always_inline]] inline Ends ends_of(const float* limits) {
    std::int32_t bits[2] = {};
    if (limits != nullptr) std::memcpy(bits, limits, sizeof(bits));
    return {.min = vdupq_n_s32(portable::ordered(bits[0])),
            .max = vdupq_n_s32(portable::ordered(bits[1])),
            .cuts = limits != nullptr};
}

[[gnu::always_inline]] inline void dequantize_sums_4(const std::int32_t* sums, float32x4_t scales,
                                                     float32x4_t bias, const Ends& ends,
                                                     float* out) {
    float32x4_t real = vfmaq_f32(bias, vcvtq_f32_s32(vld1q_s32(sums)), scales);
    if (ends.cuts) {
        const int32x4_t place = ordered(vreinterpretq_s32_f32(real));
        real = vreinterpretq_f32_s32(ordered(vminq_s32(vmaxq_s32(place, ends.min), ends.max)));
    }
    vst1q_f32(out, real);
}

[[gnu::noinline]] inline void dequantize_sums_block(const std::int32_t* sums,
                                                    std::ptrdiff_t sums_stride, std::ptrdiff_t rows,
                                                    std::ptrdiff_t columns, const float* scales,
                                                    const float* bias, const float* limits,
                                                    float* out, std::ptrdiff_t out_stride) {
    const Ends ends = ends_of(limits);
    const float32x4_t zeros = exactly(vdupq_n_f32(0.0F));
    const std::ptrdiff_t whole = columns - columns % dequantize_step;
    const auto rest = static_cast<std::size_t>(columns - whole);
    float last_scales[dequantize_step] = {};
    float last_bias[dequantize_step] = {};
    if (rest > 0) {
        std::memcpy(last_scales, scales + whole, rest * sizeof(float));
        if (bias != nullptr) std::memcpy(last_bias, bias + whole, rest * sizeof(float));
    }
    for (std::ptrdiff_t i = 0; i < rows; ++i, sums += sums_stride, out += out_stride) {
        for (std::ptrdiff_t j = 0; j < whole; j += dequantize_step) {
            const float32x4_t added = bias != nullptr ? vld1q_f32(bias + j) : zeros;
            dequantize_sums_4(sums + j, vld1q_f32(scales + j), added, ends, out + j);
        }
        if (rest == 0) continue;
        std::int32_t last_sums[dequantize_step] = {};
        float reals[dequantize_step];
        std::memcpy(last_sums, sums + whole, rest * sizeof(std::int32_t));
        dequantize_sums_4(last_sums, vld1q_f32(last_scales), exactly(vld1q_f32(last_bias)), ends,
                          reals);
        std::memcpy(out + whole, reals, rest * sizeof(float));
    }
}

}  // namespace intact::elementwise::neon
#endif
