// The two trained networks, read from their folders.
//
// Shapes   input [batch, 1, 28, 28], pixel / 255; output [batch, 10], before softmax
// Errors   std::runtime_error     a file that is missing or broken, or holds another shape
//          std::invalid_argument  layers that do not fit one another
#pragma once

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

#include <Eigen/Core>
#include <unsupported/Eigen/CXX11/Tensor>

#include "examples/quantize_network/npy.hpp"
#include "intact/core/error.hpp"
#include "intact/nn/sequential.hpp"

namespace example {

namespace detail {

/// The array of a file, which must have `rank` dimensions.
[[nodiscard]] inline Array read_array(const std::filesystem::path& path, std::size_t rank) {
    Array array = read_npy(path);
    intact::require<std::runtime_error>(array.shape.size() == rank, path.string().c_str(),
                                        "has another rank, expected ", rank, " dimensions, given ",
                                        array.shape.size());
    return array;
}

[[nodiscard]] inline Eigen::VectorXf read_bias(const std::filesystem::path& folder,
                                               const std::string& layer) {
    const Array array = read_array(folder / (layer + ".b.npy"), 1);
    return Eigen::Map<const Eigen::VectorXf>(array.values.data(),
                                             static_cast<Eigen::Index>(array.values.size()));
}

[[nodiscard]] inline intact::FeatureMatrix read_matrix(const std::filesystem::path& path) {
    const Array array = read_array(path, 2);
    return Eigen::Map<const intact::FeatureMatrix>(array.values.data(),
                                                   static_cast<Eigen::Index>(array.shape[0]),
                                                   static_cast<Eigen::Index>(array.shape[1]));
}

[[nodiscard]] inline intact::Linear read_linear(const std::filesystem::path& folder,
                                                const std::string& layer) {
    return intact::Linear(read_matrix(folder / (layer + ".W.npy")), read_bias(folder, layer))
        .named(layer);
}

[[nodiscard]] inline intact::Conv2d read_conv(const std::filesystem::path& folder,
                                              const std::string& layer,
                                              const intact::Conv2dOptions& options = {}) {
    const Array array = read_array(folder / (layer + ".W.npy"), 4);
    const auto size = [&](std::size_t axis) {
        return static_cast<Eigen::Index>(array.shape[axis]);
    };
    Eigen::Tensor<float, 4, Eigen::RowMajor> kernel(size(0), size(1), size(2), size(3));
    std::copy(array.values.begin(), array.values.end(), kernel.data());
    return intact::Conv2d(std::move(kernel), read_bias(folder, layer), options).named(layer);
}

}  // namespace detail

/// Two convolutions and two linear layers: 56,714 parameters.
[[nodiscard]] inline intact::Sequential plain_network(const std::filesystem::path& folder) {
    using namespace intact;
    const auto conv = [&](const char* layer) { return detail::read_conv(folder, layer); };
    const auto linear = [&](const char* layer) { return detail::read_linear(folder, layer); };
    return sequential(conv("c1"), Relu(), MaxPool2d(2),  //
                      conv("c2"), Relu(), MaxPool2d(2),  //
                      Flatten(), linear("fc1"), Relu(), linear("fc2"));
}

/// Each convolution split into one that sees single channels (d) and one that mixes them (p):
/// 2,714 parameters, and weights that differ much from channel to channel.
[[nodiscard]] inline intact::Sequential depthwise_network(const std::filesystem::path& folder) {
    using namespace intact;
    const auto conv = [&](const char* layer, const Conv2dOptions& options) {
        return detail::read_conv(folder, layer, options);
    };
    return sequential(conv("c0", {.stride = 2, .padding = 1}), Relu6(),                //
                      conv("d1", {.padding = 1, .groups = 8}), Relu6(),                //
                      conv("p1", {}), Relu6(),                                         //
                      conv("d2", {.stride = 2, .padding = 1, .groups = 16}), Relu6(),  //
                      conv("p2", {}), Relu6(),                                         //
                      conv("d3", {.padding = 1, .groups = 32}), Relu6(),               //
                      conv("p3", {}), Relu6(),                                         //
                      GlobalAveragePool(), Flatten(), detail::read_linear(folder, "fc"));
}

}  // namespace example
