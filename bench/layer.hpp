// Layers as a user names them on a command line, and the product that each one comes down to.
//
//   linear M K N                                         M rows of K features to N features
//   conv2d BATCH CHANNELS HEIGHT WIDTH OUT KERNEL        images to OUT channels, the kernel square
//          [stride=1] [padding=0] [dilation=1] [groups=1]
//
// Shapes   images [batch, y, x, channel]; rows of patches [out y * out x, kernel y * x * channel]
// Errors   std::invalid_argument  a word that is none of these, a size that does not fit
#pragma once

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/shapes.hpp"

namespace bench {

struct Layer {
    std::string title;
    bool is_convolution = false;
    std::ptrdiff_t batch = 1;
    std::ptrdiff_t channels = 0;
    std::ptrdiff_t height = 1;
    std::ptrdiff_t width = 1;
    std::ptrdiff_t out = 0;
    std::ptrdiff_t kernel = 1;
    std::ptrdiff_t stride = 1;
    std::ptrdiff_t padding = 0;
    std::ptrdiff_t dilation = 1;
    std::ptrdiff_t groups = 1;

    [[nodiscard]] std::ptrdiff_t out_length(std::ptrdiff_t length) const noexcept {
        const std::ptrdiff_t room = length + 2 * padding - dilation * (kernel - 1) - 1;
        return room < 0 ? 0 : room / stride + 1;
    }
    /// The product of one group.
    [[nodiscard]] Shape shape() const noexcept {
        return {batch * out_length(height) * out_length(width), kernel * kernel * channels / groups,
                out / groups};
    }
    [[nodiscard]] std::ptrdiff_t inputs() const noexcept {
        return batch * height * width * channels;
    }
    /// Whether the images themselves are the rows of the product.
    [[nodiscard]] bool lies_as_rows() const noexcept {
        return kernel == 1 && stride == 1 && padding == 0 && groups == 1;
    }
    /// Whether each channel has a kernel of its own.
    [[nodiscard]] bool is_depthwise() const noexcept {
        return groups > 1 && channels == groups && out == groups;
    }

    /// Calls visit(output, tap, pixel) for every pixel that the kernel sees, of all images.
    template <class Visit>
    void for_each_tap(Visit&& visit) const {
        const std::ptrdiff_t outputs = out_length(height) * out_length(width);
        for (std::ptrdiff_t output = 0; output < batch * outputs; ++output) {
            const std::ptrdiff_t at = output % outputs;
            const std::ptrdiff_t top = at / out_length(width) * stride - padding;
            const std::ptrdiff_t left = at % out_length(width) * stride - padding;
            for (std::ptrdiff_t tap = 0; tap < kernel * kernel; ++tap) {
                const std::ptrdiff_t y = top + tap / kernel * dilation;
                const std::ptrdiff_t x = left + tap % kernel * dilation;
                if (y < 0 || y >= height || x < 0 || x >= width) continue;
                visit(output, tap, (output / outputs * height + y) * width + x);
            }
        }
    }

