#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "intact/nn/transpose.hpp"

namespace {

template <class T>
bool transposes(std::ptrdiff_t rows, std::ptrdiff_t columns) {
    const auto size = static_cast<std::size_t>(rows * columns);
    std::vector<T> from(size);
    for (std::size_t i = 0; i < size; ++i) from[i] = static_cast<T>(i * 89 + i / 256);
    std::vector<T> to(size + 1, T{42});
    intact::nn::transpose(from.data(), rows, columns, to.data());
    for (std::size_t i = 0; i < size; ++i) {
        const auto row = i % static_cast<std::size_t>(rows);
        const auto column = i / static_cast<std::size_t>(rows);
        if (to[i] != from[row * static_cast<std::size_t>(columns) + column]) return false;
    }
    return to.back() == T{42};
}

}  // namespace

TEST_CASE("Transpose: every value finds its place, for matrices of any size") {
    for (const std::ptrdiff_t rows : {0, 1, 7, 15, 16, 17, 25, 31, 32, 49}) {
        for (const std::ptrdiff_t columns : {0, 1, 10, 15, 16, 18, 32, 40}) {
            CAPTURE(rows);
            CAPTURE(columns);
            CHECK(transposes<std::uint8_t>(rows, columns));
            CHECK(transposes<std::int8_t>(rows, columns));
            CHECK(transposes<float>(rows, columns));
        }
    }
}
