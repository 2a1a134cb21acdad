// Scale and zero point: how a code reads as a real number, and which codes there are to read.
//
//   real = scale * (code - zero_point)
//
// Units    scale in the unit of the data for one step of the code; zero_point is a code.
// Errors   std::invalid_argument  parameters given by hand that break the contract
// Source   B. Jacob et al., "Quantization and Training of Neural Networks for Efficient
//          Integer-Arithmetic-Only Inference", 2018, section 2.1. https://arxiv.org/abs/1712.05877
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <ostream>

#include "intact/core/code.hpp"
#include "intact/core/error.hpp"

namespace intact {

/// The pair that gives codes their meaning.
struct QuantParams {
    float scale = 1.0F;
    std::int32_t zero_point = 0;

    friend bool operator==(const QuantParams&, const QuantParams&) = default;
};

/// Closed interval of reals, in the unit of the observed data.
///
/// The ends are doubles so that a whole number of float32 steps is held exactly.
struct Range {
    double min = 0.0;
    double max = 0.0;

    friend bool operator==(const Range&, const Range&) = default;
};

/// The codes that a range is to be cut into.
struct Grid {
    std::int32_t qmin = 0;
    std::int32_t qmax = 255;
    bool symmetric = false;       ///< whether the zero point is fixed in advance
    std::int32_t zero_point = 0;  ///< the fixed one; meaningless where not symmetric
    bool half_step = false;       ///< whether a symmetric range ends half a step beyond the codes
    bool power_of_two = false;    ///< whether scales are powers of two

    /// The steps that the larger end of a symmetric range is cut into.
    [[nodiscard]] constexpr double symmetric_steps() const noexcept {
        return half_step ? (qmax - qmin) * 0.5 : qmax - zero_point;
    }

    friend bool operator==(const Grid&, const Grid&) = default;
};

/// The codes of a grid, for messages: "0 to 255", or "-127 to 127 about 0" where symmetric.
struct CodesText {
    const Grid& grid;

    friend std::ostream& operator<<(std::ostream& out, const CodesText& text) {
        out << text.grid.qmin << " to " << text.grid.qmax;
        if (text.grid.symmetric) out << " about " << text.grid.zero_point;
        return out;
    }
};

/// Refuses a grid that is not made of codes of T.
template <Code T>
void check_grid(const Grid& grid, const char* where) {
    require(qmin<T> <= grid.qmin && grid.qmin <= grid.qmax && grid.qmax <= qmax<T>, where,
            "the grid is not one of codes of the type, expected within ", qmin<T>, " to ", qmax<T>,
            ", given ", CodesText{grid});
}

/// Distance from the zero point to the farthest code.
[[nodiscard]] constexpr std::int32_t largest_level(const QuantParams& params, const Grid& grid) {
    const std::int32_t above = grid.qmax - params.zero_point;
    const std::int32_t below = params.zero_point - grid.qmin;
    return above > below ? above : below;
}

/// Whether `x` is a positive normal float32, by its bits: -ffast-math cannot remove the question.
[[nodiscard]] constexpr bool is_positive_normal(float x) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return 0x00800000U <= bits && bits < 0x7f800000U;
}

/// Refuses parameters that no code of `grid` can be read with: a scale that is not a positive
/// normal float32, a zero point that is not a code, a code that would read as infinity.
inline void check(const QuantParams& params, const Grid& grid, const char* where) {
    require(is_positive_normal(params.scale), where,
            "the scale is not a positive normal float32, expected at least ",
            std::numeric_limits<float>::min(), ", given ", params.scale);
    require(grid.qmin <= params.zero_point && params.zero_point <= grid.qmax, where,
            "the zero point is not a code, expected ", grid.qmin, " to ", grid.qmax, ", given ",
            params.zero_point);
    require(!grid.symmetric || params.zero_point == grid.zero_point, where,
            "the zero point of a symmetric scheme is fixed, expected ", grid.zero_point, ", given ",
            params.zero_point);
    require(static_cast<double>(params.scale) * largest_level(params, grid) <=
                static_cast<double>(std::numeric_limits<float>::max()),
            where, "a code would read as infinity, expected scale * ", largest_level(params, grid),
            " to be finite, given scale ", params.scale);
}

}  // namespace intact
