// Stages: the layers of a network grouped the way they run and are observed, a layer with weights
// together with the activation and the pooling that follow it.
//
//   Conv2d, Relu, MaxPool2d | Flatten | Linear, Relu | Linear
//
// Activations (all are clamps) and max pooling keep the order of values, so they commute with each
// other and with rounding to codes: the output of a stage is observed behind them, and they act on
// codes.
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "intact/gemm/activation.hpp"
#include "intact/nn/geometry.hpp"
#include "intact/nn/layers.hpp"

namespace intact::nn {

/// Max pooling; a window of one value is none.
struct Pool {
    Index size = 1;
    Index stride = 1;

    [[nodiscard]] bool pools() const noexcept { return size > 1 || stride > 1; }

    [[nodiscard]] Shape output(const Shape& in) const {
        if (!pools()) return in;
        if (in.height < size || in.width < size) {
            fail("MaxPool2d", "the window is larger than the image, expected at least ", size,
                 " x ", size, ", given ", text(in));
        }
        return {in.batch, (in.height - size) / stride + 1, (in.width - size) / stride + 1,
                in.channels};
    }
};

enum class Work {
    weighted,      ///< Linear or Conv2d
    average_pool,  ///< GlobalAveragePool
    flatten,       ///< Flatten
    none,          ///< an activation or a pooling on its own
};

struct Stage {
    std::string name;
    std::size_t layer = 0;  ///< index of its first layer in the network
    Work work = Work::none;
    Geometry geometry;  ///< of a weighted stage
    Activation activation = Activation::none;
    Pool pool;

    /// Shape before pooling.
    [[nodiscard]] Shape unpooled(const Shape& in) const {
        switch (work) {
            case Work::weighted:
                return geometry.output(in);
            case Work::average_pool:
                return {.batch = in.batch, .channels = in.channels};
            case Work::flatten:
                return {.batch = in.batch, .channels = in.image_size()};
            case Work::none:
                break;
        }
        return in;
    }
    [[nodiscard]] Shape output(const Shape& in) const { return pool.output(unpooled(in)); }
};

/// The name of a kind of layer, as in the code.
[[nodiscard]] inline std::string kind(const Layer& layer) {
    static constexpr const char* names[] = {"linear",     "conv2d",   "relu",   "relu6",
                                            "max_pool2d", "avg_pool", "flatten"};
    return names[layer.index()];
}

[[nodiscard]] inline Geometry geometry_of(const Linear& layer) {
    return {.out_channels = layer.weights.rows(),
            .in_channels = layer.weights.cols(),
            .options = {},
            .is_linear = true};
}

[[nodiscard]] inline Geometry geometry_of(const Conv2d& layer) {
    return {.out_channels = layer.kernel.dimension(0),
            .in_channels = layer.kernel.dimension(1),
            .height = layer.kernel.dimension(2),
            .width = layer.kernel.dimension(3),
            .options = layer.options};
}

/// Puts each activation and pooling to the stage before it where that has none yet.
[[nodiscard]] inline std::vector<Stage> stages_of(const std::vector<Layer>& layers) {
    std::vector<Stage> stages;
    const auto start = [&](std::size_t i, Work work) -> Stage& {
        const std::string& name = std::visit(
            [](const auto& layer) -> const std::string& { return layer.name; }, layers[i]);
        stages.push_back({.name = name.empty() ? kind(layers[i]) + "_" + std::to_string(i) : name,
                          .layer = i,
                          .work = work,
                          .geometry = {},
                          .activation = Activation::none,
                          .pool = {}});
        return stages.back();
    };
    const auto follows_weights = [&] {
        return !stages.empty() && stages.back().work == Work::weighted;
    };
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (const auto* linear = std::get_if<Linear>(&layers[i])) {
            start(i, Work::weighted).geometry = geometry_of(*linear);
        } else if (const auto* conv = std::get_if<Conv2d>(&layers[i])) {
            start(i, Work::weighted).geometry = geometry_of(*conv);
        } else if (const auto* pool = std::get_if<MaxPool2d>(&layers[i])) {
            const bool joins = follows_weights() && !stages.back().pool.pools();
            Stage& stage = joins ? stages.back() : start(i, Work::none);
            stage.pool = {pool->size, pool->stride};
        } else if (std::holds_alternative<GlobalAveragePool>(layers[i])) {
            start(i, Work::average_pool);
        } else if (std::holds_alternative<Flatten>(layers[i])) {
            start(i, Work::flatten);
        } else {
            const bool joins = follows_weights() && stages.back().activation == Activation::none;
            Stage& stage = joins ? stages.back() : start(i, Work::none);
            stage.activation =
                std::holds_alternative<Relu6>(layers[i]) ? Activation::relu6 : Activation::relu;
        }
    }
    return stages;
}

}  // namespace intact::nn