    /// Copies what the kernel sees of the first group at each pixel to a row of `patches`. Both
    /// sides have 15 bytes to spare at their end.
    template <class T>
    void gather(const T* images, T* patches) const {
        const std::ptrdiff_t run = channels / groups;
        const bool is_dense = dilation == 1 && groups == 1;
        for (std::ptrdiff_t i = 0; i < batch; ++i, images += height * width * channels) {
            for (std::ptrdiff_t at = 0; at < out_length(height) * out_length(width); ++at) {
                const std::ptrdiff_t top = at / out_length(width) * stride - padding;
                const std::ptrdiff_t left = at % out_length(width) * stride - padding;
                for (std::ptrdiff_t y = 0; y < kernel; ++y) {
                    const std::ptrdiff_t row = top + y * dilation;
                    const bool has_row = 0 <= row && row < height;
                    const T* from = images + (row * width + left) * channels;
                    if (has_row && is_dense && 0 <= left && left + kernel <= width) {
                        patches = copy_run(from, kernel * channels, patches);
                        continue;
                    }
                    for (std::ptrdiff_t x = 0; x < kernel; ++x) {
                        const std::ptrdiff_t column = left + x * dilation;
                        const bool is_inside = has_row && 0 <= column && column < width;
                        patches = is_inside ? copy_run(from + x * dilation * channels, run, patches)
                                            : std::fill_n(patches, run, T{});
                    }
                }
            }
        }
    }

private:
    /// Copies whole pieces of 16 bytes, which costs less than to ask for the length.
    template <class T>
    static T* copy_run(const T* from, std::ptrdiff_t count, T* to) {
        const auto bytes = static_cast<std::size_t>(count) * sizeof(T);
        const auto* source = reinterpret_cast<const char*>(from);
        auto* target = reinterpret_cast<char*>(to);
        for (std::size_t i = 0; i < bytes; i += 16) std::memcpy(target + i, source + i, 16);
        return to + count;
    }
};

namespace detail {

[[nodiscard]] inline std::ptrdiff_t size_in(const std::string& what, const std::string& word,
                                            bool may_be_zero = false) {
    if (may_be_zero && word == "0") return 0;
    const auto count = count_in(word);
    if (!count) {
        throw std::invalid_argument(what + " is no size, expected 1 to " + std::to_string(1 << 20) +
                                    ", given " + word);
    }
    return *count;
}

inline void check(const Layer& layer) {
    if (layer.channels % layer.groups != 0 || layer.out % layer.groups != 0) {
        throw std::invalid_argument(
            layer.title + ": the groups do not divide the channels, given " +
            std::to_string(layer.channels) + " to " + std::to_string(layer.out) + " channels in " +
            std::to_string(layer.groups) + " groups");
    }
    if (layer.shape().m == 0) {
        throw std::invalid_argument(layer.title + ": the kernel is larger than the padded image");
    }
    const Shape shape = layer.shape();
    const double most = 1 << 28;
    const auto size = [](std::ptrdiff_t a, std::ptrdiff_t b) {
        return static_cast<double>(a) * static_cast<double>(b);
    };
    if (std::max({size(shape.m, shape.k), size(shape.k, shape.n), size(shape.m, shape.n),
                  static_cast<double>(layer.inputs())}) > most) {
        throw std::invalid_argument(layer.title + ": too large to measure, expected matrices of " +
                                    "at most 2^28 elements");
    }
}

}  // namespace detail

/// The layers that `words` name, one after another.
[[nodiscard]] inline std::vector<Layer> layers_in(const std::vector<std::string>& words) {
    std::vector<Layer> layers;
    for (std::size_t i = 0; i < words.size();) {
        const std::string& kind = words[i];
        if (kind != "linear" && kind != "conv2d") {
            throw std::invalid_argument("no such layer, expected linear or conv2d, given " + kind);
        }
        const bool is_linear = kind == "linear";
        const std::size_t sizes = is_linear ? 3 : 6;
        if (words.size() - i - 1 < sizes) {
            throw std::invalid_argument(
                kind + " wants " +
                (is_linear ? "M K N" : "BATCH CHANNELS HEIGHT WIDTH OUT KERNEL") + ", given " +
                std::to_string(words.size() - i - 1) + " words");
        }
        Layer layer{.title = kind, .is_convolution = !is_linear};
        std::ptrdiff_t* const linear[] = {&layer.batch, &layer.channels, &layer.out};
        std::ptrdiff_t* const conv2d[] = {&layer.batch, &layer.channels, &layer.height,
                                          &layer.width, &layer.out,      &layer.kernel};
        for (std::size_t j = 0; j < sizes; ++j) {
            *(is_linear ? linear[j] : conv2d[j]) =
                detail::size_in("an argument of " + kind, words[i + 1 + j]);
        }
        std::size_t end = i + 1 + sizes;
        for (; !is_linear && end < words.size() && words[end].find('=') != std::string::npos;
             ++end) {
            const std::string option = words[end].substr(0, words[end].find('='));
            const std::string value = words[end].substr(option.size() + 1);
            std::ptrdiff_t* to = option == "stride"     ? &layer.stride
                                 : option == "padding"  ? &layer.padding
                                 : option == "dilation" ? &layer.dilation
                                 : option == "groups"   ? &layer.groups
                                                        : nullptr;
            if (to == nullptr) {
                throw std::invalid_argument(
                    "conv2d has no such option, expected stride, padding, dilation or groups, "
                    "given " +
                    option);
            }
            *to = detail::size_in(option, value, to == &layer.padding);
        }
        for (std::size_t j = i + 1; j < end; ++j) layer.title += " " + words[j];
        detail::check(layer);
        layers.push_back(layer);
        i = end;
    }
    return layers;
}

}  // namespace bench
