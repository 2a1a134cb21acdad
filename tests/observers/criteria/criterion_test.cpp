#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/full_range.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram_state.hpp"
#include "tests/observers/kinds.hpp"

using namespace intact;

namespace {

HistogramState<> histogram(const std::vector<float>& values) {
    HistogramState<> state;
    state.add(values);
    return state;
}

std::vector<float> shifted_gaussian() {
    std::mt19937 random(11);
    std::normal_distribution<float> normal;
    std::vector<float> values(5000);
    for (float& value : values) value = normal(random) + 0.4F;
    return values;
}

/// The curve falls in scale and its lowest point is the choice.
template <SearchingCriterion Clip>
void check_curve(const HistogramView& seen, const Grid& grid) {
    Curve curve(3);  // written anew
    const Choice choice = search_range<Clip>(seen, grid, &curve);
    REQUIRE(curve.size() > 10);
    CHECK(std::is_sorted(curve.begin(), curve.end(),
                         [](const Candidate& a, const Candidate& b) { return a.scale > b.scale; }));
    const auto best =
        std::min_element(curve.begin(), curve.end(),
                         [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
    CHECK(best->cost == choice.cost);
    const QuantParams params = kinds::params(choice.range, grid);
    CHECK(params.scale == best->scale);
    CHECK(params.zero_point == (grid.symmetric ? 0 : best->below));
    CHECK(choice == search_range<Clip>(seen, grid));
    CHECK(choice.range == choose_range<Clip>(seen, grid));
}

}  // namespace

TEST_CASE(
    "SearchingCriterion: the lowest point of the curve is the choice, ties to larger scales") {
    const HistogramState<> state = histogram(shifted_gaussian());
    for (const bool symmetric : {false, true}) {
        check_curve<MeanSquaredError>(state.view(), kinds::grid(4, symmetric));
        check_curve<Entropy>(state.view(), kinds::grid(4, symmetric));
    }
}

TEST_CASE("SearchingCriterion: the cost of squared error is that of quantizing the data") {
    const std::vector<float> values = shifted_gaussian();
    const HistogramState<> state = histogram(values);
    for (const bool symmetric : {false, true}) {
        const Grid grid = kinds::grid(4, symmetric);
        const Choice choice = search_range<MeanSquaredError>(state.view(), grid);
        const double error = kinds::mean_squared_error(values, choice.range, grid);
        CHECK(choice.cost == doctest::Approx(error).epsilon(0.01));
    }
}

TEST_CASE(
    "SearchingCriterion: clipping criteria cost the share of values outside, without a curve") {
    const HistogramState<> state = histogram(shifted_gaussian());
    for (const bool symmetric : {false, true}) {
        const Grid grid = kinds::grid(8, symmetric);
        Curve curve(3);
        const Choice full = search_range<FullRange>(state.view(), grid, &curve);
        CHECK(full == Choice{choose_range<FullRange>(state.view(), grid), 0.0});
        CHECK(curve.empty());
        curve.resize(3);
        const Choice most = search_range<Percentile<999000>>(state.view(), grid, &curve);
        CHECK(most.range == choose_range<Percentile<999000>>(state.view(), grid));
        CHECK(most.cost == (symmetric ? 5.0 : 4.0) / 5000.0);
        CHECK(curve.empty());
    }
}

TEST_CASE("SearchingCriterion: one value costs nothing; no value is an error") {
    const HistogramState<> state = histogram(std::vector<float>(100, 3.7F));
    const Grid grid = kinds::grid(8, false);
    const auto value = static_cast<double>(3.7F);
    Curve curve(3);
    CHECK(search_range<Entropy>(state.view(), grid, &curve) == Choice{{value, value}, 0.0});
    CHECK(search_range<MeanSquaredError>(state.view(), grid, &curve) ==
          Choice{{value, value}, 0.0});
    CHECK(curve.empty());
    CHECK_THROWS_WITH_AS((void)search_range<FullRange>(HistogramState<>().view(), grid),
                         "Histogram: no range, expected observe() with at least one value first",
                         std::logic_error);
}
