// Blocks of codes added to sums, each code times the factor of its column, with NEON.
//
// fma(double(code - zero_point), factor, 1.5 * 2^52) rounds the exact product to an integer, ties
// to even. Results lie between 2^52 and 2^53, where neighbours are 1 apart: the difference of their
// bits to those of 1.5 * 2^52 is the integer. The sum is added in 64 bits; narrowing saturates.
#pragma once

#include "intact/elementwise/kernels/neon_dequantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <arm_neon.h>

namespace intact::elementwise::neon {

/// Sums that one step of add_scaled_block() takes.
inline constexpr std::ptrdiff_t add_scaled_step = 8;

/// 2 sums and the rounded products of 2 levels, saturated.
[[gnu::always_inline]] inline int32x2_t added_2(int32x2_t sums, int32x2_t levels,
                                                const double* factors) {
    const float64x2_t constant = vdupq_n_f64(portable::rounding_constant);
    const float64x2_t reals = vcvtq_f64_s64(vmovl_s32(levels));
    const float64x2_t product = vfmaq_f64(constant, reals, vld1q_f64(factors));
    const int64x2_t steps =
        vsubq_s64(vreinterpretq_s64_f64(product), vreinterpretq_s64_f64(constant));
    return vqmovn_s64(vaddw_s32(steps, sums));
}

[[gnu::always_inline]] inline void add_scaled_4(const std::int32_t* sums, int32x4_t levels,
                                                const double* factors, std::int32_t* out) {
    const int32x4_t four = vld1q_s32(sums);
    const int32x2_t low = added_2(vget_low_s32(four), vget_low_s32(levels), factors);
    const int32x2_t high = added_2(vget_high_s32(four), vget_high_s32(levels), factors + 2);
    vst1q_s32(out, vcombine_s32(low, high));
}

template <StoredCode T>
[[gnu::always_inline]] inline void add_scaled_8(const std::int32_t* sums, const T* codes,
                                                const double* factors, int32x4_t zero,
                                                std::int32_t* out) {
    const int16x8_t eight = eight_codes(codes);
    const int32x4_t low = vsubq_s32(widened<T>(vget_low_s16(eight)), zero);
    const int32x4_t high = vsubq_s32(widened<T>(vget_high_s16(eight)), zero);
    add_scaled_4(sums, low, factors, out);
    add_scaled_4(sums + 4, high, factors + 4, out + 4);
}

template <StoredCode T>
[[gnu::noinline]] void add_scaled_block(const std::int32_t* sums, std::ptrdiff_t sums_stride,
                                        const T* codes, std::ptrdiff_t codes_stride,
                                        std::ptrdiff_t rows, std::ptrdiff_t columns,
                                        const double* factors, std::int32_t zero_point,
                                        std::int32_t* out, std::ptrdiff_t out_stride) {
    const int32x4_t zero = vdupq_n_s32(zero_point);
    const std::ptrdiff_t whole = columns - columns % add_scaled_step;
    const auto rest = static_cast<std::size_t>(columns - whole);
    double last_factors[add_scaled_step] = {};
    if (rest > 0) std::memcpy(last_factors, factors + whole, rest * sizeof(double));
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
        for (std::ptrdiff_t j = 0; j < whole; j += add_scaled_step) {
            add_scaled_8(sums + j, codes + j, factors + j, zero, out + j);
        }
        if (rest > 0) {
            std::int32_t last_sums[add_scaled_step] = {};
            T last_codes[add_scaled_step] = {};
            std::memcpy(last_sums, sums + whole, rest * sizeof(std::int32_t));
            std::memcpy(last_codes, codes + whole, rest * sizeof(T));
            add_scaled_8(last_sums, last_codes, last_factors, zero, last_sums);
            std::memcpy(out + whole, last_sums, rest * sizeof(std::int32_t));
        }
        sums += sums_stride;
        codes += codes_stride;
        out += out_stride;
    }
}

}  // namespace intact::elementwise::neon
#endif
