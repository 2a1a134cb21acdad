// Accuracy against size: one point for each row of the results.
//
// Many points nearly coincide, so labels stand in columns beside the points, as near as they can
// be without touching, and thin lines lead to them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"
#include "examples/quantize_network/row.hpp"

namespace example {

namespace detail {

/// Kinds differ in shape as well as in colour.
inline void draw_point(Svg& svg, Point at, double r, Kind kind, const std::string& hint) {
    switch (kind) {
        case Kind::float32:
            svg.box({at.x - r, at.y - r}, 2 * r, 2 * r, "ink ring", hint);
            break;
        case Kind::weight_only:
            svg.path({{at.x, at.y - r - 1}, {at.x + r + 1, at.y + r}, {at.x - r - 1, at.y + r}},
                     "fill2 ring", true, hint);
            break;
        case Kind::dynamic_ranges:
            svg.path({{at.x, at.y - r - 2},
                      {at.x + r + 2, at.y},
                      {at.x, at.y + r + 2},
                      {at.x - r - 2, at.y}},
                     "fill3 ring", true, hint);
            break;
        case Kind::static_ranges:
            svg.circle(at, r, "fill1 ring", hint);
            break;
    }
}

}  // namespace detail

[[nodiscard]] inline std::string draw_sizes(const std::vector<Row>& rows, double width) {
    constexpr double left = 64.0;
    constexpr double right = 20.0;
    constexpr double top = 30.0;
    constexpr double bottom = 312.0;
    constexpr double height = 362.0;
    Svg svg(width, height, "Accuracy of each row of the results against its size in bytes");

    double worst = 100.0;
    double best = 0.0;
    double largest = 1.0;  // kB
    for (const Row& row : rows) {
        worst = std::min(worst, 100.0 * row.accuracy);
        best = std::max(best, 100.0 * row.accuracy);
        largest = std::max(largest, static_cast<double>(row.bytes) / 1000.0);
    }
    const double margin = std::max(0.12 * (best - worst), 0.05);
    const Axis y{worst - margin, best + margin, bottom, top};
    const Axis x{0.0, largest * 1.06, left, width - right};

    const Ticks y_ticks = round_ticks(y.from, y.to, 6);
    for (const double value : y_ticks.at) {
        svg.line({left, y(value)}, {width - right, y(value)}, "grid");
        svg.text({left - 8, y(value) + 4}, fixed(value, y_ticks.digits), "tick end");
    }
    const Ticks x_ticks = round_ticks(x.from, x.to, 8);
    for (const double value : x_ticks.at) {
        svg.line({x(value), top}, {x(value), bottom}, "grid");
        svg.text({x(value), bottom + 19}, fixed(value, x_ticks.digits), "tick middle");
    }
    svg.line({left, bottom}, {width - right, bottom}, "axis");
    svg.text({left - 8, top - 14}, "accuracy, %", "title");
    svg.text({(x.low + x.high) / 2, bottom + 40}, "size of the network, kB (1000 bytes)",
             "title middle");

    // Points in the left half have their labels to the right, and the other way round.
    for (const bool to_the_right : {true, false}) {
        std::vector<Point> points;
        std::vector<const Row*> labelled;
        std::vector<double> wanted;
        double outermost = to_the_right ? 0.0 : width;
        for (const Row& row : rows) {
            const Point point{x(static_cast<double>(row.bytes) / 1000.0), y(100.0 * row.accuracy)};
            if ((point.x < (x.low + x.high) / 2) != to_the_right) continue;
            points.push_back(point);
            labelled.push_back(&row);
            wanted.push_back(point.y);
            outermost = to_the_right ? std::max(outermost, point.x) : std::min(outermost, point.x);
        }
        const double column = outermost + (to_the_right ? 64.0 : -52.0);
        const std::vector<double> lines = spread(wanted, 19.0, top + 8, bottom - 8);
        for (std::size_t i = 0; i < points.size(); ++i) {
            const Row& row = *labelled[i];
            const double edge = column + (to_the_right ? -18.0 : 18.0);
            const std::string words = row.name + "  " + fixed(100.0 * row.accuracy, 2);
            svg.line(points[i], {edge, lines[i]}, "leader");
            detail::draw_point(svg, {column + (to_the_right ? -11.0 : 11.0), lines[i]}, 4.0,
                               row.kind, name(row.kind));
            svg.text({column, lines[i] + 4}, words, to_the_right ? "label halo" : "label halo end");
        }
        for (std::size_t i = 0; i < points.size(); ++i) {
            const Row& row = *labelled[i];
            detail::draw_point(svg, points[i], 6.0, row.kind,
                               row.name + ": " + fixed(100.0 * row.accuracy, 2) + " %, " +
                                   grouped(row.bytes) + " bytes");
        }
    }
    return svg.str();
}

}  // namespace example
