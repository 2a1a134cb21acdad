// Folding: one layer does what it did together with the normalization behind it.
#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include "definition.hpp"
#include "samples.hpp"

#include "intact/nn/batch_norm.hpp"

using namespace intact;
using samples::Source;

namespace {

BatchNorm random_norm(Source& source, Index channels) {
    BatchNorm norm{source.vector(channels, false), source.vector(channels, false),
                   source.vector(channels, false), source.vector(channels, false)};
    norm.running_var = norm.running_var.cwiseAbs();
    norm.running_var[0] = 0.0F;  // epsilon alone
    return norm;
}

/// gamma / sqrt(variance + epsilon), and what is added behind it, in double.
std::pair<double, double> formula(const BatchNorm& norm, Index c, float bias) {
    const double factor =
        static_cast<double>(norm.weight[c]) /
        std::sqrt(static_cast<double>(norm.running_var[c]) + static_cast<double>(norm.epsilon));
    const double shift =
        (static_cast<double>(bias) - static_cast<double>(norm.running_mean[c])) * factor +
        static_cast<double>(norm.bias[c]);
    return {factor, shift};
}

}  // namespace

TEST_CASE("fold: weights and biases follow the formula, rounded once") {
    Source source(1);
    const Conv2d layer(source.tensor(6, 2, 3, 2, false), source.vector(6, false),
                       {.stride = 2, .padding = 1});
    const Linear linear(source.matrix(6, 7, false), source.vector(6, false));
    const BatchNorm norm = random_norm(source, 6);
    const Conv2d folded = fold(layer.named("stem"), norm);
    const Linear folded_linear = fold(linear, norm);
    CHECK(folded.name == "stem");
    CHECK(folded.options.stride == 2);
    for (Index c = 0; c < 6; ++c) {
        const auto [factor, shift] = formula(norm, c, layer.bias[c]);
        CHECK(folded.bias[c] == static_cast<float>(shift));
        CHECK(folded_linear.bias[c] == static_cast<float>(formula(norm, c, linear.bias[c]).second));
        for (Index i = 0; i < 12; ++i) {
            const float w = layer.kernel.data()[c * 12 + i];
            CHECK(folded.kernel.data()[c * 12 + i] ==
                  static_cast<float>(factor * static_cast<double>(w)));
        }
        for (Index i = 0; i < 7; ++i) {
            CHECK(folded_linear.weights(c, i) ==
                  static_cast<float>(factor * static_cast<double>(linear.weights(c, i))));
        }
    }
}

TEST_CASE("fold: a bias that nearly cancels the mean loses nothing") {
    Source source(2);
    Linear layer(source.matrix(1, 3, false), Eigen::VectorXf::Constant(1, 1e-6F));
    BatchNorm norm = random_norm(source, 1);
    norm.weight[0] = 1.0F;
    norm.bias[0] = 1.0F;
    norm.running_mean[0] = 1.0F;
    norm.running_var[0] = 1.0F;
    norm.epsilon = 1e-20F;
    CHECK(fold(layer, norm).bias[0] == 1e-6F);
}

TEST_CASE("fold: the folded network gives what the two layers give") {
    Source source(3);
    const Conv2d layer(source.tensor(5, 3, 3, 3, false), source.vector(5, false), {.padding = 1});
    BatchNorm norm = random_norm(source, 5);
    norm.running_var[0] = 0.3F;
    const samples::Tensor x = source.tensor(2, 3, 5, 5, false);
    const FeatureMatrix apart = sequential(layer)(x);
    const FeatureMatrix together = sequential(fold(layer, norm))(x);
    for (Index n = 0; n < 2; ++n) {
        for (Index i = 0; i < 125; ++i) {
            const auto [factor, shift] = formula(norm, i / 25, 0.0F);
            const double expected = factor * static_cast<double>(apart(n, i)) + shift;
            CHECK(static_cast<double>(together(n, i)) == doctest::Approx(expected).epsilon(1e-5));
        }
    }
}

TEST_CASE("fold: what does not fit or has a negative variance is refused") {
    Source source(4);
    const Linear layer(source.matrix(4, 3), source.vector(4));
    CHECK_THROWS_AS((void)fold(layer, random_norm(source, 5)), std::invalid_argument);
    BatchNorm norm = random_norm(source, 4);
    norm.running_mean.resize(3);
    CHECK_THROWS_AS((void)fold(layer, norm), std::invalid_argument);
    norm = random_norm(source, 4);
    norm.running_var[2] = -1e-3F;
    CHECK_THROWS_AS((void)fold(layer, norm), std::invalid_argument);
    norm.running_var[2] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS((void)fold(layer, norm), std::invalid_argument);
    norm = random_norm(source, 4);
    norm.epsilon = 0.0F;
    CHECK_THROWS_AS((void)fold(layer, norm), std::invalid_argument);
}
