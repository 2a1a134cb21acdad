// A small grey picture as a data address, so that a page carries its images inside.
//
// The format is BMP with a palette: no compression, no checksum, understood by every browser.
//
// Source   Microsoft, "Bitmap Storage": BITMAPFILEHEADER, BITMAPINFOHEADER
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// A grey image, row-major from the top; 0 is shown white and 255 black, like ink on paper.
struct GreyImage {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::uint8_t> pixels;
};

[[nodiscard]] inline std::string base64(const std::vector<std::uint8_t>& bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t present = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            three = (three << 8) | (k < present ? std::uint32_t{bytes[i + k]} : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            text += k <= present ? digits[(three >> (18 - 6 * k)) & 63U] : '=';
        }
    }
    return text;
}

/// The whole image file.
[[nodiscard]] inline std::vector<std::uint8_t> bmp(const GreyImage& image) {
    constexpr std::size_t palette = 256;
    constexpr std::size_t header = 14 + 40 + 4 * palette;
    const std::size_t stride = (image.columns + 3) / 4 * 4;
    std::vector<std::uint8_t> file;
    const auto put = [&file](std::size_t value, int bytes) {
        for (int k = 0; k < bytes; ++k, value >>= 8) {
            file.push_back(static_cast<std::uint8_t>(value & 0xff));
        }
    };
    file.push_back('B');
    file.push_back('M');
    put(header + stride * image.rows, 4);
    put(0, 4);
    put(header, 4);

    put(40, 4);
    put(image.columns, 4);
    put(image.rows, 4);
    put(1, 2);  // plane
    put(8, 2);  // bits a pixel
    put(0, 4);  // not compressed
    put(stride * image.rows, 4);
    put(0, 8);  // pixels a metre
    put(palette, 4);
    put(0, 4);
    for (std::size_t i = 0; i < palette; ++i) put((palette - 1 - i) * 0x010101, 4);

    for (std::size_t y = image.rows; y-- > 0;) {  // from the bottom up
        for (std::size_t column = 0; column < stride; ++column) {
            file.push_back(column < image.columns ? image.pixels[y * image.columns + column]
                                                  : std::uint8_t{0});
        }
    }
    return file;
}

/// An HTML image; `alternative` is what it shows, in words.
[[nodiscard]] inline std::string image_element(const GreyImage& image,
                                               const std::string& alternative) {
    return "<img alt=\"" + alternative + "\" src=\"data:image/bmp;base64," + base64(bmp(image)) +
           "\">";
}

}  // namespace example
