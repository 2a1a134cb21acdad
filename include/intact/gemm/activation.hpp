// Activations that are clamps: ReLU and ReLU6, as bounds of codes or of reals.
//
// Units    clamped codes include the zero point; the upper bound of relu6 is the code of 6
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "intact/core/number.hpp"
#include "intact/core/quant_params.hpp"

namespace intact {

enum class Activation { none, relu, relu6 };

/// The codes of `grid` that are left after the activation.
/// Not inlined, so that a caller's floating-point environment guard covers the division.
[[nodiscard, gnu::noinline]] inline Grid clamp_codes(Activation activation,
                                                     const QuantParams& params, Grid grid) {
    if (activation == Activation::none) return grid;
    if (activation == Activation::relu6) grid.qmax = quantize_number(6.0F, params, grid);
    grid.qmin = std::max(grid.qmin, params.zero_point);
    return grid;
}

// The ends are chosen as bits: under -ffast-math a compiler may take a float choice between 6 and
// infinity for 6.

/// The largest real that the activation leaves: 6, or infinity.
[[nodiscard]] constexpr float largest_real(Activation activation) noexcept {
    return std::bit_cast<float>(activation == Activation::relu6 ? 0x40c00000U : 0x7f800000U);
}

/// The smallest real that the activation leaves: 0, or minus infinity.
[[nodiscard]] constexpr float smallest_real(Activation activation) noexcept {
    return std::bit_cast<float>(activation == Activation::none ? 0xff800000U : 0U);
}

}  // namespace intact
