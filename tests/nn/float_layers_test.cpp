// The float network against layers written as their definitions, and what it refuses.
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "definition.hpp"
#include "samples.hpp"

#include "intact/nn/feature_map.hpp"
#include "intact/nn/float_stage.hpp"
#include "intact/nn/geometry.hpp"
#include "intact/nn/layers.hpp"
#include "intact/nn/max_pool.hpp"
#include "intact/nn/sequential.hpp"
#include "intact/nn/stage.hpp"
#include "intact/nn/weighted.hpp"

using namespace intact;
using definition::Images;
using samples::Source;
using samples::Tensor;

namespace {

struct Case {
    Index batch, in, height, width, out, kernel_height, kernel_width;
    Conv2dOptions options;
};

struct Window {
    Index size, stride;
};

/// Strides, paddings, dilations, groups, depthwise, images that are not square, odd lengths of
/// sums.
const Case cases[] = {
    {2, 3, 5, 7, 4, 3, 3, {}},
    {1, 1, 1, 1, 1, 1, 1, {}},
    {3, 2, 6, 4, 5, 1, 1, {}},
    {2, 2, 6, 4, 5, 1, 1, {.stride = 2}},
    {2, 2, 6, 4, 5, 1, 1, {.padding = 1}},
    {2, 3, 5, 8, 17, 3, 2, {.stride = 2, .padding = 1}},
    {2, 1, 9, 5, 3, 2, 3, {.stride = 3, .padding = 2}},
    {1, 2, 9, 11, 3, 3, 3, {.padding = 2, .dilation = 2}},
    {1, 2, 9, 11, 3, 3, 3, {.stride = 2, .padding = 4, .dilation = 3}},
    {2, 4, 5, 4, 6, 3, 3, {.padding = 1, .groups = 2}},
    {2, 6, 4, 5, 9, 2, 2, {.dilation = 2, .groups = 3}},
    {2, 6, 4, 5, 6, 1, 1, {.groups = 2}},
    {2, 5, 6, 7, 5, 3, 3, {.padding = 1, .groups = 5}},
    {3, 19, 6, 3, 19, 3, 2, {.stride = 2, .padding = 1, .groups = 19}},
    {1, 3, 8, 8, 3, 3, 3, {.padding = 2, .dilation = 2, .groups = 3}},
    {2, 3, 4, 4, 6, 3, 3, {.padding = 1, .groups = 3}},  // two outputs a channel
    {2, 2, 3, 3, 2, 3, 3, {.padding = 3}},               // windows wholly in the padding
    {40, 8, 12, 12, 3, 5, 5, {}},                        // more images than one piece of work
};

/// The text of the exception that `work` throws, "" where it throws none.
template <class Work>
std::string refusal(Work work) {
    try {
        work();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

Images<double> convolved(const Tensor& x, const Conv2d& layer) {
    return definition::convolution(samples::images(x), samples::doubles(layer.kernel),
                                   layer.kernel.dimension(2), layer.kernel.dimension(3),
                                   samples::doubles(layer.bias), layer.options);
}

}  // namespace

TEST_CASE("Conv2d: every option equals the definition") {
    Source source(1);
    for (const Case& c : cases) {
        CAPTURE(c.out);
        CAPTURE(c.options.stride);
        CAPTURE(c.options.groups);
        const Tensor x = source.tensor(c.batch, c.in, c.height, c.width);
        const Conv2d layer(
            source.tensor(c.out, c.in / c.options.groups, c.kernel_height, c.kernel_width),
            source.vector(c.out), c.options);
        const Images<double> y = convolved(x, layer);
        CHECK(samples::equal(sequential(layer)(x), y));
        CHECK(samples::equal(sequential(layer, Relu())(x), definition::clamped(y, 0.0, 1e9)));
        CHECK(samples::equal(sequential(layer, Relu6())(x), definition::clamped(y, 0.0, 6.0)));
    }
}

TEST_CASE("Linear, Conv2d: without a bias it is 0") {
    const Eigen::MatrixXf w = Eigen::MatrixXf::Random(3, 4);
    CHECK(Linear(w).bias == Eigen::VectorXf::Zero(3));
    Eigen::Tensor<float, 4> kernel(5, 2, 3, 3);
    kernel.setRandom();
    CHECK(Conv2d(kernel).bias == Eigen::VectorXf::Zero(5));
    CHECK(Conv2d(kernel, {.stride = 2}).options.stride == 2);
}

TEST_CASE("Conv2d: kernels and batches of either storage order") {
    Source source(2);
    const Tensor x = source.tensor(2, 3, 5, 6);
    const Tensor kernel = source.tensor(4, 3, 2, 3);
    const Eigen::VectorXf bias = source.vector(4);
    const std::array<int, 4> reversed{3, 2, 1, 0};
    const Eigen::Tensor<float, 4> x_columns = x.swap_layout().shuffle(reversed);
    const Eigen::Tensor<float, 4> kernel_columns = kernel.swap_layout().shuffle(reversed);
    const FeatureMatrix y = sequential(Conv2d(kernel, bias))(x);
    CHECK(sequential(Conv2d(kernel_columns, bias))(x_columns) == y);
    CHECK(sequential(Conv2d(kernel * 1.0F, bias))(x + 0.0F) == y);
}

TEST_CASE("MaxPool2d: strides below, at and above the size, before and after the clamp") {
    Source source(3);
    for (const Index channels : {1, 4, 21}) {
        const Tensor x = source.tensor(2, channels, 7, 10);
        const Conv2d layer(source.tensor(channels, channels, 1, 1), source.vector(channels));
        for (const Window& window :
             {Window{2, 0}, {3, 1}, {2, 3}, {1, 2}, {3, 2}, {7, 1}, {1, 1}}) {
            const Index size = window.size;
            const Index stride = window.stride;
            const MaxPool2d pool(size, stride);
            CAPTURE(size);
            CAPTURE(stride);
            CHECK(samples::equal(sequential(pool)(x),
                                 definition::max_pool(samples::images(x), size, pool.stride)));
            const auto y = definition::clamped(
                definition::max_pool(convolved(x, layer), size, pool.stride), 0.0, 6.0);
            CHECK(samples::equal(sequential(layer, pool, Relu6())(x), y));
            CHECK(samples::equal(sequential(layer, Relu6(), pool)(x), y));
            if (y.height < 2 || y.width < 2) continue;
            CHECK(samples::equal(sequential(layer, pool, Relu6(), MaxPool2d(2))(x),
                                 definition::max_pool(y, 2, 2)));
        }
    }
}

TEST_CASE("GlobalAveragePool: the mean of each channel") {
    Source source(4);
    const Tensor x = source.tensor(3, 5, 4, 7);
    Images<double> mean = definition::pixel_sums(samples::images(x));
    for (double& value : mean.values) value /= 28.0;
    const FeatureMatrix y = sequential(GlobalAveragePool())(x);
    REQUIRE(y.cols() == 5);
    for (Index i = 0; i < y.size(); ++i) {
        CHECK(y.data()[i] ==
              doctest::Approx(mean.values[static_cast<std::size_t>(i)]).epsilon(1e-6));
    }
    const Tensor whole = source.tensor(3, 5, 4, 4);  // 16 pixels: exact
    Images<double> exact = definition::pixel_sums(samples::images(whole));
    for (double& value : exact.values) value /= 16.0;
    CHECK(samples::equal(sequential(GlobalAveragePool())(whole), exact));
}

TEST_CASE("Flatten: features come in the order channel, y, x") {
    Source source(5);
    const Tensor x = source.tensor(2, 3, 4, 5);
    CHECK(samples::equal(sequential(Flatten())(x), samples::images(x)));
    const FeatureMatrix w = source.matrix(7, 60);
    const Eigen::VectorXf b = source.vector(7);
    const Images<double> y =
        definition::convolution(definition::flattened(samples::images(x)), samples::doubles(w), 1,
                                1, samples::doubles(b), {});
    CHECK(samples::equal(sequential(Flatten(), Linear(w, b))(x), y));
    // The same batch as a matrix.
    const Eigen::Map<const FeatureMatrix> rows(x.data(), 2, 60);
    CHECK(samples::equal(sequential(Linear(w, b))(rows), y));
    CHECK(samples::equal(sequential(Flatten(), Linear(w, b))(rows), y));
    const Eigen::MatrixXf columns = rows;
    CHECK(samples::equal(sequential(Linear(Eigen::MatrixXf(w), b), Relu())(columns),
                         definition::clamped(y, 0.0, 1e9)));
}

TEST_CASE("Sequential: clamps and pooling alone, twice, and first in line") {
    Source source(6);
    const Tensor x = source.tensor(2, 3, 6, 6);
    const Images<double> in = samples::images(x);
    CHECK(samples::equal(sequential(Relu())(x), definition::clamped(in, 0.0, 1e9)));
    CHECK(samples::equal(sequential(Relu6(), Relu(), MaxPool2d(2), MaxPool2d(3))(x),
                         definition::max_pool(definition::clamped(in, 0.0, 6.0), 6, 6)));
    const Conv2d layer(source.tensor(4, 3, 1, 1), source.vector(4));
    CHECK(samples::equal(sequential(layer, Relu(), Relu6())(x),
                         definition::clamped(convolved(x, layer), 0.0, 6.0)));
    CHECK(samples::equal(sequential()(x), in));
}

TEST_CASE("Sequential: an empty batch gives an empty answer") {
    Source source(7);
    const auto net =
        sequential(Conv2d(source.tensor(4, 3, 3, 3), source.vector(4)), Relu(), MaxPool2d(2),
                   GlobalAveragePool(), Linear(source.matrix(5, 4), source.vector(5)));
    const FeatureMatrix y = net(Tensor(0, 3, 8, 8));
    CHECK(y.rows() == 0);
    CHECK(y.cols() == 5);
}

TEST_CASE("Sequential: layers have names, bytes and outputs one by one") {
    Source source(8);
    const auto net = sequential(Conv2d(source.tensor(4, 2, 3, 3), source.vector(4)).named("stem"),
                                Relu(), Flatten(), Linear(source.matrix(5, 16), source.vector(5)));
    REQUIRE(net.stages().size() == 3);
    CHECK(net.stages()[0].name == "stem");
    CHECK(net.stages()[1].name == "flatten_2");
    CHECK(net.stages()[2].name == "linear_3");
    CHECK(net.stages()[2].layer == 3);
    CHECK(net.bytes() == 4 * (4 * 2 * 9 + 4 + 5 * 16 + 5));
    const Tensor x = source.tensor(3, 2, 4, 4);
    const auto outputs = net.trace(x);
    REQUIRE(outputs.size() == 3);
    CHECK(outputs[0] == outputs[1]);
    CHECK(outputs[2] == net(x));
    CHECK(outputs[0].minCoeff() == 0.0F);
}

TEST_CASE("Sequential: batches that do not fit are refused, and say why") {
    Source source(9);
    const auto net = sequential(Conv2d(source.tensor(4, 2, 3, 3), source.vector(4)));
    CHECK(refusal([&] { (void)net(Tensor(1, 3, 8, 8)); }) ==
          "Conv2d: the input has the wrong number of channels, expected 2, given 3 channels of "
          "8 x 8");
    CHECK(refusal([&] { (void)net(Tensor(1, 2, 2, 8)); }) ==
          "Conv2d: the kernel is larger than the padded image, expected at least 3 x 3, given 2 "
          "channels of 2 x 8");
    CHECK(refusal([&] { (void)net(Eigen::Tensor<float, 3>(1, 2, 2)); }) ==
          "network: a batch has the wrong shape, expected [batch, features] or [batch, channel, "
          "y, x], given [1, 2, 2]");
    const auto linear = sequential(Linear(source.matrix(5, 4), source.vector(5)));
    CHECK(refusal([&] { (void)linear(FeatureMatrix(2, 5)); }) ==
          "Linear: the input has the wrong number of channels, expected 4, given 5 channels of "
          "1 x 1");
    CHECK(refusal([&] { (void)linear(Tensor(1, 4, 2, 1)); }) ==
          "Linear: the input is not flat, expected features (put Flatten() before it), given 4 "
          "channels of 2 x 1");
    CHECK(refusal([&] { (void)sequential(MaxPool2d(3))(Tensor(1, 1, 2, 5)); }) ==
          "MaxPool2d: the window is larger than the image, expected at least 3 x 3, given 1 "
          "channels of 2 x 5");
}

TEST_CASE("Layers: shapes and options that make no sense are refused") {
    Source source(10);
    const Tensor kernel = source.tensor(4, 2, 3, 3);
    const Eigen::VectorXf bias = source.vector(4);
    CHECK_THROWS_AS(Conv2d(kernel, source.vector(3)), std::invalid_argument);
    CHECK_THROWS_AS(Conv2d(Tensor(0, 2, 3, 3), Eigen::VectorXf()), std::invalid_argument);
    CHECK_THROWS_AS(Conv2d(Eigen::Tensor<float, 3>(4, 2, 3), bias), std::invalid_argument);
    CHECK_THROWS_AS(Conv2d(kernel, bias, {.stride = 0}), std::invalid_argument);
    CHECK_THROWS_AS(Conv2d(kernel, bias, {.padding = -1}), std::invalid_argument);
    CHECK_THROWS_AS(Conv2d(kernel, bias, {.dilation = 0}), std::invalid_argument);
    CHECK_THROWS_AS(Conv2d(kernel, bias, {.groups = 0}), std::invalid_argument);
    CHECK_THROWS_AS(Conv2d(kernel, bias, {.groups = 3}), std::invalid_argument);
    CHECK_THROWS_AS(Linear(source.matrix(4, 3), source.vector(3)), std::invalid_argument);
    CHECK_THROWS_AS(Linear(FeatureMatrix(0, 0), Eigen::VectorXf()), std::invalid_argument);
    CHECK_THROWS_AS(MaxPool2d(0), std::invalid_argument);
    CHECK_THROWS_AS(MaxPool2d(2, -1), std::invalid_argument);
}
