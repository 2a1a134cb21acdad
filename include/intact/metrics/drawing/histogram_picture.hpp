// The histogram of one tensor, and below it the range that each criterion chose.
//
// Every criterion has its own lane, so that neither bars nor labels can collide; from the ends of
// its bar thin lines go up through the histogram. To the right stand the two prices of a range: the
// step (the rounding error is at most half of it) and the share of values that are clipped.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "intact/metrics/drawing/axis.hpp"
#include "intact/metrics/drawing/look.hpp"
#include "intact/metrics/drawing/svg.hpp"

namespace intact::drawing {

/// The range that one criterion chose.
struct Mark {
    std::string criterion;
    double min = 0.0;
    double max = 0.0;
    std::optional<double> clipped =
        {};  ///< share of the values; counted from the bars if not given
    Look look = {};
};

struct HistogramPicture {
    std::string name;            ///< "Output of c1, after ReLU"
    std::vector<double> edges;   ///< of the bins, one more than counts, increasing
    std::vector<double> counts;  ///< values in each bin
    std::vector<Mark> marks;
    int steps = 255;  ///< codes less one
};

/// Share of the values outside [mark.min, mark.max]; inside a bin they are taken as even.
[[nodiscard]] inline double clipped_share(const HistogramPicture& picture, const Mark& mark) {
    if (mark.clipped) return *mark.clipped;
    double inside = 0.0;
    double all = 0.0;
    for (std::size_t i = 0; i < picture.counts.size(); ++i) {
        const double left = picture.edges[i];
        const double right = picture.edges[i + 1];
        const double kept = std::min(right, mark.max) - std::max(left, mark.min);
        inside += picture.counts[i] * std::clamp(kept / (right - left), 0.0, 1.0);
        all += picture.counts[i];
    }
    return all > 0.0 ? std::clamp(1.0 - inside / all, 0.0, 1.0) : 0.0;
}

namespace detail {

/// Where the parts of the picture are.
struct HistogramLayout {
    double width;
    double left = 112.0;
    double right = 132.0;
    double top = 14.0;
    double plot = 170.0;
    double lane = 21.0;
    double lanes_top = top + plot + 26.0;
    double lanes_bottom;

    HistogramLayout(double total_width, std::size_t lanes)
        : width(total_width), lanes_bottom(lanes_top + lane * static_cast<double>(lanes)) {}

    [[nodiscard]] double height() const { return lanes_bottom + 40.0; }
    [[nodiscard]] double lane_centre(std::size_t i) const {
        return lanes_top + lane * (static_cast<double>(i) + 0.5);
    }
};

/// All values and all marks, and zero.
[[nodiscard]] inline Axis value_axis(const HistogramPicture& picture, const HistogramLayout& at) {
    double from = std::min(0.0, picture.edges.front());
    double to = std::max(0.0, picture.edges.back());
    for (const Mark& mark : picture.marks) {
        from = std::min(from, mark.min);
        to = std::max(to, mark.max);
    }
    if (to <= from) to = from + 1.0;
    return {from, to, at.left, at.width - at.right};
}

inline void draw_counts(Svg& svg, const HistogramPicture& picture, const HistogramLayout& at,
                        const Axis& x) {
    const double largest = *std::max_element(picture.counts.begin(), picture.counts.end());
    const int decades = std::max(1, static_cast<int>(std::ceil(std::log10(largest + 1.0))));
    const Axis y{-0.4, static_cast<double>(decades), at.top + at.plot, at.top};
    const int every = decades > 6 ? 2 : 1;
    for (int power = 0; power <= decades; power += every) {
        svg.line({at.left, y(power)}, {at.width - at.right, y(power)}, "grid");
        svg.text({at.left - 8, y(power) + 4}, short_count(power), "tick end");
    }
    svg.text({at.left - 46, at.top + at.plot / 2 - 8}, "values", "title end");
    svg.text({at.left - 46, at.top + at.plot / 2 + 8}, "per bin", "title end");
    for (std::size_t i = 0; i < picture.counts.size(); ++i) {
        if (picture.counts[i] < 1.0) continue;
        const double left = x(picture.edges[i]);
        const double top = y(std::log10(picture.counts[i]));
        const double width = std::max(x(picture.edges[i + 1]) - left - 0.6, 0.8);
        svg.box({left, top}, width, at.top + at.plot - top, "bar",
                compact(picture.edges[i]) + " to " + compact(picture.edges[i + 1]) + ": " +
                    grouped(static_cast<std::size_t>(picture.counts[i])) + " values");
    }
    svg.line({at.left, at.top + at.plot}, {at.width - at.right, at.top + at.plot}, "axis");
}

/// The bar of one criterion, its prices, and lines up through the histogram where no earlier
/// criterion drew one.
inline void draw_lane(Svg& svg, const HistogramPicture& picture, std::size_t i,
                      const HistogramLayout& at, const Axis& x, std::vector<double>& drawn) {
    const Mark& mark = picture.marks[i];
    const std::string colour = colour_of(mark.look, i);
    const double centre = at.lane_centre(i);
    const std::string step = compact((mark.max - mark.min) / picture.steps);
    const double share = clipped_share(picture, mark);
    for (const double end : {mark.min, mark.max}) {
        const double column = x(end);
        const bool is_new = std::none_of(drawn.begin(), drawn.end(), [&](double other) {
            return std::abs(other - column) < 1.5;
        });
        if (is_new)
            svg.line({column, at.top}, {column, centre},
                     "mark " + class_of(mark.look.dashes) + " line" + colour);
        drawn.push_back(column);
        svg.line({column, centre - 6}, {column, centre + 6}, "cap line" + colour);
    }
    svg.box({x(mark.min), centre - 3}, x(mark.max) - x(mark.min), 6, "fill" + colour,
            mark.criterion + ": " + compact(mark.min) + " to " + compact(mark.max));
    svg.text({at.left - 8, centre + 4}, mark.criterion, "lane end text" + colour);
    svg.text({at.width - 74, centre + 4}, step, "number end");
    svg.text({at.width - 2, centre + 4}, share < 1e-9 ? "none" : per_cent(share), "number end");
}

}  // namespace detail

/// Draws `picture` at `width` pixels.
[[nodiscard]] inline std::string draw(const HistogramPicture& picture, double width) {
    const detail::HistogramLayout at(width, picture.marks.size());
    const Axis x = detail::value_axis(picture, at);
    Svg svg(width, at.height(),
            "Histogram of " + picture.name + " with the range that each criterion chose");

    const int wanted = std::max(6, static_cast<int>((width - at.left - at.right) / 75.0));
    const Ticks ticks = round_ticks(x.from, x.to, wanted);
    for (const double value : ticks.at) {
        svg.line({x(value), at.top}, {x(value), at.lanes_bottom}, "grid");
        svg.text({x(value), at.lanes_bottom + 17}, fixed(value, ticks.digits), "tick middle");
    }
    svg.text({(x.low + x.high) / 2, at.lanes_bottom + 35}, "value", "title middle");

    detail::draw_counts(svg, picture, at, x);
    svg.text({width - 74, at.lanes_top - 8}, "step", "title end");
    svg.text({width - 2, at.lanes_top - 8}, "clipped", "title end");
    std::vector<double> drawn;
    for (std::size_t i = 0; i < picture.marks.size(); ++i) {
        detail::draw_lane(svg, picture, i, at, x, drawn);
    }
    return svg.str();
}

}  // namespace intact::drawing
