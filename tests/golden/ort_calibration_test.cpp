// Thresholds of ONNX Runtime's percentile and entropy calibrators, before and from version 1.13.
#include <cmath>
#include <string>
#include <vector>

#include "calibration.hpp"
#include "golden.hpp"
#include "intact/observers/variants/onnx_runtime_entropy.hpp"
#include "intact/observers/variants/onnx_runtime_percentile.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group calibration("g3_calibration");
    return calibration;
}

/// Shows all batches of a row to an observer; bins and ends must be the same, though the rows of
/// percentiles would allow a bin.
template <class Watch>
void check_range(const golden::Row& row, const std::string& suffix) {
    Watch observer;
    for (const std::vector<float>& batch : golden::batches(row)) observer.observe(batch);
    const auto bins = row.expected("num_bins_final").value<double>();
    const auto first = row.expected("edge_first").value<double>();
    const auto last = row.expected("edge_last").value<double>();
    const EdgedHistogram& seen = observer.histogram();
    CHECK(static_cast<double>(seen.counts.size()) == bins);
    CHECK(seen.edges.front() == doctest::Approx(first).epsilon(1e-6));
    CHECK(seen.edges.back() == doctest::Approx(last).epsilon(1e-6));

    const Range range = observer.range(Grid{});
    const auto check_end = [&](double given, double expected) {
        CAPTURE(given);
        CAPTURE(expected);
        CHECK(std::abs(given - expected) <= 1e-6 * std::abs(expected));
    };
    check_end(range.min, row.expected("lo" + suffix).value<double>());
    check_end(range.max, row.expected("hi" + suffix).value<double>());
}

template <int PartsPerMillion, int Bins, class Counts>
void check_percentile(const golden::Row& row) {
    using enum OnnxRuntimeVersion;
    check_range<OnnxRuntimePercentile<PartsPerMillion, Bins, Counts, v1_12>>(row, "");
    check_range<OnnxRuntimePercentile<PartsPerMillion, Bins, Counts, v1_13>>(row, "_clamped");
}

template <int PartsPerMillion>
void check_percentile(const golden::Row& row) {
    const int bins = row.integer("num_bins");
    REQUIRE((bins == 128 || bins == 2048));
    if (row.integer("symmetric") == 1) {
        if (bins == 128) return check_percentile<PartsPerMillion, 128, OnnxRuntimeMagnitudes>(row);
        return check_percentile<PartsPerMillion, 2048, OnnxRuntimeMagnitudes>(row);
    }
    if (bins == 128) return check_percentile<PartsPerMillion, 128, OnnxRuntimeValues>(row);
    check_percentile<PartsPerMillion, 2048, OnnxRuntimeValues>(row);
}

template <int Bins, int QuantizedBins>
void check_entropy(const golden::Row& row) {
    using enum OnnxRuntimeVersion;
    check_range<OnnxRuntimeEntropy<Bins, QuantizedBins, v1_12>>(row, "");
    if (Bins > 512) return;  // what the versions differ in does not depend on the bins
    check_range<OnnxRuntimeEntropy<Bins, QuantizedBins, v1_13>>(row, "_clamped");
}

}  // namespace

TEST_CASE("golden ONNX Runtime calibration: percentile") {
    for (const golden::Row* row : group().rows_of("calibrate.percentile(ort)")) {
        CAPTURE(row->name);
        const std::string& percentile = row->param("percentile");
        if (percentile == "99.9") {
            check_percentile<999000>(*row);
        } else if (percentile == "99.99") {
            check_percentile<999900>(*row);
        } else if (percentile == "99.999") {
            check_percentile<999990>(*row);
        } else {
            FAIL("a percentile that this test does not know: " << percentile);
        }
    }
}

TEST_CASE("golden ONNX Runtime calibration: entropy") {
    for (const golden::Row* row : group().rows_of("calibrate.entropy(ort)")) {
        CAPTURE(row->name);
        const int bins = row->integer("num_bins");
        const int quantized = row->integer("num_quantized_bins");
        if (bins == 128 && quantized == 128) {
            check_entropy<128, 128>(*row);
        } else if (bins == 2048 && quantized == 128) {
            check_entropy<2048, 128>(*row);
        } else if (bins == 512 && quantized == 32) {
            check_entropy<512, 32>(*row);
        } else {
            FAIL("numbers of bins that this test does not know: " << bins << ", " << quantized);
        }
    }
}
