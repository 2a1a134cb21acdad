#include <limits>

#include <doctest/doctest.h>

#include "intact/observers/criteria/candidate.hpp"
#include "tests/observers/kinds.hpp"

using namespace intact;

TEST_CASE("Candidate: its range gives its scale and zero point back, whatever they are") {
    const Grid symmetric_full{.qmin = -128, .qmax = 127, .symmetric = true};
    for (const float scale : {1.17549435e-38F, 0.1F, 0.33333334F, 1.3e36F}) {
        for (int below = 0; below <= 255; ++below) {
            const Candidate candidate{.scale = scale, .below = below, .above = 255 - below};
            const Grid grid = kinds::grid(8, false);
            CHECK(kinds::params(candidate.range(grid), grid) == QuantParams{scale, below});
        }
        for (const Grid& grid : {kinds::grid(8, true), symmetric_full}) {
            const Candidate full{.scale = scale, .below = -grid.qmin, .above = grid.qmax};
            CHECK(kinds::params(full.range(grid), grid) == QuantParams{scale, 0});
        }
    }
}

TEST_CASE(
    "Candidate: a scale is usable where it is normal and every code reads as a finite number") {
    constexpr float smallest = std::numeric_limits<float>::min();
    constexpr float largest = std::numeric_limits<float>::max();
    CHECK(detail::is_usable(smallest, 0, 255));
    CHECK(!detail::is_usable(smallest / 2, 0, 255));
    CHECK(!detail::is_usable(0.0F, 0, 255));
    CHECK(detail::is_usable(largest, 1, 1));
    CHECK(!detail::is_usable(largest, 2, 1));
    CHECK(!detail::is_usable(largest, 1, 2));
}
