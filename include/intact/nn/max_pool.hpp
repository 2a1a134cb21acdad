// Max pooling over one image of floats or codes: codes keep the order of the reals.
//
// Shapes   image [height, width, channels] to [out height, out width, channels]
// Cost     one read of each window, 16 bytes of channels at a time.
#pragma once

#include <algorithm>
#include <cstring>

#include "intact/nn/stage.hpp"

namespace intact::nn {

/// The windows of one pooling in memory: strides count values.
struct Windows {
    Index size;
    Index row_stride;
    Index pixel_stride;
};

/// The largest value of one channel of a window.
template <class T>
[[nodiscard]] T largest(const T* corner, const Windows& windows) {
    T best = *corner;
    for (Index ky = 0; ky < windows.size; ++ky) {
        for (Index kx = 0; kx < windows.size; ++kx) {
            best = std::max(best, corner[ky * windows.row_stride + kx * windows.pixel_stride]);
        }
    }
    return best;
}

#if defined(__GNUC__)
/// The same for the channels of one 16-byte vector.
template <class T>
void largest_vector(const T* corner, const Windows& windows, T* to) {
    using Vector [[gnu::vector_size(16)]] = T;
    Vector best;
    std::memcpy(&best, corner, sizeof(best));
    for (Index ky = 0; ky < windows.size; ++ky) {
        for (Index kx = 0; kx < windows.size; ++kx) {
            Vector other;
            std::memcpy(&other, corner + ky * windows.row_stride + kx * windows.pixel_stride,
                        sizeof(other));
            best = best > other ? best : other;
        }
    }
    std::memcpy(to, &best, sizeof(best));
}
#endif

/// The largest value of each window of each channel.
template <class T>
void max_pool(const Pool& pool, const Shape& in, const Shape& out, const T* image, T* to) {
    const Index channels = in.channels;
    const Windows windows{pool.size, in.width * channels, channels};
    const Index stride = pool.stride;
    for (Index y = 0; y < out.height; ++y) {
        const T* corner = image + y * stride * windows.row_stride;
        for (Index x = 0; x < out.width; ++x, corner += stride * channels, to += channels) {
            Index c = 0;
#if defined(__GNUC__)
            constexpr Index lanes = 16 / static_cast<Index>(sizeof(T));
            for (; c + lanes <= channels; c += lanes) largest_vector(corner + c, windows, to + c);
#endif
            for (; c < channels; ++c) to[c] = largest(corner + c, windows);
        }
    }
}

}  // namespace intact::nn
