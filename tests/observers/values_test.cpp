#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/mean_absolute_error.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/values.hpp"
#include "intact/observers/values_view.hpp"
#include "tests/observers/kinds.hpp"

using namespace intact;

namespace {

template <class Clip>
Values<Clip> observed(std::span<const float> values) {
    Values<Clip> observer;
    observer.observe(values);
    return observer;
}

/// The least error over the scales of the curve and all zero points, by quantizing the data.
double brute_force(int power, const std::vector<float>& values, const Curve& curve,
                   const Grid& grid) {
    double least = std::numeric_limits<double>::infinity();
    for (const Candidate& candidate : curve) {
        for (std::int32_t zero = grid.qmin; zero <= grid.qmax; ++zero) {
            if (grid.symmetric && zero != grid.zero_point) continue;
            least =
                std::min(least, kinds::mean_error(power, values, {candidate.scale, zero}, grid));
        }
    }
    return least;
}

template <int Power>
void check_optimal(const std::vector<float>& values, const Grid& grid) {
    const auto observer = observed<LpError<Power>>(values);
    Curve curve;
    const Choice choice = search_range<LpError<Power>>(observer.view(), grid, &curve);
    CHECK(choice.range == observer.range(grid));
    const QuantParams params = kinds::params(choice.range, grid);
    const double reached = kinds::mean_error(Power, values, params, grid);
    CHECK(choice.cost == doctest::Approx(reached).epsilon(1e-5));
    CHECK(reached <= brute_force(Power, values, curve, grid) * (1.0 + 1e-6) + 1e-12);
}

/// The error of the range that a histogram's search chooses, over the least there is.
double over_optimum(const HistogramView& seen, const ValuesView& exact, const Grid& grid) {
    const QuantParams params = kinds::params(choose_range<MeanSquaredError>(seen, grid), grid);
    const std::int32_t below = params.zero_point - grid.qmin;
    const std::int32_t above = grid.qmax - params.zero_point;
    return MeanSquaredError::search_of(exact, grid).error(params.scale, below, above) /
           search_range<MeanSquaredError>(exact, grid).cost;
}

/// The same over the least of scales within a tenth of an octave, 1/2000 apart.
template <class Seen>
double over_finest_scales(const Seen& seen, const ValuesView& exact, const Grid& grid) {
    const QuantParams params = kinds::params(choose_range<MeanSquaredError>(seen, grid), grid);
    const std::int32_t below = params.zero_point - grid.qmin;
    const std::int32_t above = grid.qmax - params.zero_point;
    const auto search = MeanSquaredError::search_of(exact, grid);
    const double own = search.error(params.scale, below, above);
    double least = own;
    for (int j = -100; j <= 100; ++j) {
        const double scale = static_cast<double>(params.scale) * std::exp2(j / 2000.0);
        for (std::int32_t more = 0; more <= (grid.symmetric ? 0 : 4); ++more) {
            const std::int32_t moved = std::max(below - 2 + more, 0);  // the zero point
            const std::int32_t side = grid.symmetric ? below : moved;
            least = std::min(least,
                             search.error(static_cast<float>(scale), side, below + above - side));
        }
    }
    return own / least;
}

/// A million values of `make`.
template <class Make>
std::vector<float> million(Make&& make) {
    std::mt19937 random(12);
    std::normal_distribution<float> normal;
    std::vector<float> values(1000000);
    for (float& value : values) value = make(normal(random));
    return values;
}

}  // namespace

TEST_CASE("Values: each error is the least of all scales and zero points, tried on the data") {
    int round = 0;
    for (const kinds::Kind& kind : kinds::all(60)) {
        CAPTURE(kind.name);
        for (const bool symmetric : {false, true}) {
            const Grid grid = kinds::grid(3, symmetric);
            check_optimal<2>(kind.values, grid);
            switch (round++ % 3) {
                case 0:
                    check_optimal<1>(kind.values, grid);
                    break;
                case 1:
                    check_optimal<3>(kind.values, grid);
                    break;
                default:
                    check_optimal<4>(kind.values, grid);
            }
        }
    }
    const std::vector<float> few = kinds::all(30)[0].values;
    check_optimal<2>(few, kinds::grid(8, false));
    check_optimal<1>(few, kinds::grid(2, false));
}

