#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/core/number.hpp"
#include "intact/observers/histogram_state.hpp"
#include "intact/observers/histogram_view.hpp"

using namespace intact;

namespace {

using Values = std::vector<float>;

class Random {
public:
    explicit Random(unsigned seed) : generator_(seed) {}
    using result_type = std::uint32_t;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return UINT32_MAX; }
    result_type operator()() { return static_cast<result_type>(generator_()); }

private:
    std::mt19937 generator_;
};

/// Floats of every exponent, both zeros, subnormals, NaN and infinities; some states stay small.
Values any_values(Random& random) {
    const std::uint32_t highest = random() % 255 + (random() % 4 == 0 ? 1U : 0U);
    const std::uint32_t span = random() % 40 + 1;
    Values values(random() % 600);
    for (float& value : values) {
        const std::uint32_t exponent = highest - std::min(highest, random() % span);
        const std::uint32_t sign = random() % 2 << 31;
        const std::uint32_t fraction = random() % 5 == 0 ? 0 : random() & 0x007fffffU;
        value = std::bit_cast<float>(sign | exponent << 23 | fraction);
    }
    return values;
}

template <class State>
State state_of(const Values& values) {
    State state;
    state.add(values);
    return state;
}

/// The same values in random order, cut in random pieces, merged in a random tree.
template <class State>
State scattered(Values values, Random& random) {
    std::shuffle(values.begin(), values.end(), random);
    std::vector<State> parts(1);
    for (std::size_t done = 0; done < values.size();) {
        const std::size_t size = std::min<std::size_t>(random() % 200, values.size() - done);
        parts.back().add(std::span(values).subspan(done, size));
        done += size;
        if (random() % 3 == 0) parts.emplace_back();
    }
    while (parts.size() > 1) {
        const std::size_t from = random() % parts.size();
        const State part = parts[from];
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(from));
        parts[random() % parts.size()].merge(part);
    }
    return parts.front();
}

/// The definition: the bin of a finite value that is not zero, given the largest exponent field.
template <int Octaves, int BinBits>
std::size_t defined_bin(float value, int top) {
    const auto bits = std::bit_cast<std::uint32_t>(value) & 0x7fffffffU;
    const int e0 = std::max(1, top - Octaves + 1);
    const int e = std::max(1, static_cast<int>(bits >> 23));
    const std::uint64_t significand = (bits & 0x007fffffU) | (bits >> 23 != 0 ? 0x00800000U : 0U);
    const int shift = 23 - BinBits + std::max(e0 - e, 0);
    return static_cast<std::size_t>((significand >> std::min(shift, 63)) +
                                    (static_cast<std::uint64_t>(std::max(e - e0, 0)) << BinBits));
}

template <int Octaves, int BinBits>
void check_against_definition(const Values& values) {
    const auto state = state_of<HistogramState<Octaves, BinBits>>(values);
    int top = 0;
    for (const float value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(value) & 0x7fffffffU;
        if (bits != 0 && bits < 0x7f800000U) top = std::max(top, std::max(1, int(bits >> 23)));
    }
    std::vector<std::uint64_t> positive(state.bins().size());
    std::vector<std::uint64_t> negative(state.bins().size());
    std::uint64_t zeros = 0;
    std::uint64_t count = 0;
    float min = std::numeric_limits<float>::max();
    float max = std::numeric_limits<float>::lowest();
    for (const float value : values) {
        if (is_non_finite(value)) continue;
        ++count;
        min = std::min(min, value);
        max = std::max(max, value);
        if (value == 0.0F) {
            ++zeros;
        } else {
            ++(value < 0.0F ? negative : positive)[defined_bin<Octaves, BinBits>(value, top)];
        }
    }
    const HistogramView view = state.view();
    CHECK(view.count == count);
    CHECK(view.zeros == zeros);
    if (count > 0) {
        CHECK(view.min == static_cast<double>(min));
        CHECK(view.max == static_cast<double>(max));
    }
    CHECK(view.positive.empty() == (top == 0));
    if (top > 0) {
        CHECK(std::equal(positive.begin(), positive.end(), view.positive.begin()));
        CHECK(std::equal(negative.begin(), negative.end(), view.negative.begin()));
    }
}

}  // namespace

