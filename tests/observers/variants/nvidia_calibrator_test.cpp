#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <ratio>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/variants/model_opt_mean_squared_error.hpp"
#include "intact/observers/variants/nvidia_calibrator.hpp"
#include "intact/observers/variants/nvidia_histogram.hpp"
#include "intact/observers/variants/nvidia_mean_squared_error.hpp"
#include "intact/observers/variants/nvidia_percentile.hpp"
#include "intact/observers/variants/tensor_rt_entropy.hpp"

using namespace intact;

namespace {

constexpr Grid signed_codes{.qmin = -127, .qmax = 127, .symmetric = true, .zero_point = 0};
constexpr Grid unsigned_codes{.qmin = 0, .qmax = 255};

std::vector<float> gaussian(std::size_t n) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<float> values(n);
    for (float& value : values) value = normal(random);
    return values;
}

/// The amax of TensorRT's entropy in the words of its definition, one candidate after the other.
double slow_entropy(const EdgedHistogram& seen, std::size_t cells) {
    std::vector<double> bins(seen.counts.begin(), seen.counts.end());
    bins[0] = bins[1];
    double all = 0.0;
    for (const double count : bins) all += count;
    double least = std::numeric_limits<double>::max();
    std::size_t best = bins.size();
    for (std::size_t i = 128; i <= bins.size(); ++i) {
        std::vector<double> mass(cells);
        std::vector<double> filled(cells);
        double inside = 0.0;
        for (std::size_t j = 0; j < i; ++j) {
            if (bins[j] == 0.0) continue;
            mass[j * cells / i] += bins[j];
            filled[j * cells / i] += 1.0;
            inside += bins[j];
        }
        double divergence = 0.0;
        for (std::size_t j = 0; j < i; ++j) {
            const double reference = j + 1 == i ? bins[j] + all - inside : bins[j];
            if (reference == 0.0) continue;
            const std::size_t cell = j * cells / i;
            const double other = bins[j] == 0.0 ? 0.0 : mass[cell] / filled[cell] / inside;
            divergence += reference / all * std::log(reference / all / other);
        }
        if (divergence <= least) {
            least = divergence;
            best = i;
        }
    }
    return seen.edges[best];
}

/// The amax of NVIDIA's squared error in the words of its definition.
double slow_squared_error(const EdgedHistogram& seen, double levels) {
    const auto center = [&](std::size_t i) { return (seen.edges[i] + seen.edges[i + 1]) / 2.0; };
    double least = std::numeric_limits<double>::max();
    double best = 0.0;
    for (std::size_t i = 128; i < seen.counts.size(); ++i) {
        const double amax = center(i);
        double sum = 0.0;
        for (std::size_t j = 0; j < seen.counts.size(); ++j) {
            const double code = std::min(std::nearbyint(center(j) / amax * levels), levels);
            const double error = center(j) - code * amax / levels;
            sum += static_cast<double>(seen.counts[j]) * error * error;
        }
        if (sum < least) {
            least = sum;
            best = amax;
        }
    }
    return best;
}

}  // namespace

TEST_CASE("NvidiaHistogram: larger batches add bins of the first width") {
    NvidiaHistogram seen;
    seen.observe(std::vector<float>{-1.0F, 0.3F, 0.9F}, 4);
    CHECK(seen.histogram().edges == std::vector<double>{0.0, 0.25, 0.5, 0.75, 1.0});
    CHECK(seen.histogram().counts == std::vector<std::uint64_t>{0, 1, 0, 2});
    seen.observe(std::vector<float>{1.3F}, 4);
    CHECK(seen.histogram().counts.size() == 6);
    CHECK(seen.histogram().counts.back() == 1);
}

TEST_CASE("NvidiaHistogram: zeros that came first join the first bin") {
    NvidiaHistogram seen;
    seen.observe(std::vector<float>{0.0F, -0.0F}, 4);
    CHECK(seen.histogram().edges.back() == 0.0);
    CHECK(!seen.has_negative());
    seen.observe(std::vector<float>{2.0F}, 4);
    CHECK(seen.histogram().counts == std::vector<std::uint64_t>{2, 0, 0, 1});
}

TEST_CASE("NvidiaCalibrator: signed codes reach both ways, unsigned ones only where data allow") {
    NvidiaPercentile<1000000> positive;
    positive.observe(std::vector<float>{0.0F, 1.0F, 2.0F});
    CHECK(positive.range(unsigned_codes).min == 0.0);
    CHECK(positive.range(signed_codes).min == -positive.range(signed_codes).max);
    auto both = positive;
    both.observe(std::vector<float>{-1.0F});
    CHECK(both.range(unsigned_codes).min == -both.range(unsigned_codes).max);
    CHECK(both.range(unsigned_codes).max == positive.range(unsigned_codes).max);
}

TEST_CASE("NvidiaCalibrator: what cannot be counted is refused and changes nothing") {
    TensorRtEntropy<> observer;
    CHECK_THROWS_AS((void)observer.range(signed_codes), std::logic_error);
    observer.observe(std::vector<float>{0.001F});
    const auto before = observer;
    CHECK_THROWS_AS(observer.observe(std::vector<float>{1e9F}), std::length_error);
    CHECK_THROWS_AS(observer.observe(std::vector<float>{std::numeric_limits<float>::infinity()}),
                    std::domain_error);
    CHECK(observer == before);
}

TEST_CASE("TensorRtEntropy: prefix sums give what the definition says") {
    TensorRtEntropy<512> observer;
    observer.observe(gaussian(4000));
    const EdgedHistogram& seen = observer.histogram();
    CHECK(observer.range(signed_codes).max == slow_entropy(seen, 128));
    CHECK(observer.range(signed_codes).max < seen.edges.back());
}

TEST_CASE("NvidiaMeanSquaredError: prefix sums give what the definition says") {
    NvidiaMeanSquaredError<512> observer;
    observer.observe(gaussian(4000));
    const EdgedHistogram& seen = observer.histogram();
    for (const std::int32_t levels : {7, 127}) {
        const Grid grid{.qmin = -levels, .qmax = levels, .symmetric = true, .zero_point = 0};
        CHECK(observer.range(grid).max ==
              doctest::Approx(slow_squared_error(seen, levels)).epsilon(1e-6));
    }
}

TEST_CASE("ModelOptMeanSquaredError: clips where that costs less, never beyond its multiples") {
    ModelOptMeanSquaredError<64, std::ratio<1, 10>, std::ratio<1>> observer;
    CHECK_THROWS_AS((void)observer.range(signed_codes), std::logic_error);
    observer.observe(gaussian(4000));
    const Grid four_bits{.qmin = -7, .qmax = 7, .symmetric = true, .zero_point = 0};
    const double wide = observer.range(signed_codes).max;
    CHECK(observer.range(four_bits).max < 0.8 * wide);
    CHECK(observer.range(four_bits).min == -observer.range(four_bits).max);
}
