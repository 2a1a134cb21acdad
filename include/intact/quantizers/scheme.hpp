// Schemes: from a range of reals to a scale and a zero point.
//
//   Symmetric<Narrow>    scale = amax / (qmax - zero_point); codes -127..127 or 1..255
//   Symmetric<Full>      the same scale, with the one lower code for data that is clipped
//   Symmetric<HalfStep>  PyTorch's: scale = amax / 127.5, so that amax itself is clipped
//   Affine               scale = (max - min) / (qmax - qmin) over the range widened to hold zero
//   PowerOfTwo<Scheme>   the scale of another scheme, raised to the next power of two
//   FixedPoint<N>        Q(m.N): scale 2^-N whatever the data, zero point 0
//
// The grid says which scales a scheme has; criteria that search try only those.
//
// Units    scale in the unit of the data. Codes that saturate do so silently: with FixedPoint the
//          code type alone says what fits (1.04 at N = 15 is code 34078, beyond std::int16_t).
// Errors   none; what had to be adjusted is told by ChosenParams::adjustment
// Source   B. Jacob et al., 2018, https://arxiv.org/abs/1712.05877; R. Krishnamoorthi, 2018,
//          https://arxiv.org/abs/1806.08342
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>

#include "intact/core/code.hpp"
#include "intact/core/exact.hpp"
#include "intact/core/quant_params.hpp"

namespace intact {

/// What happened to a scale that the range alone would have given.
enum class Adjustment {
    none,
    raised,   ///< to the smallest normal float32: steps are coarser than asked for
    lowered,  ///< so that the last code stays finite: the ends of the range are clipped
};

struct ChosenParams {
    QuantParams params;
    Adjustment adjustment = Adjustment::none;
};

/// Widths of symmetric schemes.
struct Narrow {};
struct Full {};
struct HalfStep {};

namespace detail {

inline double round_half_even(double x) noexcept {
    const double below = std::floor(x);
    const double rest = exactly(x - below);
    const bool odd = static_cast<std::int64_t>(below) % 2 != 0;
    return rest > 0.5 || (rest == 0.5 && odd) ? below + 1.0 : below;
}

/// A scale that is a normal float32 and lets `levels` steps stay finite.
inline ChosenParams fit_scale(double scale, double levels) noexcept {
    constexpr auto smallest = std::numeric_limits<float>::min();
    constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
    if (scale < static_cast<double>(smallest)) return {{smallest, 0}, Adjustment::raised};
    const auto rounded = static_cast<float>(std::min(scale, largest));
    const double limit = exact_quotient(largest, levels);
    if (static_cast<double>(rounded) <= limit) return {{rounded, 0}, Adjustment::none};
    auto lowered = static_cast<float>(limit);
    if (static_cast<double>(lowered) > limit) lowered = std::nextafter(lowered, 0.0F);
    return {{lowered, 0}, Adjustment::lowered};
}

/// The codes of `bits` bits, as an affine grid.
constexpr Grid all_codes(int bits, bool is_signed) noexcept {
    const std::int32_t half = std::int32_t{1} << (bits - 1);
    return is_signed ? Grid{.qmin = -half, .qmax = half - 1}
                     : Grid{.qmin = 0, .qmax = 2 * half - 1};
}

}  // namespace detail

template <class Width = Narrow>
struct Symmetric {
    static_assert(std::same_as<Width, Narrow> || std::same_as<Width, Full> ||
                      std::same_as<Width, HalfStep>,
                  "intact::Symmetric<Width>: the width is Narrow, Full or HalfStep");

    /// The codes in use for a code type of that many bits.
    static constexpr Grid grid(int bits, bool is_signed) noexcept {
        Grid codes = detail::all_codes(bits, is_signed);
        codes.symmetric = true;
        codes.zero_point = is_signed ? 0 : std::int32_t{1} << (bits - 1);
        codes.half_step = std::same_as<Width, HalfStep>;
        if (std::same_as<Width, Narrow>) codes.qmin = 2 * codes.zero_point - codes.qmax;
        return codes;
    }

