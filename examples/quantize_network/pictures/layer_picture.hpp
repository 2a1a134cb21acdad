// The error layer by layer: two bars for each, one with only this layer quantized, one with all
// layers up to it.
//
// Units    dB of the signal over the error: 6 dB more is half the error; higher is better
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"

namespace example {

struct LayerError {
    std::string name;
    double alone_db = 0.0;        ///< of this layer's output, only this layer quantized
    double accumulated_db = 0.0;  ///< of this layer's output, all layers up to it quantized
};

namespace detail {

/// One bar with its number on top; an infinite ratio is an output without any error.
inline void draw_ratio(Svg& svg, const Axis& y, double left, double width, double ratio_db,
                       const std::string& style, const std::string& hint) {
    const bool is_exact = std::isinf(ratio_db) && ratio_db > 0.0;
    const double shown = is_exact ? y.to : std::clamp(ratio_db, y.from, y.to);
    const double top = std::min(y(shown), y(0.0));
    svg.box({left, top}, width, std::abs(y(shown) - y(0.0)), style, hint);
    svg.text({left + width / 2, top - 5}, is_exact ? "exact" : fixed(ratio_db, 1), "number middle");
}

}  // namespace detail

[[nodiscard]] inline std::string draw(const std::vector<LayerError>& layers, double width) {
    constexpr double left = 64.0;
    constexpr double top = 44.0;
    constexpr double bottom = 262.0;
    constexpr double height = 316.0;
    Svg svg(width, height, "Signal to error ratio of each layer, alone and accumulated, in dB");

    double lowest = 0.0;
    double highest = 10.0;
    for (const LayerError& layer : layers) {
        for (const double ratio : {layer.alone_db, layer.accumulated_db}) {
            if (!std::isfinite(ratio)) continue;
            lowest = std::min(lowest, ratio);
            highest = std::max(highest, ratio);
        }
    }
    const Ticks ticks = round_ticks(lowest, highest * 1.08, 5);
    const Axis y{lowest, highest * 1.08, bottom, top};

    const double column =
        (width - left) / static_cast<double>(std::max<std::size_t>(layers.size(), 1));
    svg.box({width - column, top - 38}, column, bottom - top + 76, "band");
    svg.text({width - column / 2, bottom + 50}, "what comes out", "title middle");
    for (const double value : ticks.at) {
        svg.line({left, y(value)}, {width, y(value)}, "grid");
        svg.text({left - 8, y(value) + 4}, fixed(value, ticks.digits), "tick end");
    }
    svg.text({2, 19}, "SQNR, dB", "title");

    const double bar = std::min(46.0, column * 0.36);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const LayerError& layer = layers[i];
        const double centre = left + column * (static_cast<double>(i) + 0.5);
        detail::draw_ratio(svg, y, centre - bar - 1, bar, layer.alone_db, "fill1",
                           layer.name + " alone: " + fixed(layer.alone_db, 1) + " dB");
        detail::draw_ratio(
            svg, y, centre + 1, bar, layer.accumulated_db, "fill5",
            layer.name + " and all before: " + fixed(layer.accumulated_db, 1) + " dB");
        svg.text({centre, bottom + 20}, layer.name, "label middle");
    }
    svg.line({left, y(0.0)}, {width, y(0.0)}, "axis");

    svg.box({left + 14, 8}, 13, 13, "fill1");
    svg.text({left + 33, 19}, "this layer alone quantized", "label");
    svg.box({left + 240, 8}, 13, 13, "fill5");
    svg.text({left + 259, 19}, "this layer and all before it quantized", "label");
    return svg.str();
}

}  // namespace example
