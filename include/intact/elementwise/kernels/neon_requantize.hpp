// Sums of products to codes with NEON.
//
// fma(double(sum), M, 1.5 * 2^52) rounds the exact product once, to an integer, ties to even, for
// every int32 sum and every M below 2^20. Results lie between 2^52 and 2^53, where neighbours are 1
// apart: the difference of their bits to those of 1.5 * 2^52 is the integer. Narrowing saturates.
#pragma once

#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <arm_neon.h>

namespace intact::elementwise::neon {

/// Sums that one step of requantize_block() takes.
inline constexpr std::ptrdiff_t requantize_step = 8;

/// What every step needs, in registers.
struct OutputConstants {
    int32x4_t zero_point;
    int32x4_t qmin;
    int32x4_t qmax;
};

/// Nearest-even of the products of 2 sums with their multipliers, saturated.
[[gnu::always_inline]] inline int32x2_t rounded_2(int32x2_t sums, const double* multipliers) {
    const float64x2_t constant = vdupq_n_f64(portable::rounding_constant);
    const float64x2_t reals = vcvtq_f64_s64(vmovl_s32(sums));
    const float64x2_t product = vfmaq_f64(constant, reals, vld1q_f64(multipliers));
    return vqmovn_s64(vsubq_s64(vreinterpretq_s64_f64(product), vreinterpretq_s64_f64(constant)));
}

/// Codes of 4 sums in 32-bit lanes.
[[gnu::always_inline]] inline int32x4_t codes_4(const std::int32_t* sums, const double* multipliers,
                                                const OutputConstants& to) {
    const int32x4_t four = vld1q_s32(sums);
    const int32x4_t rounded = vcombine_s32(rounded_2(vget_low_s32(four), multipliers),
                                           rounded_2(vget_high_s32(four), multipliers + 2));
    return vminq_s32(vmaxq_s32(vqaddq_s32(rounded, to.zero_point), to.qmin), to.qmax);
}

template <StoredCode T>
[[gnu::always_inline]] inline void requantize_8(const std::int32_t* sums, const double* multipliers,
                                                const OutputConstants& to, T* out) {
    const int16x8_t codes = vcombine_s16(vmovn_s32(codes_4(sums, multipliers, to)),
                                         vmovn_s32(codes_4(sums + 4, multipliers + 4, to)));
    if constexpr (sizeof(T) == 1) {
        vst1_s8(reinterpret_cast<std::int8_t*>(out), vmovn_s16(codes));
    } else {
        vst1q_s16(reinterpret_cast<std::int16_t*>(out), codes);
    }
}

template <StoredCode T>
[[gnu::noinline]] void requantize_block(const std::int32_t* sums, std::ptrdiff_t sums_stride,
                                        std::ptrdiff_t rows, std::ptrdiff_t columns,
                                        const double* multipliers, const Output& output, T* out,
                                        std::ptrdiff_t out_stride) {
    const OutputConstants to{.zero_point = vdupq_n_s32(output.zero_point),
                             .qmin = vdupq_n_s32(output.qmin),
                             .qmax = vdupq_n_s32(output.qmax)};
    const std::ptrdiff_t whole = columns - columns % requantize_step;
    const auto rest = static_cast<std::size_t>(columns - whole);
    double last_multipliers[requantize_step] = {};
    if (rest > 0) std::memcpy(last_multipliers, multipliers + whole, rest * sizeof(double));
    for (std::ptrdiff_t i = 0; i < rows; ++i, sums += sums_stride, out += out_stride) {
        for (std::ptrdiff_t j = 0; j < whole; j += requantize_step) {
            requantize_8(sums + j, multipliers + j, to, out + j);
        }
        if (rest == 0) continue;
        std::int32_t last_sums[requantize_step] = {};
        T codes[requantize_step];
        std::memcpy(last_sums, sums + whole, rest * sizeof(std::int32_t));
        requantize_8(last_sums, last_multipliers, to, codes);
        std::memcpy(out + whole, codes, rest * sizeof(T));
    }
}

}  // namespace intact::elementwise::neon
#endif
