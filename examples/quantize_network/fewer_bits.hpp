// What each criterion makes of fewer bits: weights per channel and activations at 8, 6 and 4 bits.
//
// A criterion minimizes the error of its own tensor. That mostly helps the outputs of the network,
// and far more at 4 bits than at 8, where other errors may weigh more.
#pragma once

#include <array>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"
#include "examples/quantize_network/evaluation.hpp"
#include "examples/quantize_network/integer_form.hpp"
#include "intact/metrics/error_measures.hpp"

namespace example {

inline constexpr std::array<int, 3> widths{8, 6, 4};

/// One criterion at each of `widths`.
struct FewerBits {
    struct Result {
        double accuracy = 0.0;  ///< share of right answers, 0 to 1
        double sqnr_db = 0.0;   ///< of the network's outputs
    };
    std::string name;
    std::array<Result, widths.size()> results;
};

/// The recipes compared; those before the last keep the full range of the weights.
inline constexpr std::array<NamedRecipe, 7> narrow_recipes{{
    {Kind::static_ranges, "min-max", static_min_max},
    {Kind::static_ranges, "percentile 99.99", static_percentile},
    {Kind::static_ranges, "entropy", static_entropy},
    {Kind::static_ranges, "absolute error", static_absolute_error},
    {Kind::static_ranges, "squared error", static_squared_error},
    {Kind::static_ranges, "error to the power 4", static_fourth_power},
    {Kind::static_ranges, "squared error, weights too", static_squared_error_of_weights_too},
}};

/// Weights and inputs of all layers in `bits` bits.
[[nodiscard]] inline intact::Exceptions all_in_bits(const intact::Sequential& net, int bits) {
    intact::Exceptions exceptions;
    for (const intact::nn::Stage& stage : net.stages()) {
        if (has_weights(stage)) exceptions.push_back(intact::use_bits(stage.layer, bits, bits));
    }
    return exceptions;
}

/// Each recipe at each width, on all images of `test`; `exact` are the float network's outputs.
[[nodiscard]] inline std::vector<FewerBits> with_fewer_bits(const intact::Sequential& net,
                                                            const std::vector<Batch>& calibration,
                                                            const Dataset& test,
                                                            const intact::FeatureMatrix& exact) {
    std::vector<FewerBits> all;
    for (const NamedRecipe& recipe : narrow_recipes) {
        FewerBits line{.name = recipe.name, .results = {}};
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const IntegerForm form = recipe.quantize(net, calibration, all_in_bits(net, widths[i]));
            const std::string what = std::to_string(widths[i]) + " bits, " + recipe.name;
            const intact::FeatureMatrix outputs = outputs_of(test, what, form.run);
            line.results[i] = {.accuracy = share_equal(answers_of(outputs), test.labels),
                               .sqnr_db = intact::sqnr_db(exact, outputs)};
        }
        all.push_back(line);
    }
    return all;
}

/// As a table for the terminal: accuracy in per cent and SQNR in dB for each width.
inline void print_fewer_bits(std::ostream& out, const std::string& title,
                             const std::vector<FewerBits>& lines) {
    TextTable table;
    TextTable::Cells names{""};
    TextTable::Cells units{""};
    for (const int bits : widths) {
        for (const char* unit : {"%", "dB"}) {
            names.push_back(std::to_string(bits) + " bits");
            units.push_back(unit);
        }
    }
    table.add_head(names);
    table.add_head(units);
    for (const FewerBits& line : lines) {
        TextTable::Cells cells{line.name};
        for (const FewerBits::Result& result : line.results) {
            cells.push_back(fixed(100.0 * result.accuracy, 2));
            cells.push_back(fixed(result.sqnr_db, 1));
        }
        table.add(cells);
    }
    out << title << '\n' << table;
}

/// Says which criteria lose to min-max in SQNR, where, and by how much; min-max is the first line.
inline void print_below_min_max(std::ostream& out, const std::vector<FewerBits>& lines) {
    std::string found;
    for (const FewerBits& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const double less = lines.front().results[i].sqnr_db - line.results[i].sqnr_db;
            if (less <= 0.0) continue;
            found += (found.empty() ? "" : "; ") + line.name + " at " + std::to_string(widths[i]) +
                     " bits by " + significant(less, 2) + " dB";
        }
    }
    out << "  Below min-max: " << (found.empty() ? "none" : found) << ".\n";
}

}  // namespace example
