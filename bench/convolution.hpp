// One convolution as a network of ours runs it, and what it spends at its ends: floats come in
// PyTorch's order, are put in ours and quantized; the answers are put back.
//
// Shapes   images [batch, channel, y, x]
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/layer.hpp"
#include "bench/race.hpp"
#include "intact/nn/integer_network.hpp"
#include "intact/quantizers/quantizer.hpp"

namespace bench {

class Convolution {
public:
    explicit Convolution(const Layer& layer)
        : images_(layer.batch, layer.channels, layer.height, layer.width),
          network_(convert(layer, images_)),
          in_{layer.batch, layer.height, layer.width, layer.channels},
          out_{layer.batch, layer.out_length(layer.height), layer.out_length(layer.width),
               layer.out},
          reals_(static_cast<std::size_t>(std::max(in_.size(), out_.size()))) {}

    /// Floats to floats.
    [[nodiscard]] Run whole() const {
        return [this] { keep(network_(images_)); };
    }

    /// Brings floats into our order and back into the other.
    [[nodiscard]] Run reorder() {
        return [this] {
            intact::nn::load(intact::RealInput(images_).view(), {in_, reals_.data()});
            keep(intact::nn::to_matrix({out_, reals_.data()}));
        };
    }

private:
    using Images = Eigen::Tensor<float, 4, Eigen::RowMajor>;
    using Recipe =
        intact::StaticRecipe<intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>,
                             intact::AffineQuantizer<std::uint8_t>>;

    static intact::IntegerNetwork<Recipe> convert(const Layer& layer, Images& images) {
        images.setRandom();
        Images kernel(layer.out, layer.channels / layer.groups, layer.kernel, layer.kernel);
        kernel.setRandom();
        const Eigen::VectorXf bias = Eigen::VectorXf::Random(layer.out);
        const intact::Sequential net =
            intact::sequential(intact::Conv2d(kernel, bias,
                                              {.stride = layer.stride,
                                               .padding = layer.padding,
                                               .dilation = layer.dilation,
                                               .groups = layer.groups}));
        auto watched = intact::prepare<Recipe>(net);
        watched(images);
        return intact::convert(watched);
    }

    static void keep(const intact::FeatureMatrix& answer) {
        asm volatile("" : : "r"(answer.data()) : "memory");
    }

    Images images_;
    intact::IntegerNetwork<Recipe> network_;
    intact::nn::Shape in_;
    intact::nn::Shape out_;
    std::vector<float> reals_;
};

}  // namespace bench
