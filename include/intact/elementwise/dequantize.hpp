// Codes, and sums of products of codes, back to reals.
//
// Shapes   codes[i] or sums[i] becomes out[i]; scales and bias hold one value per element.
// Units    scales[i] = fl32(double(scale of x) * scale of w): real units for one step of the sum.
//
//   dequantize(codes.data(), codes.size(), params, reals.data());
//   dequantize_sums(sums, channels, scales, bias, y);
//   dequantize_sums(sums, channels, scales, bias, y, 0.0F, 6.0F);   // with ReLU6
#pragma once

#include "intact/core/quant_params.hpp"
#include "intact/elementwise/dispatch.hpp"
#include "intact/simd/environment.hpp"

namespace intact::elementwise {

/// out[i] = fl32(scale * (codes[i] - zero_point)), with |codes[i] - zero_point| <= 65535.
template <StoredCode T>
void dequantize(const T* codes, std::size_t n, const QuantParams& params, float* out,
                const Kernels& kernels = best_kernels()) {
    const simd::DefaultEnvironment guard;
    kernels.of<T>().dequantize(codes, n, params.scale, params.zero_point, out);
}

/// out[i] = fma(fl32(sums[i]), scales[i], bias[i]), rounded once; `bias` may be null (zeros).
inline void dequantize_sums(const std::int32_t* sums, std::size_t n, const float* scales,
                            const float* bias, float* out,
                            const Kernels& kernels = best_kernels()) {
    const simd::DefaultEnvironment guard;
    kernels.dequantize_sums(sums, n, scales, bias, nullptr, out);
}

/// The same, cut to [min, max] in the order of the bits: with min = +0 a result of -0 becomes +0.
inline void dequantize_sums(const std::int32_t* sums, std::size_t n, const float* scales,
                            const float* bias, float* out, float min, float max,
                            const Kernels& kernels = best_kernels()) {
    const simd::DefaultEnvironment guard;
    const float limits[2] = {min, max};
    kernels.dequantize_sums(sums, n, scales, bias, limits, out);
}

}  // namespace intact::elementwise
