// What the results must show, checked against the rows: a run that misses one of them ends in
// failure.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"
#include "examples/quantize_network/fewer_bits.hpp"
#include "examples/quantize_network/row.hpp"
#include "intact/core/error.hpp"

namespace example {

/// A number and the limits that it must keep.
struct Expectation {
    std::string what;
    double found = 0.0;
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    int digits = 1;

    [[nodiscard]] bool holds() const { return least <= found && found <= most; }
};

namespace detail {

template <class Line>
[[nodiscard]] const Line& row_named(const std::vector<Line>& rows, const std::string& name) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const Line& row) { return row.name == name; });
    intact::require(found != rows.end(), "row_named", "no row has the name, expected ", name);
    return *found;
}

[[nodiscard]] inline std::string limits(const Expectation& expected) {
    const bool has_most = std::isfinite(expected.most);
    if (!std::isfinite(expected.least)) return "at most " + fixed(expected.most, expected.digits);
    if (!has_most) return "at least " + fixed(expected.least, expected.digits);
    return fixed(expected.least, expected.digits) + " to " + fixed(expected.most, expected.digits);
}

}  // namespace detail

/// Whether the float network is the trained one: `accuracy` in per cent, on all 10,000 images.
[[nodiscard]] inline Expectation float_accuracy(const std::string& network, double accuracy,
                                                const std::vector<Row>& rows) {
    return {network + ": float accuracy, %", 100.0 * rows.front().accuracy, accuracy - 0.005,
            accuracy + 0.005, 3};
}

/// What the squared error may lose to min-max at 8 bits on the plain network, dB: nothing on all
/// 10,000 images, where it is 0.01 better; on the 640 of the project it is 0.04 worse.
[[nodiscard]] inline double allowed_loss(std::size_t images) {
    return images == 10000 ? 0.0 : 0.05;
}

/// Of the plain network; `allowed` as allowed_loss() says.
[[nodiscard]] inline std::vector<Expectation> plain_expectations(const std::vector<Row>& rows,
                                                                 double allowed) {
    const auto sqnr = [&](const char* name) { return detail::row_named(rows, name).sqnr_db; };
    const double lost = rows.front().accuracy - detail::row_named(rows, "static, min-max").accuracy;
    return {
        {.what = "plain: static min-max, dB", .found = sqnr("static, min-max"), .least = 38.0},
        {.what = "plain: static min-max, points of accuracy from float",
         .found = 100.0 * std::abs(lost),
         .most = 0.25,
         .digits = 2},
        {.what = "plain: entropy, dB", .found = sqnr("static, entropy"), .least = 36.0},
        {.what = "plain: entropy less min-max, dB",
         .found = sqnr("static, entropy") - sqnr("static, min-max"),
         .least = -0.5,
         .digits = 2},
        {.what = "plain: squared error less min-max, dB",
         .found = sqnr("static, squared error") - sqnr("static, min-max"),
         .least = -allowed,
         .digits = 2},
    };
}

/// Of the depthwise network.
[[nodiscard]] inline std::vector<Expectation> depthwise_expectations(const std::vector<Row>& rows) {
    const auto sqnr = [&](const char* name) { return detail::row_named(rows, name).sqnr_db; };
    const double min_max = sqnr("static, min-max");
    return {
        {.what = "depthwise: static min-max, dB", .found = min_max, .least = 33.0},
        {.what = "depthwise: static min-max with one scale a tensor, dB",
         .found = sqnr("static, min-max, per tensor"),
         .least = 21.0,
         .most = 24.0},
        {.what = "depthwise: entropy less min-max, dB",
         .found = sqnr("static, entropy") - min_max,
         .least = 0.0,
         .digits = 2},
        {.what = "depthwise: squared error less min-max, dB",
         .found = sqnr("static, squared error") - min_max,
         .least = 0.0,
         .digits = 2},
    };
}

/// SQNR at fewer bits in all layers: at least what others reach less 0.3 dB, and the squared error
/// as good as min-max at every width, but for what is `allowed` at 8 bits.
[[nodiscard]] inline std::vector<Expectation> fewer_bits_expectations(
    const std::string& network, const std::vector<FewerBits>& lines, double min_max_at_6_bits,
    double squared_error_at_4_bits, double allowed) {
    const auto& min_max = detail::row_named(lines, "min-max").results;
    const auto& squared_error = detail::row_named(lines, "squared error").results;
    std::vector<Expectation> all{
        {.what = network + ": min-max at 6 bits, dB",
         .found = min_max[1].sqnr_db,
         .least = min_max_at_6_bits - 0.3},
        {.what = network + ": squared error at 4 bits, dB",
         .found = squared_error[2].sqnr_db,
         .least = squared_error_at_4_bits - 0.3},
    };
    for (std::size_t i = 0; i < widths.size(); ++i) {
        all.push_back({.what = network + ": squared error less min-max at " +
                               std::to_string(widths[i]) + " bits, dB",
                       .found = squared_error[i].sqnr_db - min_max[i].sqnr_db,
                       .least = widths[i] == 8 ? -allowed : 0.0,
                       .digits = 2});
    }
    return all;
}

/// How often a network runs in 8-bit integers while the float network runs once, in batches of 64;
/// `name` is "plain" or "depthwise". Of use where the processor has VNNI and both were timed there.
[[nodiscard]] inline Expectation speed_expectation(const std::string& name,
                                                   const std::vector<Row>& rows) {
    return {.what = name + ": int8 static at batch 64, times the float network",
            .found = rows.front().microseconds_batch_64 /
                     detail::row_named(rows, "static, min-max").microseconds_batch_64,
            .least = 2.0};
}

/// Prints one line each; returns whether all hold.
inline bool print_expectations(std::ostream& out, const std::vector<Expectation>& expectations) {
    bool all = true;
    out << "What these results must show:\n";
    for (const Expectation& expected : expectations) {
        out << (expected.holds() ? "  ok      " : "  MISSED  ") << expected.what << ": "
            << fixed(expected.found, std::min(expected.digits, 2)) << " (expected "
            << detail::limits(expected) << ")\n";
        all = all && expected.holds();
    }
    return all;
}

}  // namespace example
