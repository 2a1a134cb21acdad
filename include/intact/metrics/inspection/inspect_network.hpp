// Looks at a quantized network layer by layer: the error behind each layer, the harm that it does
// to the output, its weights and what it reads.
//
//   auto watched = prepare<MyRecipe>(net);
//   for (const auto& batch : calibration_set) watched(batch);
//   const auto int8 = convert(watched);
//   std::cout << inspect(watched, int8, test_set);
//
// Shapes   a test set is one batch, or a range of batches
// Errors   std::invalid_argument  no batch, or one that does not fit
// Cost     the network in integers once over the test set for every layer, and a few passes over
//          every activation
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "intact/metrics/error_measures.hpp"
#include "intact/metrics/inspection/inspect.hpp"
#include "intact/metrics/inspection/network_inspection.hpp"
#include "intact/metrics/report.hpp"
#include "intact/nn/integer_network.hpp"
#include "intact/nn/prepare.hpp"

namespace intact {

namespace detail {

/// The same network and observations, with stage `left` in float too.
template <Recipe R>
Watched<R> leaving_in_float(const Watched<R>& watched, std::size_t left) {
    const auto& stages = watched.net().stages();
    Exceptions exceptions;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (stages[i].work != nn::Work::weighted) continue;
        exceptions.push_back(watched.exception(i));
        exceptions.back().layer = stages[i].layer;
        exceptions.back().in_float = exceptions.back().in_float || i == left;
    }
    Watched<R> other(watched.net(), exceptions);
    other.set_edges(watched.edges());
    return other;
}

/// The edge whose values stage `stage` reads, before they were flattened.
template <Recipe R>
std::size_t edge_read_by(const Watched<R>& watched, std::size_t stage) {
    const auto& stages = watched.net().stages();
    std::size_t edge = stage;
    if (R::mode == nn::Mode::static_ranges) {
        while (edge > 0 && !watched.observes(edge)) --edge;
    } else {
        while (edge > 0 && stages[edge - 1].work == nn::Work::flatten) --edge;
    }
    return edge;
}

/// The weights of a stage under a quantizer, or under parameters that differ from what it asks for.
template <class W, class X>
void inspect_weights(LayerInspection& layer, const X& weights, W quantizer,
                     const std::vector<QuantParams>& in_use) {
    quantizer.observe(weights);
    if (!in_use.empty()) {
        layer.raised = raised_scales(quantizer.params(), in_use);
        quantizer.set_params(in_use);
    }
    Inspector<W> inspector(std::move(quantizer));
    inspector.template add<0>(weights);
    layer.weights = inspector.finish("weights of " + layer.name, TensorRole::weights);
}

/// The weights of an integer stage, given the layer it was made of.
template <Recipe R>
void inspect_weights(LayerInspection& made, const nn::CodeStage<R>& stage, const Layer& layer,
                     int bits) {
    using W = typename R::Weights;
    const W quantizer = bits == 0 ? W() : W::of_bits(bits);
    std::vector<QuantParams> in_use;
    if constexpr (R::raises_weight_scales && R::mode == nn::Mode::static_ranges) {
        in_use = stage.weight_params();
    }
    if (const auto* linear = std::get_if<Linear>(&layer)) {
        inspect_weights(made, linear->weights, quantizer, in_use);
    } else {
        inspect_weights(made, std::get<Conv2d>(layer).kernel, quantizer, in_use);
    }
}

/// One inspector for each edge that a quantized layer reads, after it has seen all batches.
template <Recipe R, class Batches>
auto inspect_edges(const Watched<R>& watched, const Batches& batches) {
    using Activations = typename R::Activations;
    const auto& stages = watched.net().stages();
    std::vector<std::optional<Inspector<Activations>>> inspectors(stages.size() + 1);
    if constexpr (R::mode == nn::Mode::weight_only) return inspectors;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (stages[i].work != nn::Work::weighted || watched.exception(i).in_float) continue;
        const std::size_t edge = edge_read_by(watched, i);
        const int bits = watched.exception(i).activation_bits;
        constexpr bool is_dynamic = R::mode == nn::Mode::dynamic;
        const Activations narrow = bits == 0 ? Activations() : Activations::of_bits(bits);
        inspectors[edge].emplace(is_dynamic ? narrow : watched.edge(edge));
        inspectors[edge]->is_dynamic = is_dynamic;
    }
    for (const auto& batch : batches) {
        const RealInput input(batch);
        watched.net().run(
            input.view(), [&](std::size_t edge, const nn::FeatureMap<const float>& map) {
                if (!inspectors[edge]) return;
                inspectors[edge]->template add<1>(Eigen::Map<const FeatureMatrix>(
                    map.data, map.shape.batch * map.shape.pixels(), map.shape.channels));
            });
    }
    return inspectors;
}

/// Squared error of the outputs of a network over all batches.
template <Recipe R, class Batches>
double output_error(const Sequential& net, const IntegerNetwork<R>& quantized,
                    const Batches& batches) {
    ErrorSums sums;
    for (const auto& batch : batches) add_errors(sums, net(batch), quantized(batch), "inspect");
    return sums.error;
}

}  // namespace detail

/// A calibrated network, what convert() made of it, and a test set.
template <Recipe R, class Batches>
[[nodiscard]] NetworkInspection inspect(const Watched<R>& watched, const IntegerNetwork<R>& integer,
                                        const Batches& batches) {
    if constexpr (EigenObject<Batches>) {
        const auto& batch = detail::evaluated(batches);
        return inspect(watched, integer, std::span(&batch, 1));
    } else {
        const Sequential& net = watched.net();
        const auto& stages = net.stages();
        const Report errors = report(net, integer, batches);
        NetworkInspection made{
            .layers = {},
            .sqnr_db = errors.layers.empty() ? 0.0 : errors.layers.back().sqnr_db,
            .float_bytes = errors.float_bytes,
            .bytes = errors.bytes};
        const double error = detail::output_error(net, integer, batches);
        const auto edges = detail::inspect_edges(watched, batches);
        for (std::size_t i = 0; i < stages.size(); ++i) {
            if (stages[i].work != nn::Work::weighted) continue;
            LayerInspection layer{.name = stages[i].name,
                                  .quantized = errors.layers[i].quantized,
                                  .bytes = errors.layers[i].bytes,
                                  .sqnr_db = errors.layers[i].sqnr_db,
                                  .harm = 0.0,
                                  .weights = {},
                                  .input = {},
                                  .advice = {}};
            if (layer.quantized) {
                const auto other = convert(detail::leaving_in_float(watched, i));
                const double rest = detail::output_error(net, other, batches);
                if (error > 0.0) layer.harm = 1.0 - rest / error;
                detail::inspect_weights(layer, integer.stages()[i], net.layers()[stages[i].layer],
                                        watched.exception(i).weight_bits);
                if (const auto& edge = edges[detail::edge_read_by(watched, i)]) {
                    layer.input =
                        edge->finish("input of " + stages[i].name, TensorRole::activations);
                }
            }
            made.layers.push_back(std::move(layer));
        }
        advise(made);
        return made;
    }
}

}  // namespace intact
