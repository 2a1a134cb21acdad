// Where a kernel meets an image: sizes, and the rows of a convolution as a matrix product.
//
// A linear layer is a 1 x 1 convolution over one pixel, so both run through the same code.
//
// Shapes   images [height, width, channels]; columns [out y * out x, kernel y * kernel x *
// channels] Cost     columns() copies each value once for every weight that meets it; not called
// where the
//          image already has that form (1 x 1 kernels).
// Source   K. Chellapilla et al., "High Performance Convolutional Neural Networks for Document
//          Processing", 2006 (unrolling convolutions)
#pragma once

#include <algorithm>

#include "intact/core/error.hpp"
#include "intact/nn/feature_map.hpp"
#include "intact/nn/layers.hpp"

namespace intact::nn {

struct Geometry {
    Index out_channels = 0;
    Index in_channels = 0;  ///< of one group
    Index height = 1;       ///< of the kernel
    Index width = 1;
    Conv2dOptions options;
    bool is_linear = false;

    /// Length of each sum.
    [[nodiscard]] Index k() const noexcept { return in_channels * height * width; }
    [[nodiscard]] Index group_outputs() const noexcept { return out_channels / options.groups; }

    /// One input and one output channel a group: a product of matrices has nothing to offer.
    [[nodiscard]] bool is_depthwise() const noexcept {
        return in_channels == 1 && group_outputs() == 1 && options.groups > 1;
    }

    /// Whether the image itself is the matrix of columns.
    [[nodiscard]] bool in_place() const noexcept {
        return height == 1 && width == 1 && options.stride == 1 && options.padding == 0 &&
               options.groups == 1;
    }

    /// Shape of the outputs for inputs of that shape.
    [[nodiscard]] Shape output(const Shape& in) const {
        const char* where = is_linear ? "Linear" : "Conv2d";
        require(in.channels == in_channels * options.groups, where,
                "the input has the wrong number of channels, expected ",
                in_channels * options.groups, ", given ", text(in));
        require(!is_linear || in.pixels() == 1, where,
                "the input is not flat, expected features (put Flatten() before it), given ",
                text(in));
        const Shape out{in.batch, length(in.height, height), length(in.width, width), out_channels};
        require(out.height > 0 && out.width > 0, where,
                "the kernel is larger than the padded image, expected at least ", height, " x ",
                width, ", given ", text(in));
        return out;
    }

private:
    [[nodiscard]] Index length(Index image, Index kernel) const noexcept {
        const Index free = image + 2 * options.padding - options.dilation * (kernel - 1) - 1;
        return free < 0 ? 0 : free / options.stride + 1;
    }
};

/// Writes what the kernel of one group sees at each output pixel; `pad` stands in outside the
/// image.
template <class T>
void columns(const Geometry& geometry, const Shape& in, const Shape& out, const T* image,
             Index group, T pad, T* to) {
    const auto& [stride, padding, dilation, groups] = geometry.options;
    const Index channels = geometry.in_channels;
    const Index first_channel = group * channels;
    const bool dense = dilation == 1 && groups == 1;
    for (Index y = 0; y < out.height; ++y) {
        for (Index x = 0; x < out.width; ++x) {
            for (Index ky = 0; ky < geometry.height; ++ky) {
                const Index row = y * stride - padding + ky * dilation;
                const Index left = x * stride - padding;
                if (dense && 0 <= row && row < in.height && 0 <= left &&
                    left + geometry.width <= in.width) {
                    to = std::copy_n(image + (row * in.width + left) * channels,
                                     geometry.width * channels, to);
                    continue;
                }
                for (Index kx = 0; kx < geometry.width; ++kx) {
                    const Index column = left + kx * dilation;
                    const bool inside =
                        0 <= row && row < in.height && 0 <= column && column < in.width;
                    const T* pixel =
                        image + (row * in.width + column) * in.channels + first_channel;
                    to = inside ? std::copy_n(pixel, channels, to) : std::fill_n(to, channels, pad);
                }
            }
        }
    }
}

/// Kernel weights [out, in, y, x] in the order of columns(): [out, y, x, in].
template <class T>
void reorder(const Geometry& geometry, const T* from, T* to) {
    const Index pixels = geometry.height * geometry.width;
    for (Index o = 0; o < geometry.out_channels; ++o) {
        for (Index c = 0; c < geometry.in_channels; ++c) {
            for (Index p = 0; p < pixels; ++p) {
                to[(o * pixels + p) * geometry.in_channels + c] = *from++;
            }
        }
    }
}

}  // namespace intact::nn
