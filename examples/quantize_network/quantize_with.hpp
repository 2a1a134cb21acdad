// From a recipe, as a type, to a network in integers, as a value: what the files in recipes/ share.
#pragma once

#include <cstdint>
#include <vector>

#include "examples/quantize_network/integer_form.hpp"
#include "intact/nn/integer_network.hpp"
#include "intact/observers/histogram.hpp"

namespace example {

using WeightsPerTensor = intact::SymmetricQuantizer<std::int8_t>;
using WeightsPerChannel = intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>;

/// Activations in 8 bits whose range `Watch` chooses.
template <class Watch>
using Activations = intact::AffineQuantizer<std::uint8_t, intact::PerTensor, Watch>;

/// Weights per channel, activations in the range that a criterion chooses from their histogram.
template <class Clip>
using ByCriterion = intact::StaticRecipe<WeightsPerChannel, Activations<intact::Histogram<Clip>>>;

template <intact::Recipe R>
[[nodiscard]] IntegerForm quantize_with(const intact::Sequential& net,
                                        const std::vector<Batch>& calibration,
                                        const intact::Exceptions& exceptions) {
    auto watched = intact::prepare<R>(net, exceptions);
    if constexpr (R::mode == intact::nn::Mode::static_ranges) {
        for (const Batch& batch : calibration) watched(batch);
    }
    const auto network = intact::convert(watched);

    IntegerForm form{.run = [network](const Batch& batch) { return network(batch); },
                     .trace = [network](const Batch& batch) { return network.trace(batch); },
                     .bytes = network.bytes(),
                     .ranges = {}};
    for (std::size_t edge = 0; edge <= net.stages().size(); ++edge) {
        const auto& observers = watched.edge(edge).observers();
        form.ranges.push_back(observers.empty()
                                  ? intact::Range{}
                                  : observers.front().range(watched.edge(edge).grid()));
    }
    return form;
}

}  // namespace example
