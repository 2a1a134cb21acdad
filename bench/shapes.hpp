// The products that are measured: M x K codes times K x N weights.
//
// Cubes, single rows and few rows as in language models, the layers of BERT base, the convolutions
// of ResNet-50 as products, and two that fit no tile.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace bench {

struct Shape {
    std::ptrdiff_t m, k, n;

    /// Multiplications and additions of one product.
    [[nodiscard]] double operations() const noexcept {
        return 2.0 * static_cast<double>(m) * static_cast<double>(k) * static_cast<double>(n);
    }
};

inline constexpr std::array<Shape, 21> shapes{{
    {64, 64, 64},       {128, 128, 128},    {256, 256, 256},  {512, 512, 512},  {1024, 1024, 1024},
    {2048, 2048, 2048}, {4096, 4096, 4096}, {1, 1024, 1024},  {1, 4096, 4096},  {1, 4096, 11008},
    {4, 4096, 4096},    {16, 4096, 4096},   {128, 768, 768},  {128, 768, 3072}, {128, 3072, 768},
    {512, 4096, 4096},  {3136, 576, 64},    {196, 2304, 256}, {12544, 147, 64}, {33, 129, 65},
    {7, 13, 5},
}};

/// Products that a test runs for a moment, and those that plain C++ can be waited for.
inline constexpr double quick_operations = 3e6;
inline constexpr double portable_operations = 1e9;

[[nodiscard]] inline std::string text(const Shape& shape) {
    return std::to_string(shape.m) + "x" + std::to_string(shape.k) + "x" + std::to_string(shape.n);
}

/// A whole number from 1 on that `text` spells, nothing else in it.
[[nodiscard]] inline std::optional<std::ptrdiff_t> count_in(std::string_view text) {
    std::ptrdiff_t count = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || stopped != end || count < 1 || count > 1 << 20) return {};
    return count;
}

/// The shape that `text` spells as MxKxN.
[[nodiscard]] inline std::optional<Shape> shape_in(std::string_view text) {
    const std::size_t first = text.find('x');
    const std::size_t second = first == text.npos ? first : text.find('x', first + 1);
    if (second == text.npos) return {};
    const auto m = count_in(text.substr(0, first));
    const auto k = count_in(text.substr(first + 1, second - first - 1));
    const auto n = count_in(text.substr(second + 1));
    if (!m || !k || !n) return {};
    return Shape{*m, *k, *n};
}

}  // namespace bench
