#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "intact/core/rounding.hpp"

using namespace intact;

namespace {

/// Quotients of every kind within reach: eighths with both neighbours, the ends, tiny ones, zeros.
std::vector<float> quotients() {
    std::vector<float> all{0.0F, -0.0F, 0x1p-149F, -0x1p-149F, 0x1p-126F, -0x1p-126F};
    const auto with_neighbours = [&](float q) {
        for (const float x : {q, std::nextafterf(q, -INFINITY), std::nextafterf(q, INFINITY)}) {
            if (std::fabs(x) <= largest_quotient) all.push_back(x);
        }
    };
    for (int eighths = -8 * 300; eighths <= 8 * 300; ++eighths) {
        with_neighbours(static_cast<float>(eighths) / 8.0F);
    }
    for (int power = 9; power <= 20; ++power) {
        for (int halves = -5; halves <= 5; ++halves) {
            const float q = std::ldexp(1.0F, power) + static_cast<float>(halves) / 2.0F;
            with_neighbours(q);
            with_neighbours(-q);
        }
    }
    return all;
}

template <class Policy, class Definition>
int differences(Definition definition) {
    int count = 0;
    for (const float q : quotients()) {
        if (Policy::round(q, 0) != static_cast<std::int32_t>(definition(q))) ++count;
    }
    return count;
}

/// A policy of a user's own.
struct AlwaysUp {
    static std::int32_t round(float q, std::uint64_t) { return -Floor::round(-q, 0); }
};

struct WithoutIndex {
    static std::int32_t round(float q) { return static_cast<std::int32_t>(q); }
};

}  // namespace

TEST_CASE("rounding: nearest-even is the default rounding of IEEE 754") {
    CHECK(differences<NearestEven>([](float q) { return std::nearbyint(q); }) == 0);
    CHECK(NearestEven::round(0.5F, 0) == 0);
    CHECK(NearestEven::round(1.5F, 0) == 2);
    CHECK(NearestEven::round(2.5F, 0) == 2);
    CHECK(NearestEven::round(-0.5F, 0) == 0);
    CHECK(NearestEven::round(-1.5F, 0) == -2);
    CHECK(NearestEven::round(0x1.fffffep-2F, 0) == 0);  // the float below one half
}

TEST_CASE("rounding: nearest-away is std::round") {
    CHECK(differences<NearestAway>([](float q) { return std::round(q); }) == 0);
    CHECK(NearestAway::round(0.5F, 0) == 1);
    CHECK(NearestAway::round(-2.5F, 0) == -3);
    CHECK(NearestAway::round(0x1.fffffep-2F, 0) == 0);  // floor(q + 1/2) would give 1
}

TEST_CASE("rounding: toward zero is std::trunc and floor is std::floor") {
    CHECK(differences<TowardZero>([](float q) { return std::trunc(q); }) == 0);
    CHECK(differences<Floor>([](float q) { return std::floor(q); }) == 0);
}

TEST_CASE("rounding: stochastic gives one of the two neighbours, and whole numbers themselves") {
    int strays = 0;
    std::uint64_t index = 0;
    for (const float q : quotients()) {
        const std::int32_t code = Stochastic<>::round(q, index++);
        const float below = std::floor(q);
        const bool is_whole = q == below;
        const auto low = static_cast<std::int32_t>(below);
        if (code != low && (is_whole || code != low + 1)) ++strays;
    }
    CHECK(strays == 0);
}

TEST_CASE("rounding: stochastic goes up as often as the fraction says") {
    constexpr int draws = 200000;
    for (const float fraction : {0.0F, 0x1p-10F, 0.1F, 0.25F, 0.5F, 0.9F, 0.999F}) {
        for (const float whole : {0.0F, 5.0F, -7.0F, 1000.0F}) {
            CAPTURE(fraction);
            CAPTURE(whole);
            const float q = whole + fraction;
            const double up_probability = q - std::floor(q);
            std::int64_t ups = 0;
            for (std::uint64_t index = 0; index < draws; ++index) {
                ups += Stochastic<1>::round(q, index) - static_cast<std::int32_t>(std::floor(q));
            }
            // Five standard deviations; the seed is fixed, so the outcome is too.
            const double spread = 5.0 * std::sqrt(draws * up_probability * (1.0 - up_probability));
            CHECK(std::fabs(static_cast<double>(ups) - draws * up_probability) <= spread);
        }
    }
}

TEST_CASE("rounding: stochastic depends on seed and index alone, not on the order of work") {
    constexpr std::uint64_t count = 1000;
    std::vector<std::int32_t> forward;
    for (std::uint64_t index = 0; index < count; ++index) {
        forward.push_back(Stochastic<7>::round(0.5F, index));
    }
    int changed = 0;
    int equal_to_other_seed = 0;
    for (std::uint64_t index = count; index-- > 0;) {
        const std::int32_t again = Stochastic<7>::round(0.5F, index);
        changed += again != forward[index] ? 1 : 0;
        equal_to_other_seed += Stochastic<8>::round(0.5F, index) == forward[index] ? 1 : 0;
    }
    CHECK(changed == 0);
    CHECK(equal_to_other_seed > 400);  // two fair coins agree every other time
    CHECK(equal_to_other_seed < 600);
}

TEST_CASE("rounding: the random numbers are even and neighbours do not resemble each other") {
    constexpr std::uint64_t count = 1 << 16;
    std::vector<int> cells(16 * 16, 0);  // of pairs: this number, the next one
    std::set<float> distinct;
    for (std::uint64_t index = 0; index < count; ++index) {
        const float u = Stochastic<3>::uniform(index);
        if (u < 0.0F || u >= 1.0F) FAIL("not in [0, 1): " << u);
        distinct.insert(u);
        const int row = static_cast<int>(u * 16.0F);
        const int column = static_cast<int>(Stochastic<3>::uniform(index + 1) * 16.0F);
        ++cells[static_cast<std::size_t>(16 * row + column)];
    }
    double chi_squared = 0.0;
    const double expected = static_cast<double>(count) / 256.0;
    for (const int cell : cells) chi_squared += (cell - expected) * (cell - expected) / expected;
    CHECK(chi_squared > 150.0);  // 255 degrees of freedom: 255 +- 23
    CHECK(chi_squared < 370.0);
    CHECK(distinct.size() > count - 400);  // 2^24 values: some 128 pairs are bound to meet
}

TEST_CASE("rounding: seed zero and far indices are as good as any") {
    int ups = 0;
    for (std::uint64_t step = 0; step < 10000; ++step) {
        ups += Stochastic<0>::round(0.5F, ~std::uint64_t{0} - step);
    }
    CHECK(ups > 4750);
    CHECK(ups < 5250);
}

TEST_CASE("rounding: a policy is a struct with one function") {
    CHECK(Rounding<NearestEven>);
    CHECK(Rounding<NearestAway>);
    CHECK(Rounding<TowardZero>);
    CHECK(Rounding<Floor>);
    CHECK(Rounding<Stochastic<42>>);
    CHECK(Rounding<AlwaysUp>);
    CHECK_FALSE(Rounding<WithoutIndex>);
    CHECK_FALSE(Rounding<int>);
}