TEST_CASE("HistogramState: the counts are those of the definition") {
    Random random(1);
    for (int round = 0; round < 150; ++round) {
        const Values values = any_values(random);
        check_against_definition<8, 8>(values);
        check_against_definition<8, 5>(values);
        check_against_definition<3, 1>(values);
        check_against_definition<1, 11>(values);
    }
}

TEST_CASE("HistogramState: any split, order and tree of merges gives the same bytes") {
    Random random(2);
    for (int round = 0; round < 300; ++round) {
        Values values = any_values(random);
        const Values more = any_values(random);
        values.insert(values.end(), more.begin(), more.end());
        using Small = HistogramState<3, 2>;
        using Channel = HistogramState<8, 5>;
        const auto small = state_of<Small>(values);
        const auto channel = state_of<Channel>(values);
        for (int again = 0; again < 3; ++again) {
            REQUIRE(scattered<Small>(values, random) == small);
            REQUIRE(scattered<Channel>(values, random) == channel);
        }
        if (round % 10 == 0) {
            using Tensor = HistogramState<8, 8>;
            REQUIRE(scattered<Tensor>(values, random) == state_of<Tensor>(values));
        }
    }
}

TEST_CASE("HistogramState: batches longer than a block give the counts of their parts") {
    Random random(3);
    std::normal_distribution<float> normal;
    Values values(20000);
    for (float& value : values) value = normal(random);
    values[9000] = 1e5F;  // raises the octaves in the middle
    check_against_definition<8, 8>(values);
    CHECK(scattered<HistogramState<>>(values, random) == state_of<HistogramState<>>(values));
}

