#include "intact/metrics/inspection/tensor_inspection.hpp"

#include <doctest/doctest.h>

using namespace intact;

TEST_CASE("median_reach: the middle of the channels that are not zero") {
    CHECK(median_reach({}) == 0.0);
    CHECK(median_reach({{0.0, 0.0, 0.0}}) == 0.0);
    CHECK(median_reach({{-1.0, 0.5, 1.0}, {0.0, 100.0, 1.0}}) == 1.0);
    CHECK(median_reach({{0.0, 0.0, 0.0}, {-3.0, 0.0, 1.0}, {0.0, 2.0, 1.0}, {1.0, 4.0, 1.0}}) ==
          3.0);
}
