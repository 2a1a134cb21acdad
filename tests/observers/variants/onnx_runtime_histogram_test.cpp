#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/variants/onnx_runtime_entropy.hpp"
#include "intact/observers/variants/onnx_runtime_histogram.hpp"
#include "intact/observers/variants/onnx_runtime_percentile.hpp"

using namespace intact;

namespace {

template <class Counts>
void count(Counts& counts, const std::vector<float>& batch, std::size_t bins) {
    counts.count(batch, elementwise::min_max(batch), bins);
}

std::uint64_t total(const EdgedHistogram& histogram) {
    return std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("OnnxRuntimeValues: larger batches add as many bins at both ends") {
    OnnxRuntimeValues counts;
    count(counts, {-1.0F, 0.1F, 0.9F}, 4);
    CHECK(counts.histogram().edges == std::vector<double>{-1.0, -0.5, 0.0, 0.5, 1.0});
    CHECK(counts.histogram().counts == std::vector<std::uint64_t>{1, 0, 1, 1});
    count(counts, {0.6F, -1.2F}, 4);
    CHECK(counts.histogram().edges == std::vector<double>{-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5});
    CHECK(counts.histogram().counts == std::vector<std::uint64_t>{1, 1, 0, 1, 2, 0});
}

TEST_CASE("OnnxRuntimeValues: zeros that came first stay in the middle") {
    OnnxRuntimeValues counts;
    count(counts, {0.0F, -0.0F}, 4);
    CHECK(counts.histogram().edges.back() == 0.5);
    count(counts, {2.0F, -1.5F}, 4);
    CHECK(counts.histogram().edges == std::vector<double>{-2.0, -1.0, 0.0, 1.0, 2.0});
    CHECK(counts.histogram().counts == std::vector<std::uint64_t>{1, 0, 2, 1});
}

TEST_CASE("OnnxRuntimeMagnitudes: larger batches add bins above, smaller values are lost") {
    OnnxRuntimeMagnitudes counts;
    count(counts, {-1.0F, 2.0F, 3.0F}, 4);
    CHECK(counts.histogram().edges == std::vector<double>{1.0, 1.5, 2.0, 2.5, 3.0});
    CHECK(counts.histogram().counts == std::vector<std::uint64_t>{1, 0, 1, 1});
    count(counts, {0.5F, -3.6F}, 4);
    CHECK(counts.histogram().edges == std::vector<double>{1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0});
    CHECK(counts.histogram().counts == std::vector<std::uint64_t>{1, 0, 1, 1, 0, 1});
}

TEST_CASE("OnnxRuntimePercentile: an outlier too far for its bins is refused and changes nothing") {
    OnnxRuntimePercentile<999990, 2048, OnnxRuntimeValues> values;
    OnnxRuntimePercentile<> magnitudes;
    const std::vector<float> small{0.001F, 0.002F};
    values.observe(small);
    magnitudes.observe(small);
    const auto values_before = values;
    const auto magnitudes_before = magnitudes;
    const std::vector<float> outlier{1e9F};
    CHECK_THROWS_AS(values.observe(outlier), std::length_error);
    CHECK_THROWS_AS(magnitudes.observe(outlier), std::length_error);
    const std::vector<float> nan{std::numeric_limits<float>::quiet_NaN()};
    CHECK_THROWS_AS(values.observe(nan), std::domain_error);
    CHECK_THROWS_AS(magnitudes.observe(nan), std::domain_error);
    CHECK(values == values_before);
    CHECK(magnitudes == magnitudes_before);
}

TEST_CASE("OnnxRuntimePercentile: a constant of any size is counted") {
    for (const float constant : {1e-40F, 0.25F, -3e30F}) {
        CAPTURE(constant);
        OnnxRuntimePercentile<> observer;
        observer.observe(std::vector<float>(10, constant));
        CHECK(total(observer.histogram()) == 10);
        CHECK(observer.range(Grid{}).max <= double{constant});
    }
    CHECK_THROWS_AS((void)OnnxRuntimePercentile<>().range(Grid{}), std::logic_error);
}

TEST_CASE("OnnxRuntimeEntropy: bins that nobody would wait for are not searched") {
    OnnxRuntimeEntropy<> observer;
    for (const float value : {1.0F, 2.0F, 300.0F}) observer.observe(std::vector<float>{value});
    CHECK(observer.histogram().counts.size() > 32768);
    CHECK_THROWS_AS((void)observer.range(Grid{}), std::length_error);
}
