// The error of every scale, on logarithmic axes, with the scales that criteria chose, and beside it
// other measures of the error.
//
// To the left of the lowest point the range is narrow and clipping costs more, to the right the
// steps are wide and rounding does.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "intact/metrics/drawing/axis.hpp"
#include "intact/metrics/drawing/look.hpp"
#include "intact/metrics/drawing/svg.hpp"

namespace intact::drawing {

/// A scale and its error; both positive.
struct ScalePoint {
    double scale = 0.0;
    double error = 0.0;
};

/// The scale that a criterion chose.
struct ScaleMark {
    std::string criterion;
    ScalePoint at;
    Look look = {};
};

/// Another measure of the error of every scale, in the same unit.
struct OtherCurve {
    std::string criterion;
    std::vector<ScalePoint> curve;
    Look look;
};

struct CurvePicture {
    std::string name;
    std::vector<ScalePoint> curve;
    std::vector<ScaleMark> marks;
    std::vector<OtherCurve> others = {};
};

namespace detail {

/// The part of the curve that is worth a look, on logarithmic axes: errors up to a thousand times
/// the least, or three times the largest of a mark. Scales that clip nearly all are left out.
[[nodiscard]] inline std::vector<ScalePoint> shown_points(const CurvePicture& picture) {
    double least = 0.0;
    for (const ScalePoint& point : picture.curve) {
        if (point.error > 0.0 && (least == 0.0 || point.error < least)) least = point.error;
    }
    double most = 1000.0 * least;
    for (const ScaleMark& mark : picture.marks) most = std::max(most, 3.0 * mark.at.error);
    std::vector<ScalePoint> points;
    for (const ScalePoint& point : picture.curve) {
        if (point.scale > 0.0 && point.error > 0.0 && point.error <= most) points.push_back(point);
    }
    return points;
}

/// The part of a curve that lies between the axes, no closer than a pixel.
[[nodiscard]] inline std::vector<Point> line_of(const std::vector<ScalePoint>& curve,
                                                const LogAxis& x, const LogAxis& y) {
    std::vector<Point> line;
    for (const ScalePoint& point : curve) {
        if (point.scale < x.from || point.scale > x.to) continue;
        if (point.error < y.from || point.error > y.to) continue;
        const Point next{x(point.scale), y(point.error)};
        const bool is_last = &point == &curve.back();
        const bool is_apart = line.empty() || std::abs(next.x - line.back().x) >= 1.0;
        if (is_apart || is_last) line.push_back(next);
    }
    return line;
}

/// Names beside the drawing, with lines to their points.
inline void draw_scale_marks(Svg& svg, const CurvePicture& picture, const LogAxis& x,
                             const LogAxis& y, double column, double least) {
    std::vector<double> wanted;
    for (const ScaleMark& mark : picture.marks) {
        wanted.push_back(mark.at.error > 0.0 ? y(mark.at.error) : y.low);
    }
    const std::vector<double> lines = spread(wanted, 34.0, y.high + 10, y.low - 22);
    for (std::size_t i = 0; i < picture.marks.size(); ++i) {
        const ScaleMark& mark = picture.marks[i];
        if (mark.at.scale <= 0.0 || mark.at.error <= 0.0) continue;
        const std::string colour = colour_of(mark.look, i);
        const Point at{x(mark.at.scale), y(mark.at.error)};
        svg.line(at, {column - 6, lines[i]}, "leader");
        draw_point(svg, mark.look, at, "fill" + colour + " ring",
                   mark.criterion + ": scale " + compact(mark.at.scale) + ", squared error " +
                       compact(mark.at.error));
        svg.text({column, lines[i] + 4}, mark.criterion, "label key text" + colour);
        svg.text({column, lines[i] + 18}, significant(mark.at.error / least) + " × the least",
                 "tick");
    }
}

}  // namespace detail

/// Draws `picture` at `width` pixels.
[[nodiscard]] inline std::string draw(const CurvePicture& picture, double width) {
    constexpr double left = 64.0;
    constexpr double right = 118.0;
    constexpr double top = 34.0;
    const double bottom =
        std::max(250.0, 10.0 + 34.0 * static_cast<double>(picture.marks.size()) + top);
    const double height = bottom + 66.0;
    Svg svg(width, height,
            "Expected squared error of " + picture.name +
                " over the scale, with the scale that each criterion chose");
    const std::vector<ScalePoint> curve = detail::shown_points(picture);
    std::vector<ScalePoint> points = curve;
    for (const ScaleMark& mark : picture.marks) {
        if (mark.at.scale > 0.0 && mark.at.error > 0.0) points.push_back(mark.at);
    }
    svg.text({2, 16}, "expected squared error", "title");
    if (points.empty()) {
        svg.text({left, (top + bottom) / 2}, "every value has an exact code", "label");
        return svg.str();
    }

    const auto by_error = [](const auto& a, const auto& b) { return a.error < b.error; };
    const auto by_scale = [](const auto& a, const auto& b) { return a.scale < b.scale; };
    const auto [least, most] = std::minmax_element(points.begin(), points.end(), by_error);
    const auto [narrow, wide] = std::minmax_element(points.begin(), points.end(), by_scale);
    double lowest = least->error;
    for (const OtherCurve& other : picture.others) {
        for (const ScalePoint& point : other.curve) {
            if (point.error > 0.0) lowest = std::min(lowest, point.error);
        }
    }
    const LogAxis y{std::max(lowest, 1e-4 * least->error) / 1.5,
                    std::max(most->error, least->error * 10.0) * 1.2, bottom, top};
    const LogAxis x{narrow->scale / 1.05, std::max(wide->scale, narrow->scale * 1.5) * 1.1, left,
                    width - right};
    for (const double value : log_ticks(y.from, y.to, 7)) {
        svg.line({left, y(value)}, {x.high, y(value)}, "grid");
        svg.text({left - 8, y(value) + 4}, power_label(value), "tick end");
    }
    for (const double value : log_ticks(x.from, x.to, 9)) {
        svg.line({x(value), top}, {x(value), bottom}, "grid");
        svg.text({x(value), bottom + 18}, power_label(value), "tick middle");
    }
    svg.line({left, bottom}, {x.high, bottom}, "axis");
    svg.text({(x.low + x.high) / 2, bottom + 38}, "scale: the step from code to code",
             "title middle");
    svg.text({left, bottom + 58}, "← narrow: clips", "title");
    svg.text({x.high, bottom + 58}, "wide: coarse →", "title end");

    for (const OtherCurve& other : picture.others) {
        const std::vector<Point> line = detail::line_of(other.curve, x, y);
        if (line.empty()) continue;
        svg.path(line,
                 "curve thin " + class_of(other.look.dashes) + " line" + colour_of(other.look, 0),
                 false, other.criterion);
    }
    const std::vector<Point> line = detail::line_of(curve, x, y);
    if (!line.empty()) svg.path(line, "curve line0");
    detail::draw_scale_marks(svg, picture, x, y, width - right + 18, least->error);
    return svg.str();
}

}  // namespace intact::drawing