TEST_CASE(
    "Values: a histogram of a million values comes within 1.0005 of the best of the stated scales, "
    "1.002 of all; the values themselves within 1.001") {
    const auto evenly = [](float x) {
        return static_cast<float>(std::erf(static_cast<double>(x) * std::sqrt(0.5)));
    };
    for (const auto& values :
         {million([](float x) { return x; }), million([](float x) { return std::exp(x); }),
          million([](float x) { return std::max(x, 0.0F); }), million(evenly)}) {
        const auto exact = observed<MeanSquaredError>(values);
        HistogramState<> state;
        state.add(values);
        for (const Grid& grid :
             {kinds::grid(4, false), kinds::grid(8, true), kinds::grid(8, false)}) {
            CHECK(over_finest_scales(state.view(), exact.view(), grid) < 1.002);
            CHECK(over_finest_scales(exact.view(), exact.view(), grid) < 1.001);
            const double ratio = over_optimum(state.view(), exact.view(), grid);
            CHECK(ratio < 1.0005);
            CHECK(ratio > 1.0 - 1e-9);
        }
    }
}

TEST_CASE(
    "Values: one of thirty million values a hundred thousand times larger costs a histogram "
    "less than 0.1 %") {
    const std::vector<float> values = million([](float x) { return x; });
    const std::vector<float> outlier{1e5F};
    Values<MeanSquaredError> exact;
    exact.observe(values, std::vector<std::uint32_t>(values.size(), 30));
    exact.observe(outlier);
    HistogramState<> state;
    state.add(values, 30);
    state.add(outlier);
    CHECK(state.count() == 30000001);
    for (const int bits : {4, 8}) {
        for (const bool symmetric : {false, true}) {
            const Grid grid = kinds::grid(bits, symmetric);
            CHECK(over_optimum(state.view(), exact.view(), grid) < 1.001);
        }
    }
}

TEST_CASE("Values: weights count values as if they had been seen that often") {
    std::mt19937 random(5);
    for (int round = 0; round < 100; ++round) {
        std::vector<float> values(random() % 50 + 1);
        std::vector<std::uint32_t> weights(values.size());
        std::vector<float> repeated;
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = static_cast<float>(static_cast<int>(random() % 31) - 15);
            weights[i] = static_cast<std::uint32_t>(random() % 4);
            repeated.insert(repeated.end(), weights[i], values[i]);
        }
        Values<> weighted;
        weighted.observe(values, weights);
        CHECK(weighted == observed<FullRange>(repeated));
    }
    Values<> observer;
    CHECK_THROWS_WITH_AS(observer.observe(std::vector<float>(3), std::vector<std::uint32_t>(2)),
                         "Values: values and weights differ in number, expected 3 weights, given 2",
                         std::invalid_argument);
    CHECK(observer.empty());
}

TEST_CASE("Values: percentiles are the order statistics") {
    for (const kinds::Kind& kind : kinds::all(5003)) {
        CAPTURE(kind.name);
        std::vector<float> sorted = kind.values;
        std::sort(sorted.begin(), sorted.end());
        std::vector<float> magnitudes = sorted;
        for (float& value : magnitudes) value = std::abs(value);
        std::sort(magnitudes.begin(), magnitudes.end());
        const auto observer = observed<Percentile<990000>>(kind.values);  // 50 of 5003 outside
        const Range affine = observer.range(kinds::grid(8, false));
        CHECK(affine.min == static_cast<double>(sorted[25]));
        CHECK(affine.max == static_cast<double>(sorted[5003 - 1 - 25]));
        const Range symmetric = observer.range(kinds::grid(8, true));
        CHECK(symmetric.max == static_cast<double>(magnitudes[5003 - 1 - 50]));
        CHECK(symmetric.min == -symmetric.max);
        CHECK(search_range<Percentile<990000>>(observer.view(), kinds::grid(8, true)).cost ==
              50.0 / 5003.0);
    }
    const auto all = observed<Percentile<500000>>(std::vector<float>{-3.0F, 1.0F});
    CHECK(all.range(kinds::grid(8, true)) == Range{-1.0, 1.0});
    CHECK(all.range(kinds::grid(8, false)) == Range{-3.0, 1.0});
}

TEST_CASE("Values: the state is one for all splits, orders and merges of the same data") {
    std::mt19937 random(4);
    for (int round = 0; round < 300; ++round) {
        std::vector<float> values(random() % 60 + 1);
        for (float& value : values) {
            value = static_cast<float>(static_cast<int>(random() % 21) - 10) * 0.5F;
            if (random() % 9 == 0) value = -0.0F;
        }
        const auto whole = observed<MeanSquaredError>(values);
        std::shuffle(values.begin(), values.end(), random);
        Values<MeanSquaredError> left;
        Values<MeanSquaredError> right;
        const std::span<const float> all(values);
        const std::size_t cut = random() % (values.size() + 1);
        for (const float& value : all.first(cut)) left.observe({&value, 1});
        right.observe(all.subspan(cut));
        right.merge(left);
        CHECK(right == whole);
        CHECK(whole.view().count == values.size());
        CHECK(std::is_sorted(whole.view().keys.begin(), whole.view().keys.end()));
    }
}

