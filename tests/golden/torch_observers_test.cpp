// Scales, zero points and ranges of PyTorch's observers: MinMax, MovingAverageMinMax and the two
// of channels.
//
// Where PyTorch raises a scale to its eps (1.2e-7), where nothing was observed and where a batch is
// not finite, our contract decides otherwise, and the rows are held to it.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ratio>
#include <stdexcept>
#include <string>
#include <vector>

#include "calibration.hpp"
#include "compare.hpp"
#include "golden.hpp"
#include "intact/core/number.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/moving_average.hpp"
#include "intact/observers/variants/torch_histogram.hpp"
#include "intact/quantizers/aliases.hpp"
#include "scales.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group observers("g1_torch_observers");
    return observers;
}

double steps_of(const golden::TorchScheme& scheme) {
    return scheme.is_symmetric ? (scheme.grid.qmax - scheme.grid.qmin) / 2.0
                               : scheme.grid.qmax - scheme.grid.qmin;
}

/// Our contract for a range whose scale PyTorch raised to eps.
void check_without_eps(const Range& seen, const QuantParams& given,
                       const golden::TorchScheme& scheme) {
    const double low = std::min(seen.min, 0.0);
    const double high = std::max(seen.max, 0.0);
    const double reach = scheme.is_symmetric ? std::max(-low, high) : high - low;
    const double smallest = double{std::numeric_limits<float>::min()};
    const double expected = reach == 0.0 ? 1.0 : std::max(reach / steps_of(scheme), smallest);
    CHECK(double{given.scale} == doctest::Approx(expected).epsilon(1e-6));
    double zero_point = scheme.grid.zero_point;
    if (!scheme.is_symmetric)
        zero_point = std::nearbyint(scheme.grid.qmin - low / double{given.scale});
    if (reach == 0.0) zero_point = scheme.grid.zero_point;  // the code nearest 0, not qmin
    CHECK(given.zero_point == static_cast<std::int32_t>(zero_point));
}

/// The parameters that the observer's range gives, against a row's scale and zero point.
void check_params(const golden::Row& row, const Range& seen, const QuantParams& given, float scale,
                  std::int32_t zero_point, double tolerance) {
    const auto scheme = golden::torch_scheme(row);
    if (double{scale} == row.number("eps")) return check_without_eps(seen, given, scheme);
    CHECK(golden::far_differences({given.scale}, {scale}, tolerance, 0.0) == "");
    // PyTorch says 128 for unsigned symmetric codes, even where 127 is the last one.
    if (scheme.is_symmetric && zero_point > scheme.grid.qmax) {
        CHECK(given.zero_point == scheme.grid.zero_point);
    } else {
        CHECK(given.zero_point == zero_point);
    }
}

template <class Watch>
void check_one_range(const golden::Row& row, double tolerance, double ends_tolerance) {
    CAPTURE(row.name);
    const Grid plain;
    const auto scheme = golden::torch_scheme(row);
    Watch observer;
    bool is_finite = true;
    for (const std::vector<float>& batch : golden::batches(row)) {
        const Watch before = observer;
        for (const float value : batch) is_finite = is_finite && !is_non_finite(value);
        if (!is_finite) {
            CHECK_THROWS_AS(observer.observe(batch), std::domain_error);
            CHECK(observer == before);
            return;
        }
        observer.observe(batch);
    }
    if (observer.empty()) {
        CHECK_THROWS_AS((void)observer.range(scheme.grid), std::logic_error);
        return;
    }
    REQUIRE(!row.is_informational());
    const Range seen = observer.range(plain);
    const QuantParams given = scheme.params(observer.range(scheme.grid));
    check_params(row, seen, given, row.expected("scale").value<float>(),
                 row.expected("zero_point").value<std::int32_t>(), tolerance);
    for (const char* end : {"min", "max"}) {
        if (!row.has_expected(end)) continue;
        const double ours = end == std::string("min") ? seen.min : seen.max;
        CHECK(golden::far_differences({static_cast<float>(ours)},
                                      {row.expected(end).value<float>()}, ends_tolerance,
                                      0.0) == "");
    }
}

/// Rows whose range is recorded only: one value, scales at eps, widths whose cubes overflow.
bool is_degenerate(const golden::Row& row) {
    return row.tolerance.find("informational (") != std::string::npos;
}

/// The squared error of the range that our own criterion chooses: "or beat it" in the row's words.
void check_squared_error(const golden::Row& row) {
    const auto scheme = golden::torch_scheme(row);
    Histogram<MeanSquaredError> observer;
    for (const std::vector<float>& batch : golden::batches(row)) observer.observe(batch);
    const Range chosen = observer.range(scheme.grid);
    const QuantParams params = scheme.is_symmetric
                                   ? Symmetric<Full>::params(chosen, scheme.grid).params
                                   : Affine::params(chosen, scheme.grid).params;
    const double error = golden::mean_squared_error(golden::all_values(row), params, scheme.grid);
    CHECK(error <= 1.05 * row.expected("mse").value<double>());
}

