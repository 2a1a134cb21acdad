// The numeric contract a second time, in wide integers and without a line of the library: codes,
// parameters, multipliers, sums to codes and to reals.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "wide_real.hpp"

namespace wide {

/// Scale and zero point, and the codes there are.
struct Params {
    float scale = 1.0F;
    std::int64_t zero_point = 0;
    std::int64_t qmin = 0;
    std::int64_t qmax = 255;
};

/// The code of a real: nearest-even of the float32 quotient, plus the zero point, cut.
[[nodiscard]] inline std::int64_t code_of(float real, const Params& params) {
    const auto bits = std::bit_cast<std::uint32_t>(real);
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    if (magnitude > 0x7f800000U) return params.zero_point;
    if (magnitude == 0x7f800000U) return bits >> 31 != 0 ? params.qmin : params.qmax;
    const std::uint32_t q = float_bits(quotient(of(real), of(params.scale)));
    if ((q & 0x7fffffffU) >= std::bit_cast<std::uint32_t>(1048576.0F)) {
        return q >> 31 != 0 ? params.qmin : params.qmax;
    }
    const auto steps = static_cast<std::int64_t>(nearest_even(of(std::bit_cast<float>(q))));
    return std::clamp(steps + params.zero_point, params.qmin, params.qmax);
}

/// The bits of the real of a code.
[[nodiscard]] inline std::uint32_t real_bits(std::int64_t code, const Params& params) {
    return float_bits(product(of(params.scale), of(code - params.zero_point)));
}

/// Affine parameters of a range of doubles for the codes of `codes`.
[[nodiscard]] inline Params affine(double min, double max, Params codes) {
    Real low = of(min);
    Real high = of(max);
    if (!low.negative) low = {};
    if (high.negative) high = {};
    if (low.mantissa == 0 && high.mantissa == 0) {
        codes.scale = 1.0F;
        codes.zero_point = std::clamp<std::int64_t>(0, codes.qmin, codes.qmax);
        return codes;
    }
    const Real length = rounded(difference(high, low), 53);
    const Real scale = rounded(quotient(length, of(codes.qmax - codes.qmin)), 53);
    codes.scale = std::bit_cast<float>(float_bits(scale));
    const Real below = rounded(quotient(low, of(codes.scale)), 53);
    const Real place = rounded(difference(of(codes.qmin), below), 53);
    codes.zero_point =
        std::clamp(static_cast<std::int64_t>(nearest_even(place)), codes.qmin, codes.qmax);
    return codes;
}

/// Symmetric parameters of a largest magnitude.
[[nodiscard]] inline Params symmetric(double amax, Params codes) {
    if (of(amax).mantissa == 0) {
        codes.scale = 1.0F;
        return codes;
    }
    const Real steps = of(codes.qmax - codes.zero_point);
    codes.scale = std::bit_cast<float>(float_bits(rounded(quotient(of(amax), steps), 53)));
    return codes;
}

/// fl64(fl64(s_x * s_w) / s_y) to 31 bits.
[[nodiscard]] inline Real multiplier(float s_x, float s_w, float s_y) {
    const Real scale = rounded(product(of(s_x), of(s_w)), 53);
    const Real real = rounded(rounded(quotient(scale, of(s_y)), 53), 31);
    return less({.mantissa = 1, .exponent = -32}, real) ? real : Real{};
}

/// The bias in steps of the sum.
[[nodiscard]] inline std::int64_t bias_steps(float bias, float s_x, float s_w) {
    const Real scale = rounded(product(of(s_x), of(s_w)), 53);
    if (of(bias).mantissa == 0) return 0;
    return static_cast<std::int64_t>(nearest_even(rounded(quotient(of(bias), scale), 53)));
}

/// The code of a sum: the exact product rounded once, plus the zero point, cut.
[[nodiscard]] inline std::int64_t code_of_sum(std::int64_t sum, const Real& factor,
                                              const Params& output) {
    const Signed steps = nearest_even(product(of(sum), factor));
    const Signed code = steps + output.zero_point;
    if (code < output.qmin) return output.qmin;
    return code > output.qmax ? output.qmax : static_cast<std::int64_t>(code);
}

/// The bits of fma(fl32(sum), fl32(s_x * s_w), bias).
[[nodiscard]] inline std::uint32_t real_bits_of_sum(std::int64_t total, float s_x, float s_w,
                                                    float bias) {
    const Real scale = rounded(product(of(s_x), of(s_w)), 24);
    return float_bits(sum(product(rounded(of(total), 24), scale), of(bias)));
}

}  // namespace wide
