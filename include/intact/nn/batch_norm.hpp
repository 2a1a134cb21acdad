// Batch norm folding: a convolution or linear layer and the normalization behind it become one.
//
//   W' = W * gamma / sqrt(variance + epsilon)      per output channel
//   b' = (b - mean) * gamma / sqrt(variance + epsilon) + beta
//
// Errors   std::invalid_argument  channel counts that differ, a variance that is negative
// Source   S. Ioffe, C. Szegedy, 2015, https://arxiv.org/abs/1502.03167, section 3.1
#pragma once

#include <cmath>

#include "intact/nn/layers.hpp"

namespace intact {

/// The state of a trained normalization; names as in PyTorch: weight is gamma, bias is beta.
struct BatchNorm {
    Eigen::VectorXf weight;
    Eigen::VectorXf bias;
    Eigen::VectorXf running_mean;
    Eigen::VectorXf running_var;
    float epsilon = 1e-5F;
};

namespace detail {

/// gamma / sqrt(variance + epsilon) of each channel.
inline Eigen::VectorXd norm_factors(const BatchNorm& norm, Index channels) {
    require(norm.weight.size() == channels && norm.bias.size() == channels &&
                norm.running_mean.size() == channels && norm.running_var.size() == channels,
            "fold", "the normalization does not fit the layer, expected ", channels,
            " channels, given ", norm.weight.size());
    const double epsilon = static_cast<double>(norm.epsilon);
    require((norm.running_var.array() >= 0.0F).all() && epsilon > 0.0, "fold",
            "a variance is negative or epsilon is not positive, expected neither");
    return norm.weight.cast<double>().array() /
           (norm.running_var.cast<double>().array() + epsilon).sqrt();
}

inline Eigen::VectorXf folded_bias(const Eigen::VectorXf& bias, const BatchNorm& norm,
                                   const Eigen::VectorXd& factors) {
    const Eigen::ArrayXd centred =
        bias.cast<double>().array() - norm.running_mean.cast<double>().array();
    return (centred * factors.array() + norm.bias.cast<double>().array()).cast<float>();
}

}  // namespace detail

/// The convolution that does what `layer` and then `norm` do.
[[nodiscard]] inline Conv2d fold(const Conv2d& layer, const BatchNorm& norm) {
    const Index channels = layer.bias.size();
    const Eigen::VectorXd factors = detail::norm_factors(norm, channels);
    Conv2d folded = layer;
    using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<Rows> rows(folded.kernel.data(), channels, folded.kernel.size() / channels);
    rows = (factors.asDiagonal() * rows.cast<double>()).cast<float>();
    folded.bias = detail::folded_bias(layer.bias, norm, factors);
    return folded;
}

/// The linear layer that does what `layer` and then `norm` do.
[[nodiscard]] inline Linear fold(const Linear& layer, const BatchNorm& norm) {
    const Eigen::VectorXd factors = detail::norm_factors(norm, layer.bias.size());
    Linear folded = layer;
    folded.weights = (factors.asDiagonal() * layer.weights.cast<double>()).cast<float>();
    folded.bias = detail::folded_bias(layer.bias, norm, factors);
    return folded;
}

}  // namespace intact