TEST_CASE("HistogramState: long inputs are counted like their parts") {
    Random random(7);
    std::normal_distribution<float> normal;
    Values values(200'000, 0.0F);  // zeros alone at first
    for (std::size_t i = 5'000; i < values.size(); ++i) values[i] = normal(random);
    values[70'000] = -0.0F;
    values[80'000] = 1e5F;  // raises the octaves
    values[90'000] = std::numeric_limits<float>::quiet_NaN();
    values[150'000] = -1e30F;
    check_against_definition<8, 8>(values);
    check_against_definition<8, 5>(values);
    check_against_definition<1, 11>(values);  // sixteen bits of each count would not fit
    CHECK(scattered<HistogramState<>>(values, random) == state_of<HistogramState<>>(values));
    for (const float value : {0.0F, 1.0F, -3.5F}) {  // one bin counts everything
        check_against_definition<8, 8>(Values(300'000, value));
    }
}

TEST_CASE("HistogramState: what is not finite is counted apart") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float quiet_nan = std::numeric_limits<float>::quiet_NaN();
    const auto state = state_of<HistogramState<>>(
        {quiet_nan, 1.0F, -quiet_nan, infinity, -infinity, quiet_nan, infinity, -0.0F});
    CHECK(state.nans() == 3);
    CHECK(state.positive_infinities() == 2);
    CHECK(state.negative_infinities() == 1);
    CHECK(state.count() == 2);
    CHECK(state.zeros() == 1);
    CHECK(state.view().max == 1.0);
}

TEST_CASE("HistogramState: zeros alone set no octave; merging nothing changes nothing") {
    auto zeros = state_of<HistogramState<>>({0.0F, -0.0F});
    CHECK(zeros == state_of<HistogramState<>>({-0.0F, 0.0F}));
    CHECK(zeros.view().positive.empty());
    const auto before = zeros;
    zeros.merge({});
    CHECK(zeros == before);
    auto one = state_of<HistogramState<>>({2.0F});
    one.merge(zeros);
    CHECK(one == state_of<HistogramState<>>({0.0F, 0.0F, 2.0F}));
}

TEST_CASE("HistogramState: the edges of the bins are those between the floats that they hold") {
    Random random(4);
    for (int round = 0; round < 200; ++round) {
        HistogramBins bins{.octaves = 8, .bin_bits = 5};
        bins.first_exponent = random() % 240 + 1;
        for (std::size_t i = 0; i < bins.size(); ++i) {
            const double edge = static_cast<double>(bins.edge(i)) * bins.unit();
            const auto value = static_cast<float>(edge);
            REQUIRE(static_cast<double>(value) == edge);
            REQUIRE(bins.index_of(std::bit_cast<std::uint32_t>(value)) == i);
            if (i > 0) REQUIRE(bins.index_of(std::bit_cast<std::uint32_t>(value) - 1) == i - 1);
            REQUIRE(bins.edge(i + 1) - bins.edge(i) == bins.width(i));
            REQUIRE(bins.index_at(static_cast<double>(bins.edge(i))) == i);
            REQUIRE(bins.index_at(static_cast<double>(bins.edge(i + 1)) - 0.01) == i);
        }
        REQUIRE(bins.index_at(1e300) == bins.size());
    }
}

TEST_CASE("HistogramState: a weight counts a value as if it had been seen that often") {
    Random random(31);
    using State = HistogramState<3, 4>;
    for (int round = 0; round < 200; ++round) {
        Values values = any_values(random);
        if (round % 3 == 0) values.push_back(NAN);
        if (round % 5 == 0) values.push_back(-INFINITY);
        const auto times = static_cast<std::uint32_t>(random() % 4);
        std::vector<std::uint32_t> weights(values.size());
        Values repeated;
        State all;
        for (std::size_t i = 0; i < values.size(); ++i) {
            weights[i] = static_cast<std::uint32_t>(random() % 4);
            repeated.insert(repeated.end(), weights[i], values[i]);
            all.add({&values[i], 1}, times);
        }
        State weighted;
        weighted.add(values, weights);
        CHECK(weighted == state_of<State>(repeated));
        State at_once;
        at_once.add(values, times);
        CHECK(at_once == all);
        State one_by_one;
        for (std::uint32_t i = 0; i < times; ++i) one_by_one.add(values);
        CHECK(at_once == one_by_one);
    }
}

TEST_CASE("HistogramState: another number of weights than of values is refused") {
    HistogramState<> state;
    CHECK_THROWS_WITH_AS(state.add(Values(3), std::vector<std::uint32_t>(4)),
                         "HistogramState::add: values and weights differ in number, expected 3 "
                         "weights, given 4",
                         std::invalid_argument);
    CHECK(state == HistogramState<>());
}

TEST_CASE("HistogramState: 2^64 values are refused, and nothing is added") {
    constexpr std::uint32_t half = 0x80000000U;
    HistogramState<> state;
    state.add(Values{1.0F, 3.0F, NAN}, half);
    for (int i = 0; i < 31; ++i) state.merge(HistogramState<>(state));
    CHECK(state.count() == std::uint64_t{1} << 63);
    HistogramState<> before = state;
    CHECK_THROWS_AS(state.merge(before), std::overflow_error);
    CHECK(state == before);
    HistogramState<> rest;  // 2^63 - 1 more fit
    rest.add(Values{-2.0F}, 0x7fffffffU);
    for (int i = 0; i < 32; ++i) {
        rest.merge(HistogramState<>(rest));
        if (i < 31) rest.add(Values{-2.0F}, 1U);
    }
    rest.add(Values{-2.0F}, 1U);
    CHECK(rest.count() == ~std::uint64_t{0} >> 1);
    HistogramState<> other = rest;
    state.merge(rest);
    other.merge(before);
    CHECK(state == other);
    CHECK(state.count() == ~std::uint64_t{0});

    before = state;
    CHECK_THROWS_AS(state.add(Values{1.0F}), std::overflow_error);
    CHECK_THROWS_AS(state.add(Values{NAN, 1.0F}), std::overflow_error);
    CHECK_THROWS_AS(state.add(Values{1.0F}, half), std::overflow_error);
    CHECK_THROWS_AS(state.add(Values{NAN, 5.0F}, std::vector<std::uint32_t>{1, 1}),
                    std::overflow_error);
    CHECK(state == before);
    state.add(Values{NAN});  // counted apart
    state.add(Values{NAN, 7.0F}, std::vector<std::uint32_t>{2, 0});
    CHECK(state.nans() == before.nans() + 3);
    CHECK(state.count() == before.count());
}
