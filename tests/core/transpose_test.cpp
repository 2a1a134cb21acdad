#include "intact/core/transpose.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace {

using Index = std::ptrdiff_t;

/// Whether each value finds its place, and no other is written, with `gap` between lines.
template <class T>
bool transposes(Index rows, Index columns, Index gap) {
    const Index from_stride = columns + gap;
    const Index to_stride = rows + gap;
    std::vector<T> from;
    for (Index i = 0; i < rows * from_stride; ++i) {
        from.push_back(static_cast<T>(i * 89 + i / 256));
    }
    // Exactly the memory that may be read: a sanitizer sees what else is.
    if (rows > 0 && columns > 0) from.resize(from.size() - static_cast<std::size_t>(gap));
    std::vector<T> to(static_cast<std::size_t>(columns * to_stride), T{42});
    intact::transpose(from.data(), rows, columns, from_stride, to.data(), to_stride);
    for (Index j = 0; j < columns; ++j) {
        for (Index i = 0; i < to_stride; ++i) {
            const T expected =
                i < rows ? from[static_cast<std::size_t>(i * from_stride + j)] : T{42};
            if (to[static_cast<std::size_t>(j * to_stride + i)] != expected) return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("transpose: every value finds its place, for matrices of any size") {
    int wrong = 0;
    for (Index rows = 0; rows <= 34; ++rows) {
        for (Index columns = 0; columns <= 34; ++columns) {
            for (const Index gap : {0, 3}) {
                wrong += transposes<std::uint8_t>(rows, columns, gap) ? 0 : 1;
                wrong += transposes<std::int16_t>(rows, columns, gap) ? 0 : 1;
                wrong += transposes<float>(rows, columns, gap) ? 0 : 1;
                wrong += transposes<std::int64_t>(rows, columns, gap) ? 0 : 1;
            }
        }
    }
    CHECK(wrong == 0);
    CHECK(transposes<std::uint8_t>(49, 130, 1));
    CHECK(transposes<std::int32_t>(49, 130, 1));
}
