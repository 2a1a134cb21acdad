// One step of a criterion's search: a scale, a place for zero, and what they cost.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "intact/core/error.hpp"
#include "intact/core/exact.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/observers/logarithm.hpp"
#include "intact/observers/observer.hpp"

namespace intact {

/// Codes from `below` steps under zero to `above` steps over it.
struct Candidate {
    float scale = 0.0F;
    std::int32_t below = 0;
    std::int32_t above = 0;
    double cost = 0.0;  ///< what the criterion minimizes

    /// The range that gives this scale and zero point, exactly: the reals that the codes reach; for
    /// a symmetric grid as far at both ends as its scheme cuts into steps.
    [[nodiscard]] Range range(const Grid& grid) const noexcept {
        const auto step = static_cast<double>(scale);
        if (grid.symmetric) {
            const double end = exactly(grid.symmetric_steps() * step);
            return {.min = mirrored(end), .max = end};
        }
        return {.min = mirrored(exactly(below * step)), .max = exactly(above * step)};
    }

    friend bool operator==(const Candidate&, const Candidate&) = default;
};

namespace detail {

/// fl32(largest * 2^(-steps / 256)).
[[nodiscard]] inline float falling_scale(double largest, int steps) noexcept {
    return static_cast<float>(exactly(largest * falling_power_of_two(steps)));
}

/// The scale that a grid has in place of `scale`: raised where it must be a power of two.
[[nodiscard]] inline float scale_for(const Grid& grid, float scale) noexcept {
    if (!grid.power_of_two) return scale;
    const auto bits = std::bit_cast<std::uint32_t>(scale);
    const std::uint32_t below = bits & 0xff800000U;
    return std::bit_cast<float>(bits == below ? below : below + 0x00800000U);
}

/// Whether a scale is normal and lets the codes of both ends read as finite numbers.
[[nodiscard]] inline bool is_usable(float scale, std::int32_t below, std::int32_t above) noexcept {
    const auto step = static_cast<double>(scale);
    return step >= static_cast<double>(std::numeric_limits<float>::min()) &&
           step * (below > above ? below : above) <=
               static_cast<double>(std::numeric_limits<float>::max());
}

/// Number of codes; refuses grids whose every zero point would take too long to try.
[[nodiscard]] inline std::int32_t searched_codes(const Grid& grid, const char* where) {
    const std::int32_t codes = grid.qmax - grid.qmin + 1;
    require(codes <= 256, where, "too many codes to search, expected at most 8 bits, given ", codes,
            " codes");
    return codes;
}

}  // namespace detail

}  // namespace intact
