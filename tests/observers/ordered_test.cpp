#include <bit>
#include <cmath>
#include <cstdint>
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

TEST_CASE("to_ordered: a double that a float equals has the integer of that float") {
    std::uint32_t bits = 1;
    for (int i = 0; i < 20000; ++i) {
        bits = bits * 1664525U + 1013904223U;
        const float value = std::bit_cast<float>(i % 8 == 0 ? bits & 0x80ffffffU : bits);
        if (!std::isfinite(value)) continue;
        CHECK(to_ordered(from_ordered(ordered(value))) == ordered(value));
    }
    CHECK(to_ordered(static_cast<double>(std::numeric_limits<float>::denorm_min())) == 1);
    CHECK(to_ordered(static_cast<double>(std::numeric_limits<float>::max())) == 0x7f7fffff);
    CHECK(to_ordered(-0.0) == 0);
}
