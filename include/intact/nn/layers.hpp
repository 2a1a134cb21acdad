// The layers of a network, as their users write them: float weights in PyTorch's order.
//
// Shapes   Linear: weights [out, in], bias [out]
//          Conv2d: kernel [out, in / groups, y, x], bias [out]
//          activations [batch, channel, y, x]
// Errors   std::invalid_argument  shapes that do not fit, options out of range
//
//   Conv2d(kernel, bias, {.stride = 2, .padding = 1}).named("stem")
#pragma once

#include <string>
#include <variant>

#include "intact/core/error.hpp"
#include "intact/core/tensor_view.hpp"

namespace intact {

namespace nn {

/// What every layer has: a name to speak of it.
template <class Derived>
struct Named {
    std::string name;  ///< empty: the network gives one, the kind with the index

    /// The same layer under another name.
    [[nodiscard]] Derived named(const std::string& new_name) const {
        Derived copy = static_cast<const Derived&>(*this);
        copy.name = new_name;
        return copy;
    }
};

}  // namespace nn

/// y = x * transpose(W) + b; b is 0 where none is given.
struct Linear : nn::Named<Linear> {
    Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> weights;
    Eigen::VectorXf bias;

    Linear(const Eigen::Ref<const Eigen::MatrixXf, 0,
                            Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>& new_weights,
           const Eigen::Ref<const Eigen::VectorXf>& new_bias)
        : weights(new_weights), bias(new_bias) {
        require(weights.size() > 0, "Linear", "there are no weights, expected [out, in]");
        require(bias.size() == weights.rows(), "Linear", "the bias does not fit, expected ",
                weights.rows(), " values, given ", bias.size());
    }
    explicit Linear(const Eigen::Ref<const Eigen::MatrixXf, 0,
                                     Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>& new_weights)
        : Linear(new_weights, Eigen::VectorXf::Zero(new_weights.rows())) {}
};

/// How a kernel moves over an image; the same in both directions.
struct Conv2dOptions {
    Index stride = 1;
    Index padding = 0;
    Index dilation = 1;
    Index groups = 1;
};

/// Cross-correlation of each image with each kernel, plus bias, which is 0 where none is given.
struct Conv2d : nn::Named<Conv2d> {
    Eigen::Tensor<float, 4, Eigen::RowMajor> kernel;
    Eigen::VectorXf bias;
    Conv2dOptions options;

    /// `new_kernel`: any tensor of four axes, row- or column-major.
    template <EigenObject X>
    Conv2d(const X& new_kernel, const Eigen::Ref<const Eigen::VectorXf>& new_bias,
           const Conv2dOptions& new_options = {})
        : kernel(row_major(new_kernel)), bias(new_bias), options(new_options) {
        require(kernel.size() > 0, "Conv2d",
                "the kernel is empty, expected [out, in / groups, y, x]");
        require(bias.size() == kernel.dimension(0), "Conv2d", "the bias does not fit, expected ",
                kernel.dimension(0), " values, given ", bias.size());
        require(
            options.stride > 0 && options.dilation > 0 && options.padding >= 0, "Conv2d",
            "an option is out of range, expected stride and dilation from 1 and padding from 0, "
            "given ",
            options.stride, ", ", options.dilation, " and ", options.padding);
        require(options.groups > 0 && kernel.dimension(0) % options.groups == 0, "Conv2d",
                "the output channels do not divide into the groups, expected a divisor of ",
                kernel.dimension(0), ", given ", options.groups);
    }
    template <EigenObject X>
    explicit Conv2d(const X& new_kernel, const Conv2dOptions& new_options = {})
        : Conv2d(new_kernel, Eigen::VectorXf::Zero(RealInput(new_kernel).view().shape[0]),
                 new_options) {}

private:
    template <EigenObject X>
    static Eigen::Tensor<float, 4, Eigen::RowMajor> row_major(const X& from) {
        const RealInput input(from);
        const auto& [data, rank, shape, strides] = input.view();
        require(rank == 4, "Conv2d",
                "the kernel has the wrong shape, expected [out, in / groups, "
                "y, x], given ",
                shape_text(input.view()));
        Eigen::Tensor<float, 4, Eigen::RowMajor> to(shape[0], shape[1], shape[2], shape[3]);
        float* next = to.data();
        for (Index o = 0; o < shape[0]; ++o) {
            for (Index c = 0; c < shape[1]; ++c) {
                for (Index y = 0; y < shape[2]; ++y) {
                    const float* row = data + o * strides[0] + c * strides[1] + y * strides[2];
                    for (Index x = 0; x < shape[3]; ++x) *next++ = row[x * strides[3]];
                }
            }
        }
        return to;
    }
};

/// max(x, 0).
struct Relu : nn::Named<Relu> {};

/// min(max(x, 0), 6).
struct Relu6 : nn::Named<Relu6> {};

/// The largest value of each size x size window.
struct MaxPool2d : nn::Named<MaxPool2d> {
    Index size;
    Index stride;

    /// Windows next to each other, or `new_stride` apart.
    explicit MaxPool2d(Index new_size, Index new_stride = 0)
        : size(new_size), stride(new_stride == 0 ? new_size : new_stride) {
        require(size > 0 && stride > 0, "MaxPool2d",
                "the window is out of range, expected size and stride from 1, given ", size,
                " and ", stride);
    }
};

/// The mean of each channel.
struct GlobalAveragePool : nn::Named<GlobalAveragePool> {};

/// [batch, channel, y, x] to [batch, channel * y * x].
struct Flatten : nn::Named<Flatten> {};

/// Any of the layers.
using Layer = std::variant<Linear, Conv2d, Relu, Relu6, MaxPool2d, GlobalAveragePool, Flatten>;

}  // namespace intact