    /// Parameters that read [-amax, amax], amax the larger magnitude of the ends of `range`.
    static ChosenParams params(const Range& range, const Grid& codes) noexcept {
        const double amax = std::max(std::abs(range.min), std::abs(range.max));
        if (amax == 0.0) return {{1.0F, codes.zero_point}, Adjustment::none};
        const double steps = std::same_as<Width, HalfStep> ? (codes.qmax - codes.qmin) * 0.5
                                                           : codes.qmax - codes.zero_point;
        const double levels =
            std::max(codes.qmax - codes.zero_point, codes.zero_point - codes.qmin);
        ChosenParams chosen = detail::fit_scale(exact_quotient(amax, steps), levels);
        chosen.params.zero_point = codes.zero_point;
        return chosen;
    }
};

struct Affine {
    static constexpr Grid grid(int bits, bool is_signed) noexcept {
        return detail::all_codes(bits, is_signed);
    }

    /// Parameters that read `range`, widened to hold zero.
    static ChosenParams params(const Range& range, const Grid& codes) noexcept {
        const double low = std::min(range.min, 0.0);
        const double high = std::max(range.max, 0.0);
        if (low == high) return {{1.0F, std::clamp(0, codes.qmin, codes.qmax)}, Adjustment::none};
        const double steps = codes.qmax - codes.qmin;
        ChosenParams chosen = detail::fit_scale(exact_quotient(high - low, steps), 1.0);
        place_zero(chosen, low, codes);
        const double levels = largest_level(chosen.params, codes);
        const auto scale = static_cast<double>(chosen.params.scale);
        if (const ChosenParams fitted = detail::fit_scale(scale, levels);
            fitted.adjustment == Adjustment::lowered) {
            chosen = fitted;
            place_zero(chosen, low, codes);
        }
        return chosen;
    }

    /// The code of real zero, given the scale and the lower end of the range.
    static void place_zero(ChosenParams& chosen, double low, const Grid& codes) noexcept {
        const double steps = exact_quotient(low, static_cast<double>(chosen.params.scale));
        const double code = detail::round_half_even(exactly(codes.qmin - steps));
        chosen.params.zero_point = static_cast<std::int32_t>(
            std::clamp(code, static_cast<double>(codes.qmin), static_cast<double>(codes.qmax)));
    }
};

template <class Scheme = Symmetric<>>
struct PowerOfTwo {
    static constexpr Grid grid(int bits, bool is_signed) noexcept {
        Grid codes = Scheme::grid(bits, is_signed);
        codes.power_of_two = true;
        return codes;
    }

    static ChosenParams params(const Range& range, const Grid& codes) noexcept {
        ChosenParams chosen = Scheme::params(range, codes);
        const auto bits = std::bit_cast<std::uint32_t>(chosen.params.scale);
        const auto below = std::bit_cast<float>(bits & 0xff800000U);
        if (chosen.params.scale == below) return chosen;
        constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
        const double above = 2.0 * static_cast<double>(below);
        if (above <= largest) {
            use_scale(chosen, static_cast<float>(above), range, codes);
            if (above * largest_level(chosen.params, codes) <= largest) return chosen;
        }
        use_scale(chosen, below, range, codes);
        chosen.adjustment = Adjustment::lowered;
        return chosen;
    }

private:
    static void use_scale(ChosenParams& chosen, float scale, const Range& range,
                          const Grid& codes) noexcept {
        chosen.params.scale = scale;
        if (!codes.symmetric) Affine::place_zero(chosen, std::min(range.min, 0.0), codes);
    }
};

template <int FractionBits>
struct FixedPoint {
    static_assert(0 <= FractionBits && FractionBits <= 16,
                  "intact::FixedPoint<N>: N is 0 to 16, the number of fraction bits");

    /// The scale comes from the type: there is nothing to observe.
    static constexpr bool needs_range = false;

    static constexpr Grid grid(int bits, bool is_signed) noexcept {
        Grid codes = detail::all_codes(bits, is_signed);
        codes.symmetric = true;  // the zero point is fixed
        return codes;
    }

    static ChosenParams params(const Range& /*range*/, const Grid& /*codes*/) noexcept {
        return {{1.0F / static_cast<float>(1 << FractionBits), 0}, Adjustment::none};
    }
};

namespace detail {

template <class S>
inline constexpr bool needs_range = true;
template <class S>
requires requires { S::needs_range; }
inline constexpr bool needs_range<S> = S::needs_range;

}  // namespace detail

/// A scheme: which codes there are, and how a range becomes parameters.
template <class T>
concept Scheme = requires(const Range& range, const Grid& codes) {
    { T::grid(8, true) } -> std::same_as<Grid>;
    { T::params(range, codes) } -> std::same_as<ChosenParams>;
};

static_assert(Scheme<Symmetric<>> && Scheme<Affine> && Scheme<PowerOfTwo<>> &&
              Scheme<FixedPoint<15>>);

}  // namespace intact
