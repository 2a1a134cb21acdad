// What a quantizer does to one number: the staircase from reals to the reals that codes stand for,
// and below it the error, drawn for eight codes so that each step can be seen.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"

namespace example {

namespace detail {

/// Eight codes over [-1, 2.5].
struct Staircase {
    static constexpr double scale = 0.5;
    static constexpr int zero_point = 2;
    static constexpr int qmax = 7;
    static constexpr double lowest = -zero_point * scale;
    static constexpr double highest = (qmax - zero_point) * scale;

    [[nodiscard]] static double round_trip(double real) {
        const double code = std::clamp(std::round(real / scale) + zero_point, 0.0, double{qmax});
        return (code - zero_point) * scale;
    }
};

inline void draw_codes(Svg& svg, const Axis& x, const Axis& y) {
    for (int code = 0; code <= Staircase::qmax; ++code) {
        const double real = (code - Staircase::zero_point) * Staircase::scale;
        svg.line({x.low, y(real)}, {x.high, y(real)}, "grid");
        svg.text({x.low - 8, y(real) + 4}, fixed(real, 1), "tick end");
        svg.text({x.high + 12, y(real) + 4}, std::to_string(code),
                 code == Staircase::zero_point ? "label strong" : "label");
    }
    svg.text({4, y.high - 28}, "real that comes back", "title");
    svg.text({x.high + 12, y.high - 28}, "code", "title");
    svg.text({x.high + 28, y(0.0) + 4}, "zero point", "title");
}

/// The staircase and its error, sampled finely enough that risers look upright.
inline void draw_steps(Svg& svg, const Axis& x, const Axis& y, const Axis& error) {
    std::vector<Point> steps;
    std::vector<Point> errors;
    constexpr int samples = 2000;
    for (int i = 0; i <= samples; ++i) {
        const double real = x.from + (x.to - x.from) * i / samples;
        steps.push_back({x(real), y(Staircase::round_trip(real))});
        errors.push_back({x(real), error(Staircase::round_trip(real) - real)});
    }
    svg.path({{x(y.from), y(y.from)}, {x(y.to), y(y.to)}}, "identity");
    svg.path(steps, "curve line1");
    svg.path(errors, "curve line5");
}

}  // namespace detail

[[nodiscard]] inline std::string draw_staircase(double width) {
    using detail::Staircase;
    constexpr double height = 446.0;
    Svg svg(width, height,
            "A staircase of eight codes: between its ends rounding makes small errors, beyond them "
            "clipping makes errors that grow");
    const Axis x{-1.9, 3.4, 64.0, width - 112.0};
    const Axis y{-1.2, 2.7, 276.0, 44.0};
    const Axis error{-0.9, 0.9, 406.0, 300.0};

    for (const double end : {x.from, Staircase::highest + Staircase::scale / 2}) {
        const double until = end < 0 ? Staircase::lowest - Staircase::scale / 2 : x.to;
        svg.box({x(end), y.high}, x(until) - x(end), error.low - y.high, "band");
        svg.text({(x(end) + x(until)) / 2, y.high - 10}, "clipped", "label middle text5");
    }
    svg.text({x(0.75), y.high - 10}, "rounded", "label middle text1");

    detail::draw_codes(svg, x, y);
    for (const double value : {-0.5, 0.0, 0.5}) {
        svg.line({x.low, error(value)}, {x.high, error(value)}, value == 0.0 ? "axis" : "grid");
        svg.text({x.low - 8, error(value) + 4}, fixed(value, 1), "tick end");
    }
    svg.text({x.high + 12, error(0.0) + 4}, "error", "label text5");
    detail::draw_steps(svg, x, y, error);

    const Ticks ticks = round_ticks(x.from, x.to, 6);
    for (const double value : ticks.at) {
        svg.text({x(value), error.low + 18}, fixed(value, ticks.digits), "tick middle");
    }
    svg.text({(x.low + x.high) / 2, error.low + 36}, "real that goes in", "title middle");
    return svg.str();
}

}  // namespace example
