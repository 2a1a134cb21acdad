#include "intact/metrics/inspection/criteria.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "intact/metrics/error_measures.hpp"
#include "intact/observers/histogram.hpp"
#include "samples.hpp"

using namespace intact;

TEST_CASE("Criteria: ranges, scales and errors are those of quantizers with these criteria") {
    sample::Rows x = sample::gaussian(200, 500);
    x(7, 7) = 30.0F;
    HistogramState<> state;
    state.add({x.data(), static_cast<std::size_t>(x.size())});

    SymmetricQuantizer<std::int8_t, PerTensor, Histogram<Percentile<>>> percentile;
    SymmetricQuantizer<std::int8_t, PerTensor, Histogram<MeanSquaredError>> squared;
    percentile.observe(x);
    squared.observe(x);
    const auto made = compare_criteria<Symmetric<>>(state.view(), percentile.grid());
    REQUIRE(made.ranges.size() == 6);
    CHECK(made.ranges[0].criterion == "min-max");
    CHECK(made.ranges[0].range.max == doctest::Approx(30.0));
    CHECK(made.ranges[0].clipped_share == 0.0);
    CHECK(static_cast<float>(made.ranges[1].scale) == percentile.params()[0].scale);
    CHECK(static_cast<float>(made.ranges[3].scale) == squared.params()[0].scale);
    CHECK(made.ranges[1].squared_error ==
          doctest::Approx(mse(x, percentile.quantize(x).dequantize())).epsilon(0.01));
    CHECK(made.ranges[3].squared_error ==
          doctest::Approx(mse(x, squared.quantize(x).dequantize())).epsilon(0.01));
    CHECK(made.ranges[1].clipped_share == doctest::Approx(1e-4).epsilon(0.2));

    SymmetricQuantizer<std::int8_t, PerTensor, Histogram<MeanAbsoluteError>> absolute;
    SymmetricQuantizer<std::int8_t, PerTensor, Histogram<LpError<4>>> fourth;
    absolute.observe(x);
    fourth.observe(x);
    CHECK(made.ranges[4].criterion == "absolute error");
    CHECK(made.ranges[5].criterion == "fourth power");
    CHECK(static_cast<float>(made.ranges[4].scale) == absolute.params()[0].scale);
    CHECK(static_cast<float>(made.ranges[5].scale) == fourth.params()[0].scale);
    CHECK(made.ranges[4].scale < made.ranges[3].scale);
    CHECK(made.ranges[3].scale < made.ranges[5].scale);
}

TEST_CASE("Criteria: the curve's lowest point is the squared error criterion's choice") {
    const sample::Rows x = sample::gaussian(100, 100).cwiseMax(0.0F);
    HistogramState<> state;
    state.add({x.data(), static_cast<std::size_t>(x.size())});
    const auto made = compare_criteria<Affine>(state.view(), Affine::grid(4, false));
    const auto lowest =
        std::min_element(made.curve.begin(), made.curve.end(),
                         [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
    CHECK(static_cast<double>(lowest->scale) == made.ranges[3].scale);
    CHECK(lowest->cost == doctest::Approx(made.ranges[3].squared_error));
    CHECK(made.ranges[3].range.min == 0.0);
}

TEST_CASE("Criteria: the curves of other powers are in one unit and lowest where these chose") {
    const sample::Rows x = sample::gaussian(100, 100);
    HistogramState<> state;
    state.add({x.data(), static_cast<std::size_t>(x.size())});
    const auto made = compare_criteria<Symmetric<>>(state.view(), Symmetric<>::grid(4, true));
    const auto lowest = [](const Curve& curve) {
        return *std::min_element(
            curve.begin(), curve.end(),
            [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
    };
    CHECK(static_cast<double>(lowest(made.absolute_curve).scale) == made.ranges[4].scale);
    CHECK(static_cast<double>(lowest(made.fourth_curve).scale) == made.ranges[5].scale);
    // The mean of a power, to the inverse of it, grows with the power.
    REQUIRE(made.absolute_curve.size() >= made.curve.size());
    REQUIRE(made.fourth_curve.size() >= made.curve.size());
    for (std::size_t i = 0; i < made.curve.size(); ++i) {
        REQUIRE(made.absolute_curve[i].scale == made.curve[i].scale);
        CHECK(made.absolute_curve[i].cost < made.curve[i].cost);
        CHECK(made.curve[i].cost < made.fourth_curve[i].cost);
    }
}
