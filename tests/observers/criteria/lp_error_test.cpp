#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/error_search.hpp"
#include "intact/observers/criteria/lp_error.hpp"
#include "intact/observers/criteria/mean_absolute_error.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/histogram_state.hpp"
#include "tests/observers/kinds.hpp"

using namespace intact;

static_assert(std::same_as<LpError<1>, MeanAbsoluteError>);
static_assert(std::same_as<LpError<2>, MeanSquaredError>);

namespace {

template <int BinBits = 8>
HistogramState<8, BinBits> histogram(const std::vector<float>& values) {
    HistogramState<8, BinBits> state;
    state.add(values);
    return state;
}

std::vector<float> gaussian(std::size_t n, float shift) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<float> values(n);
    for (float& value : values) value = normal(random) + shift;
    return values;
}

template <int Power>
Curve curve_of(const HistogramView& seen, const Grid& grid) {
    Curve curve;
    (void)search_range<LpError<Power>>(seen, grid, &curve);
    return curve;
}

/// The costs are those of quantizing values that fill each bin evenly.
template <int Power>
void check_costs(const std::vector<float>& lattice, const HistogramView& seen, bool symmetric) {
    const Grid grid = kinds::grid(4, symmetric);
    const Curve curve = curve_of<Power>(seen, grid);
    CHECK(curve.size() == 14 * 128 + 3);
    for (std::size_t i = 0; i < curve.size() && curve[i].scale > 0.02F; i += 100) {
        const QuantParams params{curve[i].scale, symmetric ? 0 : grid.qmin + curve[i].below};
        CHECK(curve[i].cost ==
              doctest::Approx(kinds::mean_error(Power, lattice, params, grid)).epsilon(1e-4));
    }
}

/// No other zero point costs less.
template <int Power>
void check_zero_points(const HistogramView& seen) {
    const Grid grid = kinds::grid(4, false);
    const auto search = LpError<Power>::search_of(seen, grid);
    const Curve curve = curve_of<Power>(seen, grid);
    for (std::size_t i = 0; i < curve.size(); i += 60) {
        CHECK(curve[i].above + curve[i].below == 15);
        CHECK(curve[i].cost == search.error(curve[i].scale, curve[i].below, curve[i].above));
        for (std::int32_t above = 0; above <= 15; ++above) {
            CHECK(curve[i].cost <= search.error(curve[i].scale, 15 - above, above) * (1.0 + 1e-12));
        }
    }
}

/// The search that leaves scales out chooses the lowest point of the whole curve.
template <int Power>
void check_choice(const HistogramView& seen, const Grid& grid) {
    Curve curve;
    const Choice choice = search_range<LpError<Power>>(seen, grid, &curve);
    const auto best =
        std::min_element(curve.begin(), curve.end(),
                         [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
    CHECK(choice == Choice{best->range(grid), best->cost});
    CHECK(choice == search_range<LpError<Power>>(seen, grid));
    CHECK(kinds::params(choice.range, grid).scale == best->scale);
}

}  // namespace

TEST_CASE("LpError: the costs are those of quantizing evenly spread values") {
    // Bins of one octave are equally wide: values on a fine lattice fill each of them evenly.
    std::vector<float> lattice;
    for (int i = -32768; i < 65536; ++i) {
        lattice.push_back((static_cast<float>(i) + 0.5F) * 0x1p-15F);
    }
    const auto state = histogram(lattice);
    for (const bool symmetric : {false, true}) {
        check_costs<1>(lattice, state.view(), symmetric);
        check_costs<2>(lattice, state.view(), symmetric);
        check_costs<3>(lattice, state.view(), symmetric);
        check_costs<4>(lattice, state.view(), symmetric);
    }
}

TEST_CASE("LpError: taking the larger next term finds the best zero point") {
    for (const float shift : {0.0F, 1.0F, -2.5F, 8.0F}) {
        const auto state = histogram(gaussian(3000, shift));
        check_zero_points<1>(state.view());
        check_zero_points<2>(state.view());
        check_zero_points<3>(state.view());
        check_zero_points<4>(state.view());
    }
}

TEST_CASE("LpError: scales that a search leaves out are never better, on every kind of data") {
    for (const kinds::Kind& kind : kinds::all(2000)) {
        CAPTURE(kind.name);
        const auto state = histogram<5>(kind.values);
        for (const bool symmetric : {false, true}) {
            check_choice<2>(state.view(), kinds::grid(8, symmetric));
            const Grid grid = kinds::grid(3, symmetric);
            check_choice<1>(state.view(), grid);
            check_choice<2>(state.view(), grid);
            check_choice<3>(state.view(), grid);
            check_choice<4>(state.view(), grid);
        }
    }
}

TEST_CASE("LpError: the larger the power, the further the range reaches for outliers") {
    std::vector<float> values = gaussian(20000, 0.0F);
    values[5] = 30.0F;
    const auto state = histogram(values);
    const Grid grid = kinds::grid(6, true);
    const double one = choose_range<LpError<1>>(state.view(), grid).max;
    const double two = choose_range<LpError<2>>(state.view(), grid).max;
    const double three = choose_range<LpError<3>>(state.view(), grid).max;
    const double four = choose_range<LpError<4>>(state.view(), grid).max;
    CHECK(one < two);
    CHECK(two < three);
    CHECK(three < four);
    CHECK(four <= 31.0);
}

TEST_CASE("LpError: more than 8 bits are refused, by the name of the criterion") {
    const auto state = histogram({1.0F, 2.0F});
    const Grid grid = kinds::grid(16, true);
    CHECK_THROWS_WITH_AS((void)choose_range<MeanAbsoluteError>(state.view(), grid),
                         "MeanAbsoluteError: too many codes to search, expected at most 8 bits, "
                         "given 65535 codes",
                         std::invalid_argument);
    CHECK_THROWS_AS((void)choose_range<LpError<3>>(state.view(), grid), std::invalid_argument);
}

TEST_CASE("Error criteria: where no scale is usable the cost is that of the smallest one") {
    const std::vector<float> tiny{1e-41F, 3e-41F, 2e-41F, -1e-41F};
    constexpr float smallest = std::numeric_limits<float>::min();
    for (const bool symmetric : {false, true}) {
        const Grid grid = kinds::grid(8, symmetric);
        const auto state = histogram(tiny);
        const Choice choice = search_range<MeanAbsoluteError>(state.view(), grid);
        CHECK(choice.range == spanned(-static_cast<double>(1e-41F), 3e-41F, grid));
        const double expected = kinds::mean_error(1, tiny, {smallest, 0}, grid);
        CHECK(choice.cost / expected == doctest::Approx(1.0).epsilon(0.02));
    }
}
