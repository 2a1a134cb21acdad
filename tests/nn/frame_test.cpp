#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "intact/nn/frame.hpp"

using namespace intact;

TEST_CASE("Frame: uint8 codes without padding are read in place") {
    const std::vector<std::uint8_t> image(24, 7);
    const nn::Frame<std::uint8_t> frame({1, 2, 3, 4}, 0, 9);
    CHECK(frame.of(image.data()) == image.data());
    CHECK(frame.shape() == nn::Shape{1, 2, 3, 4});
}

TEST_CASE("Frame: padding stands around the image, signed codes become canonical") {
    const auto check = [](auto first, Index height, Index width, Index channels, Index padding) {
        using T = decltype(first);
        const std::int32_t flip = std::is_signed_v<T> ? 128 : 0;
        const std::int32_t pad = first + 3;
        std::vector<T> image;
        for (Index i = 0; i < height * width * channels; ++i) {
            image.push_back(static_cast<T>(first + i * 37 % 256));
        }
        const nn::Frame<T> frame({5, height, width, channels}, padding, pad);
        REQUIRE(frame.shape() == nn::Shape{1, height + 2 * padding, width + 2 * padding, channels});
        for (int time = 0; time < 2; ++time) {  // the second image finds the place of the first
            const std::uint8_t* framed = frame.of(image.data());
            for (Index y = -padding; y < height + padding; ++y) {
                for (Index x = -padding; x < width + padding; ++x) {
                    const bool inside = 0 <= y && y < height && 0 <= x && x < width;
                    for (Index c = 0; c < channels; ++c) {
                        const auto at = static_cast<std::size_t>((y * width + x) * channels + c);
                        const std::int32_t code = inside ? image[at] : pad;
                        CHECK(std::int32_t{*framed++} == code + flip);
                    }
                }
            }
            for (T& code : image) code = static_cast<T>(code ^ 5);
        }
    };
    for (const Index width : {1, 3, 5, 8, 11}) {
        check(std::uint8_t{0}, 3, width, 1, 1);
        check(std::uint8_t{0}, 2, width, 5, 3);
        check(std::int8_t{-128}, 4, width, 2, 0);
        check(std::int8_t{-128}, 2, width, 3, 2);
    }
}
