// Layers written as their definitions: nested loops over [batch, channel, y, x], for reals (double)
// and for codes less their zero points (int64).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "intact/nn/layers.hpp"

namespace definition {

using intact::Index;

template <class T>
struct Images {
    Index batch = 0;
    Index channels = 0;
    Index height = 1;
    Index width = 1;
    std::vector<T> values;

    Images(Index n, Index c, Index h, Index w, T value = T())
        : batch(n),
          channels(c),
          height(h),
          width(w),
          values(static_cast<std::size_t>(n * c * h * w), value) {}

    T& operator()(Index n, Index c, Index y, Index x) {
        return values[static_cast<std::size_t>(((n * channels + c) * height + y) * width + x)];
    }
    const T& operator()(Index n, Index c, Index y, Index x) const {
        return const_cast<Images&>(*this)(n, c, y, x);
    }
};

/// Cross-correlation: weights [out, in / groups, kh, kw] in row-major order, a start for each sum.
template <class T>
Images<T> convolution(const Images<T>& in, const std::vector<T>& weights, Index kernel_height,
                      Index kernel_width, const std::vector<T>& starts,
                      const intact::Conv2dOptions& options) {
    const auto [stride, padding, dilation, groups] = options;
    const Index out_channels = static_cast<Index>(starts.size());
    const Index group_in = in.channels / groups;
    const Index group_out = out_channels / groups;
    const Index height =
        (in.height + 2 * padding - dilation * (kernel_height - 1) - 1) / stride + 1;
    const Index width = (in.width + 2 * padding - dilation * (kernel_width - 1) - 1) / stride + 1;
    Images<T> out(in.batch, out_channels, height, width);
    for (Index n = 0; n < in.batch; ++n) {
        for (Index o = 0; o < out_channels; ++o) {
            for (Index y = 0; y < height; ++y) {
                for (Index x = 0; x < width; ++x) {
                    T sum = starts[static_cast<std::size_t>(o)];
                    for (Index c = 0; c < group_in; ++c) {
                        for (Index ky = 0; ky < kernel_height; ++ky) {
                            for (Index kx = 0; kx < kernel_width; ++kx) {
                                const Index row = y * stride - padding + ky * dilation;
                                const Index column = x * stride - padding + kx * dilation;
                                if (row < 0 || row >= in.height) continue;
                                if (column < 0 || column >= in.width) continue;
                                const Index tap =
                                    ((o * group_in + c) * kernel_height + ky) * kernel_width + kx;
                                sum += in(n, o / group_out * group_in + c, row, column) *
                                       weights[static_cast<std::size_t>(tap)];
                            }
                        }
                    }
                    out(n, o, y, x) = sum;
                }
            }
        }
    }
    return out;
}

template <class T>
Images<T> max_pool(const Images<T>& in, Index size, Index stride) {
    Images<T> out(in.batch, in.channels, (in.height - size) / stride + 1,
                  (in.width - size) / stride + 1);
    for (Index n = 0; n < out.batch; ++n) {
        for (Index c = 0; c < out.channels; ++c) {
            for (Index y = 0; y < out.height; ++y) {
                for (Index x = 0; x < out.width; ++x) {
                    T most = in(n, c, y * stride, x * stride);
                    for (Index i = 0; i < size * size; ++i) {
                        most =
                            std::max(most, in(n, c, y * stride + i / size, x * stride + i % size));
                    }
                    out(n, c, y, x) = most;
                }
            }
        }
    }
    return out;
}

template <class T>
Images<T> clamped(Images<T> in, T low, T high) {
    for (T& value : in.values) value = std::clamp(value, low, high);
    return in;
}

/// Sum of each channel over its pixels.
template <class T>
Images<T> pixel_sums(const Images<T>& in) {
    Images<T> out(in.batch, in.channels, 1, 1);
    for (std::size_t i = 0; i < in.values.size(); ++i) {
        out.values[i / static_cast<std::size_t>(in.height * in.width)] += in.values[i];
    }
    return out;
}

template <class T>
Images<T> flattened(Images<T> in) {
    in.channels *= in.height * in.width;
    in.height = in.width = 1;
    return in;
}

}  // namespace definition
