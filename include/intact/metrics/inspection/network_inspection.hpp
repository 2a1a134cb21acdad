// What there is to see of a quantized network, as plain numbers: where its error comes from, layer
// by layer, and what to do about it.
//
// Units    harm: the part of the output's squared error that is gone if that one layer, with the
//          codes that it reads, stays in float; below 0 where the layer's error cancels others'
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "intact/metrics/drawing/numbers.hpp"
#include "intact/metrics/inspection/advice.hpp"
#include "intact/metrics/inspection/tensor_inspection.hpp"

namespace intact {

/// One layer with weights.
struct LayerInspection {
    std::string name;
    bool quantized = false;
    std::size_t bytes = 0;  ///< as stored
    double sqnr_db = 0.0;   ///< of the reals behind the layer, all layers before it quantized too
    double harm = 0.0;
    std::optional<TensorInspection> weights;  ///< empty where the layer stays in float
    std::optional<TensorInspection> input;    ///< what it reads; empty where that stays in float
    std::vector<Advice> advice;               ///< on weights, input and the layer
};

struct NetworkInspection {
    std::vector<LayerInspection> layers;  ///< in the network's order
    double sqnr_db = 0.0;                 ///< of the output
    std::size_t float_bytes = 0;
    std::size_t bytes = 0;
};

namespace threshold {

/// Half: all other layers together do less.
inline constexpr double dominant_harm = 0.5;

/// 3 % of error (root mean square): above it hardly any answer changes, whoever makes the error.
inline constexpr double harmless_db = 30.0;

/// Of two layers one always does half.
inline constexpr std::size_t dominated_layers = 3;

}  // namespace threshold

/// Indices of the layers, the most harmful first; quantized ones before those in float.
[[nodiscard]] inline std::vector<std::size_t> by_harm(const NetworkInspection& network) {
    std::vector<std::size_t> order(network.layers.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const LayerInspection& left = network.layers[a];
        const LayerInspection& right = network.layers[b];
        if (left.quantized != right.quantized) return left.quantized;
        return left.harm > right.harm;
    });
    return order;
}

/// Gathers the advice on every layer, and adds what only the whole network shows.
inline void advise(NetworkInspection& network) {
    const auto quantized = static_cast<std::size_t>(
        std::count_if(network.layers.begin(), network.layers.end(),
                      [](const LayerInspection& layer) { return layer.quantized; }));
    for (LayerInspection& layer : network.layers) {
        layer.advice.clear();
        if (layer.quantized && quantized >= threshold::dominated_layers &&
            network.sqnr_db < threshold::harmless_db && layer.harm > threshold::dominant_harm) {
            const bool shares_scale =
                layer.weights && layer.weights->scales == 1 && layer.weights->channels.size() > 1;
            layer.advice.push_back(
                {.condition = Condition::dominant_layer,
                 .finding = drawing::per_cent(layer.harm) +
                            " of the output's squared error comes from this layer",
                 .remedy = "leave it in float, keep_float(\"" + layer.name +
                           "\"), or give it more bits" +
                           (shares_scale ? " or a scale for each channel" : "")});
        }
        const auto take = [&](const std::optional<TensorInspection>& seen, const char* subject) {
            if (!seen) return;
            for (Advice advice : seen->advice) {
                advice.finding = subject + (": " + advice.finding);
                layer.advice.push_back(std::move(advice));
            }
        };
        take(layer.weights, "weights");
        take(layer.input, "input");
    }
}

}  // namespace intact
