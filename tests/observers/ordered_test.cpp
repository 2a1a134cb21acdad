#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/ordered.hpp"

using namespace intact;

TEST_CASE("ordered: the integers have the order of the floats, and give them back") {
    constexpr float least = std::numeric_limits<float>::denorm_min();
    constexpr float normal = std::numeric_limits<float>::min();
    constexpr float largest = std::numeric_limits<float>::max();
    const std::vector<float> ascending{-largest, -1.0F,  -normal, -least, 0.0F,
                                       least,    normal, 1.0F,    largest};
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        CHECK(from_ordered(ordered(ascending[i])) == static_cast<double>(ascending[i]));
        if (i > 0) CHECK(ordered(ascending[i - 1]) < ordered(ascending[i]));
    }
}

TEST_CASE("ordered: both zeros are the same +0") {
    CHECK(ordered(-0.0F) == ordered(0.0F));
    CHECK(!std::signbit(from_ordered(ordered(-0.0F))));
}
