// Where a kernel meets an image: sizes, and the rows of a convolution as a matrix product.
//
// A linear layer is a 1 x 1 convolution over one pixel, so both run through the same code.
//
// Shapes   images [height, width, channels];
//          columns [out y * out x, kernel y * kernel x * channels]
// Cost     columns() copies each value once for every weight that meets it; not called where the
//          image already has that form (1 x 1 kernels).
// Source   K. Chellapilla et al., "High Performance Convolutional Neural Networks for Document
//          Processing", 2006 (unrolling convolutions)
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

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
        const Shape out{in.batch, length(in.height, height), length(in.width, width), out_channels};
        const bool fits = in.channels == in_channels * options.groups;
        if (!fits || (is_linear && in.pixels() != 1) || out.height == 0 || out.width == 0) {
            refuse(in);
        }
        return out;
    }

private:
    /// Says why images of that shape do not fit; apart, so that output() makes no text.
    [[noreturn, gnu::noinline, gnu::cold]] void refuse(const Shape& in) const {
        const char* where = is_linear ? "Linear" : "Conv2d";
        require(in.channels == in_channels * options.groups, where,
                "the input has the wrong number of channels, expected ",
                in_channels * options.groups, ", given ", text(in));
        require(!is_linear || in.pixels() == 1, where,
                "the input is not flat, expected features (put Flatten() before it), given ",
                text(in));
        fail(where, "the kernel is larger than the padded image, expected at least ", height, " x ",
             width, ", given ", text(in));
    }

    [[nodiscard]] Index length(Index image, Index kernel) const noexcept {
        const Index free = image + 2 * options.padding - options.dilation * (kernel - 1) - 1;
        return free < 0 ? 0 : free / options.stride + 1;
    }
};

/// Copies `count` values in whole vectors of 16 bytes: up to 15 bytes more than asked for.
template <class T>
[[nodiscard]] T* copy_run(const T* from, Index count, T* to) noexcept {
    const Index bytes = count * static_cast<Index>(sizeof(T));
    const auto* source = reinterpret_cast<const std::byte*>(from);
    auto* target = reinterpret_cast<std::byte*>(to);
    for (Index i = 0; i < bytes; i += 16) std::memcpy(target + i, source + i, 16);
    return to + count;
}

/// Writes what the kernel of one group sees at each output pixel; `pad` stands in outside the
/// image.
template <class T>
void columns(const Geometry& geometry, const Shape& in, const Shape& out, const T* image,
             Index group, T pad, T* to) {
    // Copies: stores through T* might change what a reference leads to.
    const auto [stride, padding, dilation, groups] = geometry.options;
    const Index height = in.height;
    const Index width = in.width;
    const Index pixel = in.channels;
    const Index channels = geometry.in_channels;
    const Index kernel_height = geometry.height;
    const Index kernel_width = geometry.width;
    const bool dense = dilation == 1 && groups == 1;
    image += group * channels;
    for (Index y = 0; y < out.height; ++y) {
        const Index top = y * stride - padding;
        const bool rows_inside = dense && 0 <= top && top + kernel_height <= height;
        for (Index x = 0; x < out.width; ++x) {
            const Index left = x * stride - padding;
            if (rows_inside && 0 <= left && left + kernel_width <= width) {
                const T* corner = image + (top * width + left) * pixel;
                for (Index ky = 0; ky < kernel_height; ++ky, corner += width * pixel) {
                    to = copy_run(corner, kernel_width * pixel, to);
                }
                continue;
            }
            for (Index ky = 0; ky < kernel_height; ++ky) {
                const Index row = top + ky * dilation;
                for (Index kx = 0; kx < kernel_width; ++kx) {
                    const Index column = left + kx * dilation;
                    const bool inside = 0 <= row && row < height && 0 <= column && column < width;
                    to = inside ? copy_run(image + (row * width + column) * pixel, channels, to)
                                : std::fill_n(to, channels, pad);
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
