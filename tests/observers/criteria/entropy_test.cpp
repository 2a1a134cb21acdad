#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/cells.hpp"
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/histogram.hpp"
#include "tests/observers/criteria/slow_entropy.hpp"
#include "tests/observers/kinds.hpp"

using namespace intact;

namespace {

HistogramState<> histogram(const std::vector<float>& values) {
    HistogramState<> state;
    state.add(values);
    return state;
}

Range chosen(const std::vector<float>& values, const Grid& grid) {
    return choose_range<Entropy>(histogram(values).view(), grid);
}

template <class State>
double decibels_over_min_max(const State& state, const std::vector<float>& values,
                             const Grid& grid) {
    const auto error = [&](const Range& range) {
        return kinds::mean_squared_error(values, range, grid);
    };
    const double min_max = error(choose_range<FullRange>(state.view(), grid));
    const double entropy = error(choose_range<Entropy>(state.view(), grid));
    return min_max == entropy ? 0.0 : 10.0 * std::log10(min_max / entropy);
}

/// Compares the search with its definition; counts the scales at which it clips.
template <class State>
int compare_with_definition(const std::vector<float>& values, const Grid& grid) {
    State state;
    state.add(values);
    const HistogramView seen = state.view();
    std::vector<Candidate> all;
    EntropySearch(seen, grid).for_each_candidate([&](const Candidate& candidate) {
        all.push_back(candidate);
    });
    const double largest = std::max(-seen.min, seen.max);
    const double span =
        grid.symmetric ? largest / grid.qmax : (seen.max - seen.min) / (grid.qmax - grid.qmin);
    std::vector<float> scales;
    for (int j = 0; j <= 256; j += j < 3 ? 1 : 6) {
        scales.push_back(static_cast<float>(span * falling_power_of_two(4 * j)));
    }
    int clipping = 0;
    for (const Candidate& expected : slow_entropy::search(seen, grid, scales)) {
        CAPTURE(expected.scale);
        const auto found = std::find_if(all.begin(), all.end(), [&](const Candidate& candidate) {
            return candidate.scale == expected.scale;
        });
        REQUIRE((found != all.end()) == (expected.cost < 1e300));
        if (found == all.end()) continue;
        CHECK(std::abs(found->cost - expected.cost) < 1e-11);
        if (!grid.symmetric) CHECK(found->above == expected.above);
        const double end = static_cast<double>(found->scale) * (found->above + 0.5);
        clipping += end < (grid.symmetric ? largest : seen.max) ? 1 : 0;
    }
    return clipping;
}

}  // namespace

TEST_CASE("Entropy: the search finds what the definition, worked out bin by bin, gives") {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<float> heavy(4000);
    for (float& value : heavy) value = normal(random) * std::exp(normal(random)) + 0.3F;
    std::vector<float> spiked = heavy;
    for (std::size_t i = 0; i < 1000; ++i) spiked[i] = i % 2 == 0 ? 0.7F : 0.0F;
    for (const bool symmetric : {false, true}) {
        int clipping = 0;
        for (const auto& values : {heavy, spiked}) {
            using Fine = HistogramState<6, 5>;
            using Coarse = HistogramState<4, 2>;  // cells narrower than bins
            clipping += compare_with_definition<Fine>(values, kinds::grid(4, symmetric));
            compare_with_definition<Coarse>(values, kinds::grid(6, symmetric));
        }
        CHECK(clipping > 0);
    }
}

TEST_CASE("Entropy: on every kind of data never more than 2 dB below min-max, in both forms") {
    double best = 0.0;
    const std::vector<kinds::Kind> all = kinds::all(20000);
    CHECK(all.size() == 15);
    for (const kinds::Kind& kind : all) {
        CAPTURE(kind.name);
        const HistogramState<> fine = histogram(kind.values);
        Histogram<>::PerChannel::State coarse;
        coarse.add(kind.values);
        for (const int bits : {8, 6, 4}) {
            for (const bool symmetric : {false, true}) {
                CAPTURE(bits);
                CAPTURE(symmetric);
                const Grid grid = kinds::grid(bits, symmetric);
                const double gain = decibels_over_min_max(fine, kind.values, grid);
                CHECK(gain > -2.0);
                CHECK(decibels_over_min_max(coarse, kind.values, grid) > -2.0);
                best = std::max(best, gain);
            }
        }
    }
    CHECK(best > 4.0);  // it does clip where that pays
}