/// The histogram, its range and the parameters of PyTorch's own observer.
template <class Watch>
void check_histogram(const golden::Row& row) {
    const auto scheme = golden::torch_scheme(row);
    Watch observer;
    for (const std::vector<float>& batch : golden::batches(row)) observer.observe(batch);
    CHECK(static_cast<float>(observer.counted().min) == row.expected("min").value<float>());
    const auto max = row.expected("max").value<double>();
    CHECK(std::abs(observer.counted().max - max) <= 1e-4 * std::abs(max));

    const auto counts = row.expected("histogram").values<float>();
    REQUIRE(observer.counts().size() == counts.size());
    double apart = 0.0;
    double all = 0.0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        apart += std::abs(double{observer.counts()[i]} - double{counts[i]});
        all += double{counts[i]};
    }
    CHECK(apart <= 5e-3 * all);
    if (is_degenerate(row)) return;

    const Range found = observer.range(Grid{});
    CHECK(found.min == doctest::Approx(row.expected("new_min").value<double>()).epsilon(2e-3));
    CHECK(found.max == doctest::Approx(row.expected("new_max").value<double>()).epsilon(2e-3));
    const QuantParams params = scheme.params(observer.range(scheme.grid));
    const auto scale = row.expected("scale").value<double>();
    CHECK(std::abs(double{params.scale} - scale) <= 2e-3 * scale);
    CHECK(std::abs(params.zero_point - row.expected("zero_point").value<std::int32_t>()) <= 1);
    const double error = golden::mean_squared_error(golden::all_values(row), params, scheme.grid);
    CHECK(error <= 1.05 * row.expected("mse").value<double>());
}

/// Every channel's range through a quantizer, which tells the values of an axis apart.
template <class Watch>
void check_channels(const golden::Row& row) {
    using Tensor = Eigen::Tensor<float, 3, Eigen::RowMajor>;
    CAPTURE(row.name);
    const auto scheme = golden::torch_scheme(row);
    AffineQuantizer<std::int8_t, PerChannel<1>, Watch> quantizer;
    for (int i = 0; row.has_input("batch" + std::to_string(i)); ++i) {
        const golden::Value batch = row.input("batch" + std::to_string(i));
        const auto values = batch.values<float>();
        const auto shape = golden::around_axis(batch.shape(), row.integer("ch_axis"));
        quantizer.observe(
            Eigen::TensorMap<const Tensor>(values.data(), shape[0], shape[1], shape[2]));
    }
    const auto scales = row.expected("scale").values<float>();
    const auto zero_points = row.expected("zero_point").values<std::int32_t>();
    std::vector<float> minima;
    std::vector<float> maxima;
    REQUIRE(quantizer.observers().size() == scales.size());
    for (std::size_t i = 0; i < scales.size(); ++i) {
        CAPTURE(i);
        const auto& observer = quantizer.observers()[i];
        const Range seen = observer.range(Grid{});
        minima.push_back(static_cast<float>(seen.min));
        maxima.push_back(static_cast<float>(seen.max));
        check_params(row, seen, scheme.params(observer.range(scheme.grid)), scales[i],
                     zero_points[i], 1e-5);
    }
    CHECK(golden::far_differences(minima, row.expected("min").values<float>(), 1e-5, 1e-12) == "");
    CHECK(golden::far_differences(maxima, row.expected("max").values<float>(), 1e-5, 1e-12) == "");
}

/// Calls visit(observer) with the moving average of the row's constant.
template <class Visit>
void with_moving_average(const golden::Row& row, Visit&& visit) {
    const double c = row.has_param("averaging_constant") ? row.number("averaging_constant") : 0.01;
    if (c == 0.01) return visit(MovingAverage());
    if (c == 0.1) return visit(BasicMovingAverage<std::ratio<1, 10>>());
    if (c == 0.5) return visit(BasicMovingAverage<std::ratio<1, 2>>());
    if (c == 1.0) return visit(BasicMovingAverage<std::ratio<1>>());
    FAIL("an averaging constant that this test does not know: " << c);
}

}  // namespace

TEST_CASE("golden torch observers: min-max") {
    for (const golden::Row* row : group().rows_of("observer.minmax")) {
        check_one_range<MinMax>(*row, 1e-6, 0.0);
    }
}

TEST_CASE("golden torch observers: moving averages") {
    for (const golden::Row* row : group().rows_of("observer.mavg")) {
        with_moving_average(
            *row, [&](auto observer) { check_one_range<decltype(observer)>(*row, 1e-5, 1e-5); });
    }
}

TEST_CASE(
    "golden torch observers: our squared error is no worse than the search of HistogramObserver") {
    for (const golden::Row* row : group().rows_of("observer.histogram")) {
        if (row->is_informational() || is_degenerate(*row)) continue;
        CAPTURE(row->name);
        check_squared_error(*row);
    }
}

TEST_CASE("golden torch observers: histograms, with either way to bin again") {
    for (const golden::Row* row : group().rows_of("observer.histogram")) {
        if (row->is_informational()) continue;
        CAPTURE(row->name);
        const bool spreads = row->integer("upsample_rate") == 128;
        const int bins = row->integer("bins");
        REQUIRE((spreads || row->integer("upsample_rate") == 16));
        REQUIRE((bins == 256 || bins == 2048));
        using enum TorchRebinning;
        if (spreads && bins == 256) check_histogram<TorchHistogram<256, spread>>(*row);
        if (spreads && bins == 2048) check_histogram<TorchHistogram<2048, spread>>(*row);
        if (!spreads && bins == 256) check_histogram<TorchHistogram<256>>(*row);
        if (!spreads && bins == 2048) check_histogram<TorchHistogram<>>(*row);
    }
}

TEST_CASE("golden torch observers: min-max of every channel") {
    for (const golden::Row* row : group().rows_of("observer.pcminmax")) {
        check_channels<MinMax>(*row);
    }
}

TEST_CASE("golden torch observers: moving averages of every channel") {
    for (const golden::Row* row : group().rows_of("observer.pcmavg")) {
        with_moving_average(*row, [&](auto observer) { check_channels<decltype(observer)>(*row); });
    }
}

TEST_CASE("golden torch observers: no row is passed over in silence") {
    group().report_others({"observer.minmax", "observer.mavg", "observer.pcminmax",
                           "observer.pcmavg", "observer.histogram"});
}