TEST_CASE("Values: many small batches are as good as one, in time too") {
    const std::vector<float> values = million([](float x) { return x; });
    const std::span<const float> all = std::span<const float>(values).first(400000);
    Values<> pieces;
    for (std::size_t i = 0; i < all.size(); i += 8) pieces.observe(all.subspan(i, 8));
    CHECK(pieces == observed<FullRange>(all));  // merged one by one this takes minutes
    Values<> weighted;
    const std::vector<std::uint32_t> weights{0, 1, 2, 1, 3, 1, 1, 7};
    for (std::size_t i = 0; i < all.size(); i += 8) weighted.observe(all.subspan(i, 8), weights);
    CHECK(weighted.view().count == all.size() * 2);
}

TEST_CASE("Values: several threads may ask a const one") {
    Values<MeanSquaredError> observer;
    observer.observe(kinds::all(2000)[0].values);
    const Values<MeanSquaredError>& shared = observer;
    std::vector<Range> ranges(4);
    std::vector<std::thread> threads;
    for (Range& range : ranges) {
        threads.emplace_back([&] {
            const Values<MeanSquaredError> copy = shared;
            const Grid grid = kinds::grid(4, true);
            range = shared.range(grid);
            if (range != copy.range(grid)) range = {};
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Range& range : ranges) CHECK(range == observer.range(kinds::grid(4, true)));
    CHECK(ranges[0].max > 0.0);
}

TEST_CASE("Values: 2^64 values are refused, and nothing is added") {
    Values<> observer;
    observer.observe(std::vector<float>{1.0F}, std::vector<std::uint32_t>{0x80000000U});
    for (int i = 0; i < 32; ++i) observer.merge(Values<>(observer));
    const Values<> before = observer;
    CHECK_THROWS_AS(observer.merge(before), std::overflow_error);
    CHECK(observer == before);
    CHECK(observer.view().count == std::uint64_t{1} << 63);
}

TEST_CASE("Values: distinct values carry no weights, repeated ones are kept once") {
    const auto distinct = observed<FullRange>(std::vector<float>{3.0F, -1.0F, 2.0F});
    CHECK(distinct.view().size() == 3);
    CHECK(distinct.view().weights.empty());
    CHECK(distinct.range(kinds::grid(8, false)) == Range{-1.0, 3.0});
    CHECK(distinct.range(kinds::grid(8, true)) == Range{-3.0, 3.0});
    const auto twice = observed<FullRange>(std::vector<float>{3.0F, -1.0F, 3.0F});
    REQUIRE(twice.view().weights.size() == 2);
    CHECK(twice.view().weight(0) == 1);
    CHECK(twice.view().weight(1) == 2);
}

TEST_CASE("Values: constants, zeros, subnormal and huge values have sound ranges") {
    for (const bool symmetric : {false, true}) {
        const Grid grid = kinds::grid(4, symmetric);
        for (const float c : {0.0F, 3.7F, -0.1F, 1e-44F, -3e38F}) {
            const auto value = static_cast<double>(c);
            CHECK(observed<MeanSquaredError>(std::vector<float>(9, c)).range(grid) ==
                  spanned(value, value, grid));
        }
        for (const float c : {1e-41F, 3e38F}) {
            const std::vector<float> values{-c, 0.1F * c, 0.7F * c, c};
            const Range range = observed<LpError<4>>(values).range(grid);
            CHECK(range.max > 0.5 * static_cast<double>(c));
            CHECK(range.max < 1.5 * static_cast<double>(c));
        }
    }
}

TEST_CASE("Values: refused batches change nothing; no value has no range") {
    const std::vector<float> good{1.0F, 2.0F};
    auto observer = observed<MeanSquaredError>(good);
    const auto before = observer;
    CHECK_THROWS_AS(observer.observe(std::vector<float>{1.0F, NAN}), std::domain_error);
    observer.observe({});
    CHECK(observer == before);
    CHECK_THROWS_WITH_AS((void)Values<>().range(kinds::grid(8, false)),
                         "Values: no range, expected observe() with at least one value first",
                         std::logic_error);
    CHECK_THROWS_AS((void)observer.range(kinds::grid(16, false)), std::invalid_argument);
}
