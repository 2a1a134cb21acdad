// Reals to the reals that their codes stand for: quantize and dequantize in one go, bit for bit.
//
// Shapes   x[i] becomes out[i]; out may be x.data().
//
//   fake_quantize(x, params, grid, out);
#pragma once

#include <algorithm>

#include "intact/elementwise/dequantize.hpp"
#include "intact/elementwise/quantize.hpp"

namespace intact::elementwise {

namespace detail {

template <Rounding R, StoredCode T>
void fake_quantize_through(std::span<const float> x, const QuantParams& params, const Grid& grid,
                           float* out, std::uint64_t first_index, const Kernels& kernels) {
    constexpr std::size_t block = 1024;  // codes that stay in the nearest cache
    T codes[block];
    for (std::size_t i = 0; i < x.size(); i += block) {
        const std::size_t n = std::min(block, x.size() - i);
        quantize<R>(x.subspan(i, n), params, grid, codes, first_index + i, kernels);
        dequantize(codes, n, params, out + i, kernels);
    }
}

}  // namespace detail

/// dequantize(quantize(x)); `first_index` is the row-major index of x[0], for Stochastic.
template <Rounding R = NearestEven>
void fake_quantize(std::span<const float> x, const QuantParams& params, const Grid& grid,
                   float* out, std::uint64_t first_index = 0,
                   const Kernels& kernels = best_kernels()) {
    if constexpr (std::same_as<R, NearestEven>) {
        const simd::DefaultEnvironment guard;
        const Coding coding{params.scale, params.zero_point, grid.qmin, grid.qmax};
        kernels.fake_quantize(x.data(), x.size(), coding, out);
    } else if (detail::fits<std::int8_t>(grid)) {
        detail::fake_quantize_through<R, std::int8_t>(x, params, grid, out, first_index, kernels);
    } else if (detail::fits<std::uint8_t>(grid)) {
        detail::fake_quantize_through<R, std::uint8_t>(x, params, grid, out, first_index, kernels);
    } else if (detail::fits<std::int16_t>(grid)) {
        detail::fake_quantize_through<R, std::int16_t>(x, params, grid, out, first_index, kernels);
    } else {
        detail::fake_quantize_through<R, std::uint16_t>(x, params, grid, out, first_index, kernels);
    }
}

}  // namespace intact::elementwise
