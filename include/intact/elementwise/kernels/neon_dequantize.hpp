// Codes to reals with NEON; and sums of products: one fused multiply-add, cut in the order of the
// bits.
#pragma once

#include "intact/elementwise/kernels/neon_quantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <arm_neon.h>

namespace intact::elementwise::neon {

/// 8 codes, one to a 16-bit lane; unsigned 16-bit codes wrap.
template <StoredCode T>
[[gnu::always_inline]] inline int16x8_t eight_codes(const T* codes) {
    if constexpr (std::same_as<T, std::int8_t>) {
        return vmovl_s8(vld1_s8(codes));
    } else if constexpr (std::same_as<T, std::uint8_t>) {
        return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(codes)));
    } else if constexpr (std::same_as<T, std::int16_t>) {
        return vld1q_s16(codes);
    } else {
        return vreinterpretq_s16_u16(vld1q_u16(codes));
    }
}

/// 4 of them, one to a 32-bit lane.
template <StoredCode T>
[[gnu::always_inline]] inline int32x4_t widened(int16x4_t codes) {
    return std::same_as<T, std::uint16_t>
               ? vreinterpretq_s32_u32(vmovl_u16(vreinterpret_u16_s16(codes)))
               : vmovl_s16(codes);
}

template <StoredCode T>
[[gnu::noinline]] void dequantize(const T* codes, std::size_t n, float scale,
                                  std::int32_t zero_point, float* out) {
    const float32x4_t step = vdupq_n_f32(scale);
    const int32x4_t zero = vdupq_n_s32(zero_point);
    for (; n >= 8; n -= 8, codes += 8, out += 8) {
        const int16x8_t eight = eight_codes(codes);
        const int32x4_t low = vsubq_s32(widened<T>(vget_low_s16(eight)), zero);
        const int32x4_t high = vsubq_s32(widened<T>(vget_high_s16(eight)), zero);
        vst1q_f32(out, vmulq_f32(vcvtq_f32_s32(low), step));
        vst1q_f32(out + 4, vmulq_f32(vcvtq_f32_s32(high), step));
    }
    portable::dequantize(codes, n, scale, zero_point, out);
}

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
