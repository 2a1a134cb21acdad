// A chain of layers in float.
//
//   auto net = sequential(Conv2d(k1, b1), Relu(), MaxPool2d(2), Flatten(), Linear(w2, b2));
//   FeatureMatrix y = net(x);     // x: [batch, channel, y, x] or [batch, features]
//
// Shapes   the answer is [batch, features], features in the order (channel, y, x).
// Errors   std::invalid_argument  a batch that does not fit the layers
// Cost     allocates nothing but the answer once a thread has run it.
#pragma once

#include <utility>
#include <vector>

#include "intact/nn/float_stage.hpp"

namespace intact {

class Sequential {
public:
    explicit Sequential(std::vector<Layer> layers)
        : layers_(std::move(layers)), stages_(nn::stages_of(layers_)) {
        for (const nn::Stage& stage : stages_) weights_.emplace_back(layers_[stage.layer]);
    }

    /// The output of the last layer.
    template <EigenObject X>
    [[nodiscard]] FeatureMatrix operator()(const X& x) const {
        FeatureMatrix last;
        const RealInput input(x);
        const nn::Shape shape = nn::shape_of(input.view());
        run(input.view(), [&](std::size_t i, const nn::FeatureMap<const float>& map) {
            if (i == stages_.size()) last = nn::to_matrix(map);
        });
        if (stages_.empty()) last.resize(shape.batch, shape.image_size());
        return last;
    }

    /// The outputs of all stages, in order.
    template <EigenObject X>
    [[nodiscard]] std::vector<FeatureMatrix> trace(const X& x) const {
        std::vector<FeatureMatrix> outputs;
        const RealInput input(x);
        run(input.view(), [&](std::size_t i, const nn::FeatureMap<const float>& map) {
            if (i > 0) outputs.push_back(nn::to_matrix(map));
        });
        return outputs;
    }

    /// Runs a batch and shows every edge: visit(0, input), then visit(i + 1, output of stage i).
    template <class Visit>
    [[gnu::noinline]] void run(const TensorView<const float>& x, Visit&& visit) const {
        nn::Shape shape = nn::shape_of(x);
        float* from = nn::scratch<float, 2>(shape.size());
        nn::load(x, {shape, from});
        visit(std::size_t{0}, nn::FeatureMap<const float>{shape, from});
        for (std::size_t i = 0; i < stages_.size(); ++i) {
            const nn::Shape next = stages_[i].output(shape);
            float* to = i % 2 == 0 ? nn::scratch<float, 3>(next.size())
                                   : nn::scratch<float, 2>(next.size());
            nn::run_float(stages_[i], weights_[i], {shape, from}, to);
            shape = next;
            from = to;
            visit(i + 1, nn::FeatureMap<const float>{shape, from});
        }
    }

    [[nodiscard]] const std::vector<Layer>& layers() const noexcept { return layers_; }
    [[nodiscard]] const std::vector<nn::Stage>& stages() const noexcept { return stages_; }

    /// Weights of stage i in the form that runs; empty where the stage has none.
    [[nodiscard]] const nn::FloatWeights& weights(std::size_t i) const { return weights_[i]; }

    /// Memory of weights and biases.
    [[nodiscard]] std::size_t bytes() const noexcept {
        std::size_t sum = 0;
        for (const nn::FloatWeights& weights : weights_) sum += weights.bytes();
        return sum;
    }

private:
    std::vector<Layer> layers_;
    std::vector<nn::Stage> stages_;
    std::vector<nn::FloatWeights> weights_;  // one a stage
};

/// A network of these layers, in this order.
template <class... Layers>
[[nodiscard]] Sequential sequential(Layers... layers) {
    static_assert((std::is_constructible_v<Layer, Layers> && ...),
                  "intact::sequential: an argument is no layer, expected Linear, Conv2d, Relu, "
                  "Relu6, MaxPool2d, GlobalAveragePool or Flatten");
    return Sequential(std::vector<Layer>{Layer(std::move(layers))...});
}

}  // namespace intact
