// Element-wise kernels for every AArch64: extremes, sums of codes, and the table of all.
#pragma once

#include <algorithm>

#include "intact/elementwise/kernels/neon_add_scaled.hpp"
#include "intact/elementwise/kernels/neon_dequantize.hpp"
#include "intact/elementwise/kernels/neon_histogram.hpp"
#include "intact/elementwise/kernels/neon_quantize.hpp"
#include "intact/elementwise/kernels/neon_requantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/simd/target.hpp"

#if INTACT_ARM
#include <arm_neon.h>

namespace intact::elementwise::neon {

[[gnu::noinline]] inline ExtremeBits extremes(const float* x, std::size_t n) {
    int32x4_t signed_max[2] = {vdupq_n_s32(INT32_MIN), vdupq_n_s32(INT32_MIN)};
    uint32x4_t unsigned_max[2] = {vdupq_n_u32(0), vdupq_n_u32(0)};
    uint32x4_t unsigned_min[2] = {vdupq_n_u32(UINT32_MAX), vdupq_n_u32(UINT32_MAX)};
    for (; n >= 8; n -= 8, x += 8) {
#pragma GCC unroll 2
        for (int j = 0; j < 2; ++j) {
            const uint32x4_t bits = vreinterpretq_u32_f32(vld1q_f32(x + 4 * j));
            signed_max[j] = vmaxq_s32(signed_max[j], vreinterpretq_s32_u32(bits));
            unsigned_max[j] = vmaxq_u32(unsigned_max[j], bits);
            unsigned_min[j] = vminq_u32(unsigned_min[j], bits);
        }
    }
    ExtremeBits found = portable::extremes(x, n);
    found.signed_max =
        std::max(found.signed_max, vmaxvq_s32(vmaxq_s32(signed_max[0], signed_max[1])));
    found.unsigned_max =
        std::max(found.unsigned_max, vmaxvq_u32(vmaxq_u32(unsigned_max[0], unsigned_max[1])));
    found.unsigned_min =
        std::min(found.unsigned_min, vminvq_u32(vminq_u32(unsigned_min[0], unsigned_min[1])));
    return found;
}

template <StoredCode T>
[[gnu::noinline]] std::int64_t sum(const T* codes, std::size_t n) {
    int64x2_t total = vdupq_n_s64(0);
    for (; n >= 8; n -= 8, codes += 8) {
        const int16x8_t eight = eight_codes(codes);
        if constexpr (std::same_as<T, std::uint16_t>) {
            const uint32x4_t pairs = vpaddlq_u16(vreinterpretq_u16_s16(eight));
            total = vpadalq_s32(total, vreinterpretq_s32_u32(pairs));
        } else {
            total = vpadalq_s32(total, vpaddlq_s16(eight));
        }
    }
    return vaddvq_s64(total) + portable::sum(codes, n);
}

template <StoredCode T>
inline constexpr CodeKernels<T> code_kernels{quantize<T>, dequantize<T>, requantize_block<T>,
                                             add_scaled_block<T>, sum<T>};

inline constexpr Kernels kernels{.isa = simd::Isa::neon,
                                 .s8 = code_kernels<std::int8_t>,
                                 .u8 = code_kernels<std::uint8_t>,
                                 .s16 = code_kernels<std::int16_t>,
                                 .u16 = code_kernels<std::uint16_t>,
                                 .extremes = extremes,
                                 .count = count<std::uint64_t>,
                                 .count_few = count<std::uint16_t>,
                                 .fake_quantize = fake_quantize,
                                 .dequantize_sums_block = dequantize_sums_block};

}  // namespace intact::elementwise::neon
#endif
