#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/variants/numpy_sums.hpp"

using intact::detail::numpy_sum;

TEST_CASE("numpy_sum: whole numbers of any count add up") {
    for (const std::size_t n : {0U, 1U, 7U, 8U, 9U, 127U, 128U, 129U, 1000U}) {
        CAPTURE(n);
        std::vector<float> values(n);
        std::iota(values.begin(), values.end(), 1.0F);
        CHECK(numpy_sum(values) == static_cast<float>(n * (n + 1) / 2));
    }
}

TEST_CASE("numpy_sum: every eighth number shares a running sum") {
    std::vector<float> values(24, 0.0F);
    values[3] = 1e8F;
    values[4] = 1.0F;
    values[11] = -1e8F;  // meets the first in the sum of number 3, before the 1
    CHECK(numpy_sum(values) == 1.0F);
    std::swap(values[11], values[12]);
    CHECK(numpy_sum(values) == 0.0F);
}

TEST_CASE("numpy_sum: more than 128 numbers are halved at a multiple of 8") {
    std::vector<float> values(136, 0.0F);
    values[56] = 1e8F;  // the lower half ends at 64: one running sum
    values[57] = 1.0F;
    values[64] = -1e8F;
    CHECK(numpy_sum(values) == 0.0F);
    std::swap(values[64], values[48]);
    CHECK(numpy_sum(values) == 1.0F);
}
