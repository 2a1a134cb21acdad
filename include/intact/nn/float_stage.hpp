// The float form of a stage: what quantization is measured against, and what layers that stay in
// float run.
//
// Cost     convolutions are Eigen's matrix product over columns; depthwise ones are direct.
#pragma once

#include <algorithm>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/nn/weighted.hpp"

namespace intact::nn {

/// Weights of one stage in the order of columns(), and bias.
class FloatWeights {
public:
    FloatWeights() = default;

    explicit FloatWeights(const Layer& layer) {
        if (const auto* linear = std::get_if<Linear>(&layer)) {
            take(geometry_of(*linear), linear->weights.data(), linear->bias);
        } else if (const auto* conv = std::get_if<Conv2d>(&layer)) {
            take(geometry_of(*conv), conv->kernel.data(), conv->bias);
        }
    }

    [[nodiscard]] const Eigen::VectorXf& bias() const noexcept { return bias_; }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return (weights_.size() + static_cast<std::size_t>(bias_.size())) * sizeof(float);
    }

    /// The weights [out, y, x, in].
    [[nodiscard]] const float* data() const noexcept { return weights_.data(); }

private:
    void take(const Geometry& geometry, const float* weights, Eigen::VectorXf bias) {
        bias_ = std::move(bias);
        weights_.resize(static_cast<std::size_t>(geometry.out_channels * geometry.k()));
        reorder(geometry, weights, weights_.data());
    }

    std::vector<float> weights_;
    Eigen::VectorXf bias_;
};

/// Applies an activation in place.
inline void activate(Activation activation, float* values, Index count) {
    if (activation == Activation::none) return;
    for (Index i = 0; i < count; ++i) values[i] = values[i] < 0.0F ? 0.0F : values[i];
    if (activation == Activation::relu) return;
    for (Index i = 0; i < count; ++i) values[i] = values[i] > 6.0F ? 6.0F : values[i];
}

/// The product of a float stage: y = activation(columns * transpose(W) + b), W [out, y, x, in].
struct FloatProduct {
    const Geometry& geometry;
    const float* weights;
    const Eigen::VectorXf& bias;
    Activation activation;

    void operator()(Index group, const float* columns, Index rows, float* to, Index stride) const {
        using Matrix = Eigen::Map<const FeatureMatrix>;
        const Index outputs = geometry.group_outputs();
        const Index k = geometry.k();
        const Matrix own(weights + group * outputs * k, outputs, k);
        Eigen::Map<FeatureMatrix, 0, Eigen::OuterStride<>> out(to, rows, outputs,
                                                               Eigen::OuterStride<>(stride));
        // Eigen's product adds to what is there: with the bias there already it costs nothing.
        out.rowwise() = bias.segment(group * outputs, outputs).transpose();
        out.noalias() += Matrix(columns, rows, k) * own.transpose();
        if (stride == outputs) {
            activate(activation, to, rows * outputs);
        } else {
            for (Index i = 0; i < rows; ++i) activate(activation, to + i * stride, outputs);
        }
    }

    void depthwise(const float* image, const Shape& in, Index y, Index x, float* to) const {
        Eigen::Map<Eigen::ArrayXf> sums(to, in.channels);
        sums = bias.array();
        for_each_tap(geometry, in, image, y, x, [&](Index tap, const float* pixel) {
            sums += Eigen::Map<const Eigen::ArrayXf>(pixel, in.channels) *
                    Eigen::Map<const Eigen::ArrayXf, 0, Eigen::InnerStride<>>(
                        weights + tap, in.channels, Eigen::InnerStride<>(geometry.k()));
        });
        activate(activation, to, in.channels);
    }
};

/// Mean of each channel over all pixels: sums in double, the IEEE quotient.
inline void average_pool(const FeatureMap<const float>& in, float* out) {
    const Index pixels = in.shape.pixels();
    const Index channels = in.shape.channels;
    double* sums = scratch<double, 0>(channels);
    for (Index n = 0; n < in.shape.batch; ++n, out += channels) {
        std::fill_n(sums, channels, 0.0);
        const float* pixel = in.image(n);
        for (Index p = 0; p < pixels; ++p, pixel += channels) {
            for (Index c = 0; c < channels; ++c) sums[c] += static_cast<double>(pixel[c]);
        }
        for (Index c = 0; c < channels; ++c) {
            out[c] = static_cast<float>(exact_quotient(sums[c], static_cast<double>(pixels)));
        }
    }
}

/// Runs any stage in float from `in` to `out` (shape: stage.output(in.shape)).
inline void run_float(const Stage& stage, const FloatWeights& weights,
                      const FeatureMap<const float>& in, float* out) {
    switch (stage.work) {
        case Work::weighted:
            run_weighted(
                stage, in, 0.0F, out,
                FloatProduct{stage.geometry, weights.data(), weights.bias(), stage.activation});
            return;
        case Work::average_pool:
            average_pool(in, out);
            return;
        case Work::flatten:
            flatten(in, out);
            return;
        case Work::none:
            break;
    }
    const Shape pooled = stage.pool.output(in.shape);
    for (Index n = 0; n < in.shape.batch; ++n) {
        max_pool(stage.pool, in.shape, pooled, in.image(n), out + n * pooled.image_size());
    }
    activate(stage.activation, out, pooled.size());
}

}  // namespace intact::nn
