// A network in integers with its type forgotten, so that each group of recipes compiles in a file
// of its own and everything else compiles once.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <vector>

#include "examples/quantize_network/dataset.hpp"
#include "examples/quantize_network/row.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/nn/recipe.hpp"
#include "intact/nn/sequential.hpp"

namespace example {

/// What one recipe makes of a network.
struct IntegerForm {
    std::function<intact::FeatureMatrix(const Batch&)> run;  ///< the network's outputs
    std::function<std::vector<intact::FeatureMatrix>(const Batch&)> trace;  ///< those of all stages
    std::size_t bytes = 0;              ///< weights, scales and biases as stored
    std::vector<intact::Range> ranges;  ///< of the input and of each stage; empty where not static
};

/// Watches the float network on the calibration batches and converts it.
using Quantize = IntegerForm(const intact::Sequential& net, const std::vector<Batch>& calibration,
                             const intact::Exceptions& exceptions);

// The recipes; each is defined in recipes/.
Quantize weight_only_per_tensor;
Quantize weight_only_per_channel;
Quantize dynamic_per_channel;
Quantize static_per_tensor;
Quantize static_min_max;
Quantize static_moving_average;
Quantize static_percentile;
Quantize static_entropy;
Quantize static_absolute_error;
Quantize static_squared_error;
Quantize static_fourth_power;
Quantize static_squared_error_of_weights_too;

/// Whether a stage multiplies by weights.
[[nodiscard]] inline bool has_weights(const intact::nn::Stage& stage) {
    return stage.work == intact::nn::Work::weighted;
}

struct NamedRecipe {
    Kind kind;
    const char* name;
    Quantize* quantize;
};

/// In the order of the table; weights have a scale for each channel where the name does not say.
inline constexpr std::array<NamedRecipe, 9> recipes{{
    {Kind::weight_only, "weight-only, per tensor", weight_only_per_tensor},
    {Kind::weight_only, "weight-only, per channel", weight_only_per_channel},
    {Kind::dynamic_ranges, "dynamic", dynamic_per_channel},
    {Kind::static_ranges, "static, min-max, per tensor", static_per_tensor},
    {Kind::static_ranges, "static, min-max", static_min_max},
    {Kind::static_ranges, "static, moving average", static_moving_average},
    {Kind::static_ranges, "static, percentile 99.99", static_percentile},
    {Kind::static_ranges, "static, entropy", static_entropy},
    {Kind::static_ranges, "static, squared error", static_squared_error},
}};

}  // namespace example
