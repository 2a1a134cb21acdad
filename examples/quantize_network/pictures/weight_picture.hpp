// The range of every output channel of one layer's weights, inside the one range that a scale for
// the whole tensor must cover.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"

namespace example {

/// Smallest and largest weight of one output channel.
struct ChannelRange {
    double min = 0.0;
    double max = 0.0;

    [[nodiscard]] double largest() const { return std::max(std::abs(min), std::abs(max)); }
};

struct WeightPicture {
    std::string name;  ///< "d1"
    std::vector<ChannelRange> channels;

    [[nodiscard]] double largest() const {
        double found = 0.0;
        for (const ChannelRange& channel : channels) found = std::max(found, channel.largest());
        return found;
    }
};

/// How many of the 255 codes of one symmetric scale for the whole tensor lie within the largest
/// weight of a channel.
[[nodiscard]] inline int codes_reached(const ChannelRange& channel, double tensor_largest) {
    if (tensor_largest <= 0.0) return 1;
    return 2 * static_cast<int>(std::round(channel.largest() / tensor_largest * 127.0)) + 1;
}

[[nodiscard]] inline std::string draw(const WeightPicture& picture, double width) {
    constexpr double left = 64.0;
    constexpr double top = 34.0;
    constexpr double bottom = 214.0;
    constexpr double height = 262.0;
    constexpr int few = 32;  // codes: an eighth of them, three bits lost
    Svg svg(width, height,
            "Range of the weights of each output channel of " + picture.name +
                ", and how many of 255 codes one scale for all leaves it");

    const double amax = std::max(picture.largest(), 1e-30);
    const Axis y{-amax * 1.04, amax * 1.04, bottom, top};
    svg.box({left, y(amax)}, width - left, y(-amax) - y(amax), "band");
    const Ticks ticks = round_ticks(-amax, amax, 6);
    for (const double value : ticks.at) {
        svg.line({left, y(value)}, {width, y(value)}, "grid");
        svg.text({left - 8, y(value) + 4}, fixed(value, ticks.digits), "tick end");
    }
    svg.text({2, 16}, "weight", "title");

    const auto n = static_cast<double>(std::max<std::size_t>(picture.channels.size(), 1));
    const double column = (width - left) / n;
    const double bar = std::min(30.0, column * 0.62);
    for (std::size_t i = 0; i < picture.channels.size(); ++i) {
        const ChannelRange& channel = picture.channels[i];
        const int codes = codes_reached(channel, amax);
        const double centre = left + column * (static_cast<double>(i) + 0.5);
        const std::string style = codes <= few ? "5" : "1";
        svg.box({centre - bar / 2, y(channel.max)}, bar,
                std::max(y(channel.min) - y(channel.max), 2.0), "fill" + style,
                "channel " + std::to_string(i) + ": " + significant(channel.min) + " to " +
                    significant(channel.max));
        svg.text({centre, bottom + 17}, std::to_string(codes), "number middle text" + style);
    }
    svg.line({left, y(0.0)}, {width, y(0.0)}, "axis");
    svg.text({width, bottom + 38}, "codes that each channel can take under one scale for all",
             "title end");
    return svg.str();
}

}  // namespace example
