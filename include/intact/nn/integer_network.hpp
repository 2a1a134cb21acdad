// A network in integers: what convert() makes of a calibrated one.
//
//   const auto int8 = convert(watched);
//   FeatureMatrix y = int8(x);
//
// Between integer layers only codes travel. A layer that stays in float is handed reals and hands
// on reals; codes are made again where the next integer layer begins.
//
// Shapes   as the float network
// Errors   std::invalid_argument  a batch that does not fit the layers
//          std::logic_error       convert() of a static recipe before any batch was observed
// Cost     allocates nothing but the answer once a thread has run it. Const: any number of threads
//          may run one network.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "intact/nn/code_stage.hpp"
#include "intact/nn/prepare.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

template <Recipe R>
class IntegerNetwork {
public:
    using Code = Storage<typename R::Activations::CodeType>;

    /// The output of the last layer, as reals.
    template <EigenObject X>
    [[nodiscard]] FeatureMatrix operator()(const X& x) const {
        FeatureMatrix last;
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        run(input.view(), [&](std::size_t i, const nn::CodeMap<Code>& map) {
            if (i == stages_.size()) last = map.reals();
        });
        return last;
    }

    /// The outputs of all stages as reals, in order.
    template <EigenObject X>
    [[nodiscard]] std::vector<FeatureMatrix> trace(const X& x) const {
        std::vector<FeatureMatrix> outputs;
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        run(input.view(), [&](std::size_t i, const nn::CodeMap<Code>& map) {
            if (i > 0) outputs.push_back(map.reals());
        });
        return outputs;
    }

    /// The stages, in order: their names and what they do.
    [[nodiscard]] const std::vector<nn::CodeStage<R>>& stages() const noexcept { return stages_; }

    /// Memory of weights, scales and biases as they are stored.
    [[nodiscard]] std::size_t bytes() const noexcept {
        std::size_t sum = 0;
        for (const nn::CodeStage<R>& stage : stages_) sum += stage.bytes();
        return sum;
    }

    template <Recipe Other>
    friend IntegerNetwork<Other> convert(const Watched<Other>& watched);

private:
    template <class Visit>
    [[gnu::noinline]] void run(const TensorView<const float>& x, Visit&& visit) const {
        nn::CodeMap<Code> map{.shape = nn::shape_of(x)};
        const bool in_place = !stages_.empty() && stages_.front().quantizes_input() &&
                              nn::lies_channels_last(x, map.shape);
        map.floats = x.data;
        if (!in_place) {
            float* floats = nn::scratch<float, 2>(map.shape.size());
            nn::load(x, {map.shape, floats});
            map.floats = floats;
        }
        visit(std::size_t{0}, map);
        for (std::size_t i = 0; i < stages_.size(); ++i) {
            map = i % 2 == 0 ? stages_[i].template run<0>(map) : stages_[i].template run<1>(map);
            visit(i + 1, map);
        }
    }

    std::vector<nn::CodeStage<R>> stages_;
};

/// The integer form of a calibrated network.
template <Recipe R>
[[nodiscard]] IntegerNetwork<R> convert(const Watched<R>& watched) {
    const simd::DefaultEnvironment guard;
    const Sequential& net = watched.net();
    const auto& stages = net.stages();
    constexpr bool is_static = R::mode == nn::Mode::static_ranges;

    // How the codes of each edge read: its own range, or the range of what was passed on.
    std::vector<nn::Edge> edges(stages.size() + 1);
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (watched.observes(i)) {
            require<std::logic_error>(!watched.edge(i).observers().empty(), "convert",
                                      "nothing was observed, expected the prepared network to be "
                                      "run on calibration data first");
            edges[i] = {watched.edge(i).params().front(), watched.edge(i).grid()};
        } else {
            edges[i] = {QuantParams{}, watched.edge(i).grid()};
            if (is_static) edges[i] = edges[i - 1];
        }
    }
    // Whether codes travel on each edge: the next layer that computes reads codes.
    std::vector<bool> codes(stages.size() + 1, is_static && !R::float_output);
    for (std::size_t i = stages.size(); i-- > 0;) {
        if (stages[i].work == nn::Work::weighted) {
            codes[i] = is_static && !watched.exception(i).in_float;
        } else {
            codes[i] = stages[i].work == nn::Work::average_pool ? is_static : codes[i + 1];
        }
    }

    IntegerNetwork<R> network;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        network.stages_.emplace_back(stages[i], net.layers()[stages[i].layer], watched.exception(i),
                                     edges[i], codes[i], edges[i + 1], codes[i + 1]);
    }
    return network;
}

}  // namespace intact
