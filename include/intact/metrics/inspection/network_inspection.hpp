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

/// Weight scales that convert() raised so that the biases fit their int32 sums.
struct RaisedScales {
    std::size_t scales = 0;    ///< how many were raised
    std::size_t farthest = 0;  ///< which one the most
    double times = 1.0;        ///< by what factor that one
};

/// The scales in use beside those that the weights ask for.
[[nodiscard]] inline RaisedScales raised_scales(const std::vector<QuantParams>& asked_for,
                                                const std::vector<QuantParams>& in_use) {
    RaisedScales raised;
    for (std::size_t i = 0; i < in_use.size(); ++i) {
        const double times =
            static_cast<double>(in_use[i].scale) / static_cast<double>(asked_for[i].scale);
        if (times > 1.0) ++raised.scales;
        if (times > raised.times) {
            raised.farthest = i;
            raised.times = times;
        }
    }
    return raised;
}

/// One layer with weights.
struct LayerInspection {
    std::string name;
    bool quantized = false;
    std::size_t bytes = 0;  ///< as stored
    double sqnr_db = 0.0;   ///< of the reals behind the layer, all layers before it quantized too
    double harm = 0.0;
    RaisedScales raised = {};
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

namespace detail {

/// Most of the error comes from the layer, and there is enough of it to matter.
inline std::optional<Advice> dominant_layer(const LayerInspection& layer, std::size_t quantized,
                                            double sqnr_db) {
    if (!layer.quantized || quantized < threshold::dominated_layers ||
        sqnr_db >= threshold::harmless_db || layer.harm <= threshold::dominant_harm) {
        return {};
    }
    const bool shares_scale =
        layer.weights && layer.weights->scales == 1 && layer.weights->channels.size() > 1;
    return Advice{
        .condition = Condition::dominant_layer,
        .finding =
            drawing::per_cent(layer.harm) + " of the output's squared error comes from this layer",
        .remedy = "leave it in float, keep_float(\"" + layer.name + "\"), or give it more bits" +
                  (shares_scale ? " or a scale for each channel" : "")};
}

/// A bias that is some 2^31 of the steps that the weights ask for.
inline std::optional<Advice> raised_scales(const LayerInspection& layer) {
    const RaisedScales& raised = layer.raised;
    if (raised.scales == 0 || !layer.weights) return {};
    const std::size_t scales = layer.weights->scales;
    const bool shared = scales == 1;
    const std::string which =
        shared ? "their scale was raised"
               : std::to_string(raised.scales) + " of " + plural(scales, "scale") +
                     (raised.scales == 1 ? " was" : " were") + " raised, that of channel " +
                     std::to_string(raised.farthest);
    return Advice{
        .condition = Condition::raised_scales,
        .finding = "weights: " + which + " by the factor " + drawing::compact(raised.times) +
                   ", so that the bias fits its int32 sum; that leaves about " +
                   codes_left(layer.weights->use.grid(), raised.times) + " codes",
        .remedy = std::string(shared ? "a scale for each channel, PerChannel<0>, raises only those "
                                       "with a large bias"
                                     : "nothing is lost where the channel is meant to be its bias "
                                       "and little else") +
                  "; otherwise leave the layer in float, keep_float(\"" + layer.name + "\")",
        .channel = shared ? -1 : static_cast<Index>(raised.farthest)};
}

/// Whether raised scales explain it: all but a few codes without a value, steps wider than needed.
inline bool follows_from(const RaisedScales& raised, const Advice& advice) {
    return raised.scales > 0 &&
           (advice.condition == Condition::outlier_values ||
            advice.condition == Condition::dead_codes || advice.condition == Condition::wide_steps);
}

}  // namespace detail

/// Gathers the advice on every layer, and adds what only the whole network shows.
inline void advise(NetworkInspection& network) {
    const auto quantized = static_cast<std::size_t>(
        std::count_if(network.layers.begin(), network.layers.end(),
                      [](const LayerInspection& layer) { return layer.quantized; }));
    for (LayerInspection& layer : network.layers) {
        layer.advice.clear();
        for (std::optional<Advice> advice :
             {detail::dominant_layer(layer, quantized, network.sqnr_db),
              detail::raised_scales(layer)}) {
            if (advice) layer.advice.push_back(std::move(*advice));
        }
        const auto take = [&](const std::optional<TensorInspection>& seen, const char* subject) {
            if (!seen) return;
            for (Advice advice : seen->advice) {
                if (&seen == &layer.weights && detail::follows_from(layer.raised, advice)) continue;
                advice.finding = subject + (": " + advice.finding);
                layer.advice.push_back(std::move(advice));
            }
        };
        take(layer.weights, "weights");
        take(layer.input, "input");
    }
}

}  // namespace intact
