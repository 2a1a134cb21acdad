// Activations of a network in memory: channels-last, so that the values under one weight lie
// together.
//
// Shapes   [batch, height, width, channels] in memory; users see [batch, channel, y, x] tensors and
//          [batch, features] matrices, features in the order (channel, y, x).
// Errors   std::invalid_argument  tensors of another rank
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/core/tensor_view.hpp"
#include "intact/core/transpose.hpp"

namespace intact {

/// Floats [batch, features], the form in which networks answer.
using FeatureMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace nn {

struct Shape {
    Index batch = 0;
    Index height = 1;
    Index width = 1;
    Index channels = 0;

    [[nodiscard]] Index pixels() const noexcept { return height * width; }
    [[nodiscard]] Index image_size() const noexcept { return pixels() * channels; }
    [[nodiscard]] Index size() const noexcept { return batch * image_size(); }

    friend bool operator==(const Shape&, const Shape&) = default;
};

[[nodiscard]] inline std::string text(const Shape& shape) {
    return std::to_string(shape.channels) + " channels of " + std::to_string(shape.height) + " x " +
           std::to_string(shape.width);
}

/// Activations in somebody else's memory.
template <class T>
struct FeatureMap {
    Shape shape;
    T* data = nullptr;

    [[nodiscard]] T* image(Index i) const noexcept { return data + i * shape.image_size(); }
};

/// Bytes behind every scratch block that may be read and written: room for copies of whole vectors.
inline constexpr Index slack_bytes = 64;

/// Memory of the calling thread that grows to the largest use and is never given back: a network
/// that has run once allocates nothing more. One slot serves one purpose at a time.
template <class T, int Slot>
[[nodiscard]] T* scratch(Index count) {
    thread_local std::vector<T> memory;
    const auto needed = static_cast<std::size_t>(count) + slack_bytes / sizeof(T);
    if (memory.size() < needed) memory.resize(needed);
    return memory.data();
}

/// Shape of a batch given as a matrix [batch, features] or a tensor [batch, channel, y, x].
[[nodiscard]] inline Shape shape_of(const TensorView<const float>& x) {
    require(
        x.rank == 2 || x.rank == 4, "network",
        "a batch has the wrong shape, expected [batch, features] or [batch, channel, y, x], given ",
        shape_text(x));
    if (x.rank == 2) return {.batch = x.shape[0], .channels = x.shape[1]};
    return {x.shape[0], x.shape[2], x.shape[3], x.shape[1]};
}

/// Whether a batch of that shape lies channels-last already, without gaps.
[[nodiscard]] inline bool lies_channels_last(const TensorView<const float>& x, const Shape& shape) {
    const auto steps = [](Index count, Index stride, Index expected) {
        return count == 1 || stride == expected;
    };
    const bool flat = x.rank == 2;
    return steps(shape.channels, x.strides[1], 1) &&
           (flat || steps(shape.width, x.strides[3], shape.channels)) &&
           (flat || steps(shape.height, x.strides[2], shape.width * shape.channels)) &&
           steps(shape.batch, x.strides[0], shape.image_size());
}

/// Copies a batch into channels-last memory.
inline void load(const TensorView<const float>& x, const FeatureMap<float>& to) {
    const Shape& shape = to.shape;
    const bool flat = x.rank == 2;
    const Index step_c = x.strides[1];
    const Index step_y = flat ? 0 : x.strides[2];
    const Index step_x = flat ? 0 : x.strides[3];
    float* out = to.data;
    for (Index n = 0; n < shape.batch; ++n) {
        for (Index y = 0; y < shape.height; ++y) {
            for (Index column = 0; column < shape.width; ++column) {
                const float* from = x.data + n * x.strides[0] + y * step_y + column * step_x;
                for (Index c = 0; c < shape.channels; ++c) *out++ = from[c * step_c];
            }
        }
    }
}

/// Reorders each image from (y, x, channel) to (channel, y, x).
template <class T>
void flatten(const FeatureMap<const T>& from, T* to) {
    const Shape& shape = from.shape;
    for (Index n = 0; n < shape.batch; ++n, to += shape.image_size()) {
        transpose(from.image(n), shape.pixels(), shape.channels, shape.channels, to,
                  shape.pixels());
    }
}

/// The features of each image in the order (channel, y, x).
[[nodiscard]] inline FeatureMatrix to_matrix(const FeatureMap<const float>& map) {
    FeatureMatrix features(map.shape.batch, map.shape.image_size());
    flatten(map, features.data());
    return features;
}

}  // namespace nn
}  // namespace intact
