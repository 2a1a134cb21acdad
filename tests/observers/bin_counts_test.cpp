#include <bit>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/bin_counts.hpp"

using intact::detail::BinCounts;

namespace {

using Counts = BinCounts<3, 2>;  // 16 bins a sign

/// Finite floats below 2^(top - 126), a tenth of them zeros.
std::vector<float> values_below(std::uint32_t top, std::mt19937& random) {
    std::vector<float> values(1000);
    for (float& value : values) {
        const auto exponent = static_cast<std::uint32_t>(random() % 8);
        const std::uint32_t magnitude =
            (top - exponent) << 23 | (static_cast<std::uint32_t>(random()) & 0x7fffffU);
        const auto sign = static_cast<std::uint32_t>(random() % 2) << 31;
        value = std::bit_cast<float>(random() % 10 == 0 ? sign : sign | magnitude);
    }
    return values;
}

std::uint64_t sum(std::span<const std::uint64_t> counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("BinCounts: no bins before a first magnitude, zeros are told") {
    Counts counts;
    CHECK(counts.top() == 0);
    CHECK(counts.positive().empty());
    CHECK(counts.negative().empty());
    CHECK(counts.count(std::vector<float>{0.0F, -0.0F, 0.0F}) == 3);
    Counts::Few few{};
    CHECK(counts.add(few) == 0);
    counts.add(Counts());
    counts.copy({.bins = counts.bins(), .negative = {}, .positive = {}});
    CHECK(counts == Counts());
}

TEST_CASE("BinCounts: one by one, in 64 bits and through 16 bits are the same counts") {
    std::mt19937 random(1);
    for (int round = 0; round < 20; ++round) {
        const std::uint32_t top = 9 + static_cast<std::uint32_t>(random() % 240);
        const std::vector<float> values = values_below(top, random);
        Counts at_once, through_few, one_by_one;
        for (Counts* counts : {&at_once, &through_few, &one_by_one}) counts->raise(top);
        std::uint64_t zeros = 0;
        for (const float value : values) {
            if (value == 0.0F) ++zeros;
            if (value != 0.0F) ++one_by_one[std::bit_cast<std::uint32_t>(value)];
        }
        CHECK(at_once.count(values) == zeros);
        CHECK(at_once == one_by_one);
        CHECK(sum(at_once.positive()) + sum(at_once.negative()) == values.size() - zeros);

        Counts::Few few{};
        through_few.count(values, few);
        CHECK(through_few.add(few) == zeros);
        CHECK(few == Counts::Few{});
        CHECK(through_few == one_by_one);
    }
}

TEST_CASE("BinCounts: sixteen bits hold 65535 of a kind") {
    const std::vector<float> values(65535, -1.5F);
    Counts counts;
    counts.raise(127);
    Counts::Few few{};
    counts.count(values, few);
    CHECK(counts.add(few) == 0);
    CHECK(counts[std::bit_cast<std::uint32_t>(-1.5F)] == 65535);
}

TEST_CASE("BinCounts: raised, copied, multiplied and added are the counts of the data at once") {
    std::mt19937 random(2);
    for (std::uint32_t top = 9; top < 254; top += 5) {
        const std::uint32_t high = top + static_cast<std::uint32_t>(random() % (255 - top));
        const std::vector<float> values = values_below(top, random);
        Counts at_once, raised, added;
        at_once.raise(high);
        const std::uint64_t zeros = at_once.count(values);
        raised.raise(top);
        CHECK(raised.count(values) == zeros);
        Counts lower = raised;
        raised.raise(high);
        raised.raise(top);  // never goes down
        CHECK(raised == at_once);

        added.raise(high);
        added.add(lower);
        CHECK(added == at_once);
        lower.add(added);
        Counts twice = at_once;
        twice *= 2;
        CHECK(lower == twice);

        Counts copied;
        copied.raise(high);
        copied.copy({.bins = at_once.bins(),
                     .negative = at_once.negative(),
                     .positive = at_once.positive()});
        CHECK(copied == at_once);
    }
}
