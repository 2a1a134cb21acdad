// How far each channel reaches, on a logarithmic axis: a channel far above the median stands out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "intact/metrics/drawing/axis.hpp"
#include "intact/metrics/drawing/svg.hpp"

namespace intact::drawing {

struct ChannelPicture {
    std::string name;
    std::vector<double> reaches;  ///< largest magnitude of each channel; 0 where all are zero
    double median = 0.0;          ///< of those that are not 0
    double far = 8.0;             ///< times the median: channels beyond it are marked
};

namespace detail {

/// Labels of the farthest channels, at most three, above their points.
inline void draw_far_channels(Svg& svg, const ChannelPicture& picture, const Axis& x,
                              const LogAxis& y) {
    std::vector<std::size_t> order(picture.reaches.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return picture.reaches[a] > picture.reaches[b];
    });
    double last = -1e9;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i) {
        const std::size_t channel = order[i];
        const double reach = picture.reaches[channel];
        if (reach < picture.far * picture.median) break;
        const double column = x(static_cast<double>(channel));
        if (std::abs(column - last) < 150.0) continue;  // its label would cover the other one
        last = column;
        const bool near_end = column > (x.low + x.high) / 2;
        svg.text({column + (near_end ? -10.0 : 10.0), y(reach) + 4},
                 "channel " + std::to_string(channel) + ": " + significant(reach / picture.median) +
                     " × the median",
                 near_end ? "label halo end text5" : "label halo text5");
    }
}

}  // namespace detail

/// Draws `picture` at `width` pixels.
[[nodiscard]] inline std::string draw(const ChannelPicture& picture, double width) {
    constexpr double left = 64.0;
    constexpr double right = 70.0;
    constexpr double top = 34.0;
    constexpr double bottom = 230.0;
    constexpr double height = 282.0;
    Svg svg(width, height,
            "Largest magnitude of each channel of " + picture.name + ", on a logarithmic axis");
    svg.text({2, 16}, "largest magnitude of the channel", "title");
    const double median = picture.median > 0.0 ? picture.median : 1.0;
    double lowest = median / 3.0;
    double highest = median * 3.0;
    bool has_far = false;
    for (const double reach : picture.reaches) {
        if (reach <= 0.0) continue;
        lowest = std::min(lowest, reach / 1.3);
        highest = std::max(highest, reach * 1.4);
        has_far = has_far || reach >= picture.far * median;
    }
    if (has_far) highest = std::max(highest, picture.far * median * 1.4);
    const LogAxis y{lowest, highest, bottom - 14, top};
    const auto last = static_cast<double>(std::max<std::size_t>(picture.reaches.size(), 1)) - 0.5;
    const Axis x{-0.5, last, left, width - right};

    for (const double value : log_ticks(y.from, y.to, 7)) {
        svg.line({left, y(value)}, {x.high, y(value)}, "grid");
        svg.text({left - 8, y(value) + 4}, power_label(value), "tick end");
    }
    svg.line({left, y(median)}, {x.high, y(median)}, "identity");
    svg.text({x.high + 6, y(median) + 4}, "median", "tick");
    if (has_far) {
        svg.line({left, y(picture.far * median)}, {x.high, y(picture.far * median)}, "identity");
        svg.text({x.high + 6, y(picture.far * median) + 4}, significant(picture.far, 1) + " × that",
                 "tick");
    }
    const double radius = picture.reaches.size() > 300 ? 2.0 : 3.2;
    for (std::size_t i = 0; i < picture.reaches.size(); ++i) {
        const double reach = picture.reaches[i];
        const bool is_far = reach >= picture.far * median;
        const double row = reach > 0.0 ? y(reach) : bottom;
        svg.circle({x(static_cast<double>(i)), row}, is_far ? radius + 1.5 : radius,
                   is_far        ? "fill5"
                   : reach > 0.0 ? "fill1"
                                 : "fill2",
                   "channel " + std::to_string(i) + ": " + compact(reach));
    }
    if (std::count(picture.reaches.begin(), picture.reaches.end(), 0.0) > 0) {
        svg.text({x.high + 6, bottom + 4}, "all zero", "tick text2");
    }
    detail::draw_far_channels(svg, picture, x, y);

    svg.line({left, bottom + 8}, {x.high, bottom + 8}, "axis");
    const Ticks ticks = round_ticks(0.0, last, static_cast<int>((x.high - x.low) / 70.0));
    for (const double value : ticks.at) {
        if (value != std::floor(value)) continue;
        svg.text({x(value), bottom + 26}, fixed(value, 0), "tick middle");
    }
    svg.text({(x.low + x.high) / 2, bottom + 46}, "channel", "title middle");
    return svg.str();
}

}  // namespace intact::drawing