TEST_CASE("Entropy: zeros take no part") {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> values(20000);
    for (float& value : values) value = normal(random);
    std::vector<float> with_zeros = values;
    with_zeros.resize(200000);
    for (const bool symmetric : {false, true}) {
        const Grid grid = kinds::grid(4, symmetric);
        CHECK(chosen(values, grid) == chosen(with_zeros, grid));
        CHECK(!(chosen(values, grid) == choose_range<FullRange>(histogram(values).view(), grid)));
    }
}

TEST_CASE("Entropy: clips at most 0.1 % of the values that are not zero") {
    for (const kinds::Kind& kind : kinds::all(20000)) {
        CAPTURE(kind.name);
        const Grid grid = kinds::grid(4, false);
        const Range range = chosen(kind.values, grid);
        const double half = 0.5 * static_cast<double>(kinds::params(range, grid).scale);
        const auto outside =
            std::count_if(kind.values.begin(), kind.values.end(), [&](float value) {
                const auto x = static_cast<double>(value);
                const double slack = std::abs(x) / 256.0;  // an edge moves by half a bin at most
                return x - slack > range.max + half || x + slack < range.min - half;
            });
        CHECK(outside <= static_cast<std::ptrdiff_t>(kind.values.size() / 1000));
    }
}

TEST_CASE("Entropy: the search is that of all scales and zero points, ties to the larger scale") {
    std::mt19937 random(2);
    std::normal_distribution<float> normal;
    std::vector<float> values(30000);
    for (float& value : values) value = normal(random) + 0.7F;
    const auto state = histogram(values);
    for (const bool symmetric : {false, true}) {
        const Grid grid = kinds::grid(5, symmetric);
        std::vector<Candidate> all;
        EntropySearch(state.view(), grid).for_each_candidate([&](const Candidate& candidate) {
            all.push_back(candidate);
        });
        REQUIRE(all.size() > 10);
        CHECK(std::is_sorted(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
            return a.scale > b.scale;
        }));
        const auto best = std::min_element(
            all.begin(), all.end(),
            [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
        const QuantParams params = kinds::params(choose_range<Entropy>(state.view(), grid), grid);
        CHECK(params.scale == best->scale);
        CHECK(params.zero_point == (symmetric ? 0 : best->below));
    }
}

TEST_CASE("Entropy: constant data, zeros, two values and integers keep the full range") {
    for (const bool symmetric : {false, true}) {
        const Grid grid = kinds::grid(8, symmetric);
        for (const float c : {0.0F, 3.7F, -0.1F, 1e-44F, -3e38F}) {
            const auto value = static_cast<double>(c);
            CHECK(chosen(std::vector<float>(100, c), grid) == spanned(value, value, grid));
        }
        CHECK(chosen({-1.0F, 2.0F}, grid) == spanned(-1.0, 2.0, grid));
        CHECK(chosen({1e-41F, 3e-41F}, grid).max == static_cast<double>(3e-41F));
        CHECK(chosen({-3.3e38F, 3.3e38F}, grid).max == static_cast<double>(3.3e38F));
        std::vector<float> integers;
        for (int i = 0; i < 1000; ++i) integers.push_back(static_cast<float>(i % 128));
        CHECK(chosen(integers, grid) == spanned(0.0, 127.0, grid));
    }
}

TEST_CASE("Entropy: more than 8 bits are refused") {
    CHECK_THROWS_WITH_AS((void)chosen({1.0F, 2.0F}, kinds::grid(16, true)),
                         "Entropy: too many codes to search, expected at most 8 bits, given 65535 "
                         "codes",
                         std::invalid_argument);
}

TEST_CASE("Cells: what codes lose adds up cell by cell, in any order of asking") {
    const HistogramState<4, 4> state = [] {
        HistogramState<4, 4> made;
        std::mt19937 random(6);
        std::normal_distribution<float> normal;
        std::vector<float> values(3000);
        for (float& value : values) value = std::abs(normal(random));
        made.add(values);
        return made;
    }();
    const HistogramView seen = state.view();
    const double largest = seen.max / seen.bins.unit();
    Cells forward(seen.bins, seen.positive, largest, 16);
    Cells once(seen.bins, seen.positive, largest, 16);
    for (const double step : {largest / 15.0, largest / 40.0, largest / 7.0}) {
        forward.cut(step);
        for (std::int32_t last = 0; last < 16; ++last) {
            once.cut(step);
            CHECK(forward.smear(last) == once.smear(last));
            CHECK(forward.squared_error(last) == once.squared_error(last));
            CHECK(forward.clipped(last) == once.clipped(last));
            if (last > 0) CHECK(forward.clipped(last) <= forward.clipped(last - 1));
        }
        CHECK((forward.clipped(15) == 0) == (15.5 * step > 0.95 * largest));
    }
}
