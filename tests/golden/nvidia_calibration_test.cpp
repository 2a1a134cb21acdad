// Largest magnitudes that NVIDIA's calibrators keep: percentile, entropy and squared error of
// pytorch-quantization, squared error of Model Optimizer.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ratio>
#include <span>
#include <string>
#include <vector>

#include "calibration.hpp"
#include "compare.hpp"
#include "golden.hpp"
#include "intact/observers/variants/model_opt_mean_squared_error.hpp"
#include "intact/observers/variants/nvidia_mean_squared_error.hpp"
#include "intact/observers/variants/nvidia_percentile.hpp"
#include "intact/observers/variants/tensor_rt_entropy.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group calibration("g3_calibration");
    return calibration;
}

template <class Watch>
Watch observed(const golden::Row& row) {
    Watch observer;
    for (const std::vector<float>& batch : golden::batches(row)) observer.observe(batch);
    return observer;
}

double error_of(const golden::Row& row, double amax, const Grid& grid) {
    const Range range{.min = -amax, .max = amax};
    return golden::mean_squared_error(golden::all_values(row),
                                      Symmetric<>::params(range, grid).params, grid);
}

/// Whether the data's squared error with `amax` is at most `ratio` of the row's.
bool beats(const golden::Row& row, double amax, double ratio) {
    const auto expected = row.expected("mse").value<double>();
    if (expected < 0.0) return false;  // undefined for zeros
    double square = 0.0;
    for (const float x : golden::all_values(row)) square = std::max(square, double{x} * double{x});
    return error_of(row, amax, golden::magnitude_grid(row)) <= ratio * expected + 1e-6 * square;
}

template <class Watch>
void check_amax(const golden::Row& row, double bins_apart, double ratio) {
    const auto observer = observed<Watch>(row);
    const auto width = row.expected("bin_width").value<double>();
    const EdgedHistogram& seen = observer.histogram();
    CHECK(static_cast<double>(seen.counts.size()) ==
          row.expected("num_bins_final").value<double>());
    CHECK(seen.edges[1] == doctest::Approx(width).epsilon(1e-6));
    const double amax = observer.range(golden::observed_grid(row)).max;
    const auto expected = row.expected("amax").value<double>();
    CAPTURE(amax);
    CAPTURE(expected);
    const bool is_near = std::abs(amax - expected) <= bins_apart * width * 1.0001;
    CHECK((is_near || (ratio > 0.0 && beats(row, amax, ratio))));
}

template <class Watch>
void check_multiple(const golden::Row& row) {
    const Grid grid = golden::observed_grid(row);
    if (row.has_param("axis")) {
        REQUIRE(row.integer("axis") == 0);
        const golden::Value batch = row.input("batch0");
        const auto values = batch.values<float>();
        const auto channels = static_cast<std::size_t>(batch.shape().front());
        const std::size_t size = values.size() / channels;
        std::vector<float> given;
        for (std::size_t i = 0; i < channels; ++i) {
            Watch observer;
            observer.observe(std::span(values).subspan(i * size, size));
            given.push_back(static_cast<float>(observer.range(grid).max));
        }
        CHECK(golden::far_differences(given, row.expected("amax").values<float>(), 1e-5, 0.0) ==
              "");
        return;
    }
    const double amax = observed<Watch>(row).range(grid).max;
    const auto expected = row.expected("amax").value<double>();
    CAPTURE(amax);
    CAPTURE(expected);
    CHECK((std::abs(amax - expected) <= 1e-5 * expected || beats(row, amax, 1.001)));
}

}  // namespace

TEST_CASE("golden NVIDIA calibration: percentile") {
    for (const golden::Row* row : group().rows_of("calibrate.percentile(nvidia)")) {
        CAPTURE(row->name);
        const std::string& percentile = row->param("percentile");
        REQUIRE(row->integer("num_bins") == 2048);
        if (percentile == "99.0") {
            check_amax<NvidiaPercentile<990000>>(*row, 1.0, 0.0);
        } else if (percentile == "99.9") {
            check_amax<NvidiaPercentile<999000>>(*row, 1.0, 0.0);
        } else if (percentile == "99.99") {
            check_amax<NvidiaPercentile<999900>>(*row, 1.0, 0.0);
        } else if (percentile == "99.999") {
            check_amax<NvidiaPercentile<999990>>(*row, 1.0, 0.0);
        } else {
            FAIL("a percentile that this test does not know: " << percentile);
        }
    }
}

TEST_CASE("golden NVIDIA calibration: entropy") {
    for (const golden::Row* row : group().rows_of("calibrate.entropy(nvidia)")) {
        CAPTURE(row->name);
        REQUIRE(row->integer("num_bins") == 2048);
        REQUIRE(row->integer("start_bin") == 128);
        if (row->integer("stride") == 8) {
            check_amax<TensorRtEntropy<2048, 128, 8>>(*row, 1.0, 0.0);
        } else {
            REQUIRE(row->integer("stride") == 1);
            check_amax<TensorRtEntropy<>>(*row, 1.0, 0.0);
        }
    }
}

TEST_CASE("golden NVIDIA calibration: squared error over a histogram") {
    for (const golden::Row* row : group().rows_of("calibrate.mse(nvidia)")) {
        CAPTURE(row->name);
        REQUIRE(row->integer("num_bins") == 2048);
        REQUIRE(row->integer("start_bin") == 128);
        REQUIRE(row->integer("stride") == 1);
        check_amax<NvidiaMeanSquaredError<>>(*row, 2.0, 1.01);
    }
}

TEST_CASE("golden NVIDIA calibration: squared error over multiples of the largest magnitude") {
    for (const golden::Row* row : group().rows_of("calibrate.mse_grid(modelopt)")) {
        CAPTURE(row->name);
        if (row->integer("num_steps") == 10) {
            REQUIRE(row->param("start_multiplier") == "0.25");
            REQUIRE(row->param("stop_multiplier") == "4.0");
            check_multiple<ModelOptMeanSquaredError<>>(*row);
        } else {
            REQUIRE(row->integer("num_steps") == 64);
            REQUIRE(row->param("start_multiplier") == "0.1");
            REQUIRE(row->param("stop_multiplier") == "1.0");
            check_multiple<ModelOptMeanSquaredError<64, std::ratio<1, 10>, std::ratio<1>>>(*row);
        }
    }
}
