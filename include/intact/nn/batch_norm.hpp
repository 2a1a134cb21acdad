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
#include "intact/simd/environment.hpp"

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

/// Folds `norm` into weights, one row an output channel, and bias. Not inlined, so that the
/// caller's floating-point environment guard covers it.
[[gnu::noinline]] inline void fold_into(float* weights, Index count, Eigen::VectorXf& bias,
                                        const BatchNorm& norm) {
    const Index channels = bias.size();
    const Eigen::ArrayXd factors = norm_factors(norm, channels).array();
    using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<Rows> rows(weights, channels, count / channels);
    rows = (factors.matrix().asDiagonal() * rows.cast<double>()).cast<float>();
    const Eigen::ArrayXd centred =
        bias.cast<double>().array() - norm.running_mean.cast<double>().array();
    bias = (centred * factors + norm.bias.cast<double>().array()).matrix().cast<float>();
}

}  // namespace detail

/// The convolution that does what `layer` and then `norm` do.
[[nodiscard]] inline Conv2d fold(const Conv2d& layer, const BatchNorm& norm) {
    const simd::DefaultEnvironment guard;
    Conv2d folded = layer;
    detail::fold_into(folded.kernel.data(), folded.kernel.size(), folded.bias, norm);
    return folded;
}

/// The linear layer that does what `layer` and then `norm` do.
[[nodiscard]] inline Linear fold(const Linear& layer, const BatchNorm& norm) {
    const simd::DefaultEnvironment guard;
    Linear folded = layer;
    detail::fold_into(folded.weights.data(), folded.weights.size(), folded.bias, norm);
    return folded;
}

}  // namespace intact
