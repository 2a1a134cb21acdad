// An image of codes as the convolution kernels read it: canonical uint8, with the padding around
// it.
//
// Cost     none where there is no padding and the codes are uint8: the image is read in place;
//          else one copy of each image.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "intact/nn/geometry.hpp"

namespace intact::nn {

/// Copies exactly `count` codes, each exclusive-or `flip`.
inline void copy_codes(const std::uint8_t* from, Index count, std::uint8_t flip,
                       std::uint8_t* to) noexcept {
    const std::uint64_t flips = flip * 0x0101010101010101U;
    const auto copy_eight = [&](Index i) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, from + i, sizeof(eight));
        eight ^= flips;
        std::memcpy(to + i, &eight, sizeof(eight));
    };
    if (count < 8) {
        for (Index i = 0; i < count; ++i) to[i] = static_cast<std::uint8_t>(from[i] ^ flip);
        return;
    }
    for (Index i = 0; i + 8 <= count; i += 8) copy_eight(i);
    copy_eight(count - 8);  // the rest, and some once more
}

/// A place for one framed image after the other, in scratch memory of the calling thread.
template <class T>
class Frame {
public:
    /// Exclusive-or that makes a code canonical.
    static constexpr std::uint8_t flip = std::is_signed_v<T> ? 128 : 0;

    /// `pad` is the code, of type T, that stands around the image.
    Frame(const Shape& image, Index padding, std::int32_t pad)
        : image_(image),
          padding_(padding),
          shape_{1, image.height + 2 * padding, image.width + 2 * padding, image.channels} {
        if (in_place()) return;
        codes_ = scratch<std::uint8_t, 8>(shape_.size());
        std::fill_n(codes_, shape_.size(), static_cast<std::uint8_t>(pad + flip));
    }

    /// Of the image with its padding.
    [[nodiscard]] const Shape& shape() const noexcept { return shape_; }

    /// The framed image; void once the next one is made.
    [[nodiscard]] const std::uint8_t* of(const T* image) const noexcept {
        const auto* from = reinterpret_cast<const std::uint8_t*>(image);
        if (in_place()) return from;
        const Index row = image_.width * image_.channels;
        const Index stride = shape_.width * shape_.channels;
        std::uint8_t* to = codes_ + padding_ * (stride + shape_.channels);
        for (Index y = 0; y < image_.height; ++y, from += row, to += stride) {
            copy_codes(from, row, flip, to);
        }
        return codes_;
    }

private:
    [[nodiscard]] bool in_place() const noexcept { return padding_ == 0 && flip == 0; }

    Shape image_;
    Index padding_;
    Shape shape_;
    std::uint8_t* codes_ = nullptr;
};

}  // namespace intact::nn
