// One number to its code and back: the definition that every kernel reproduces bit for bit.
//
//   q = fl32(real / scale)      the IEEE quotient
//   code = clamp(R(q) + zero_point, qmin, qmax)
//   real = fl32(scale * (code - zero_point))
//
// NaN becomes the zero point, +infinity qmax, -infinity qmin. Assumes the default floating-point
// environment (the bulk functions set it themselves).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "intact/core/exact.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/core/rounding.hpp"

namespace intact {

/// Whether `x` is NaN or infinite, by its bits: -ffast-math cannot remove the question.
[[nodiscard]] constexpr bool is_non_finite(float x) noexcept {
    return (std::bit_cast<std::uint32_t>(x) & 0x7f800000U) == 0x7f800000U;
}

[[nodiscard]] constexpr bool is_nan(float x) noexcept {
    return (std::bit_cast<std::uint32_t>(x) & 0x7fffffffU) > 0x7f800000U;
}

/// Code of one real; `index` is its row-major index and only matters to Stochastic.
template <Rounding R = NearestEven>
[[nodiscard]] inline std::int32_t quantize_number(float real, const QuantParams& params,
                                                  const Grid& grid,
                                                  std::uint64_t index = 0) noexcept {
    if (is_nan(real)) return params.zero_point;
    // Above 2^20 times the scale every code saturates; integer compares also catch infinities.
    const float q = exact_quotient(real, params.scale);
    const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(q) & 0x7fffffffU;
    if (magnitude >= std::bit_cast<std::uint32_t>(largest_quotient)) {
        return std::bit_cast<std::uint32_t>(q) >> 31 != 0 ? grid.qmin : grid.qmax;
    }
    return std::clamp(R::round(q, index) + params.zero_point, grid.qmin, grid.qmax);
}

/// Real of one code.
[[nodiscard]] inline float dequantize_number(std::int32_t code,
                                             const QuantParams& params) noexcept {
    return static_cast<float>(static_cast<double>(params.scale) * (code - params.zero_point));
}

}  // namespace intact
