// The caller's rounding mode and flush-to-zero change no range, and come back unchanged.
#include <cfenv>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/moving_average.hpp"
#include "tests/observers/kinds.hpp"

#if INTACT_X86
#include <xmmintrin.h>
#endif

using namespace intact;

namespace {

template <Observer Watcher>
void add_ranges(const std::vector<std::vector<float>>& batches, std::vector<Range>& ranges) {
    Watcher observer;
    for (const auto& batch : batches) observer.observe(batch);
    for (const bool symmetric : {false, true}) {
        for (const int bits : {4, 8})
            ranges.push_back(observer.range(kinds::grid(bits, symmetric)));
    }
}

std::vector<Range> ranges_of(const std::vector<std::vector<float>>& batches) {
    std::vector<Range> ranges;
    add_ranges<MinMax>(batches, ranges);
    add_ranges<MovingAverage>(batches, ranges);
    add_ranges<BasicMovingAverage<std::ratio<1, 3>, true>>(batches, ranges);
    add_ranges<Histogram<>>(batches, ranges);
    add_ranges<Histogram<Percentile<>>>(batches, ranges);
    add_ranges<Histogram<MeanSquaredError>>(batches, ranges);
    add_ranges<Histogram<Entropy>>(batches, ranges);
    return ranges;
}

/// Three batches around zero, of this size.
std::vector<std::vector<float>> batches_of(float size) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<std::vector<float>> batches(3, std::vector<float>(5000));
    for (auto& batch : batches) {
        for (float& value : batch) value = normal(random) * size;
    }
    return batches;
}

}  // namespace

TEST_CASE("Observers: the caller's rounding mode changes no range") {
    for (const float size : {1.0F, 1e-39F, 1e37F}) {
        const auto batches = batches_of(size);
        const std::vector<Range> expected = ranges_of(batches);
        for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
            std::fesetround(mode);
            const std::vector<Range> found = ranges_of(batches);
            const int after = std::fegetround();
            std::fesetround(FE_TONEAREST);
            CHECK(found == expected);
            CHECK(after == mode);
        }
    }
}

#if INTACT_X86
TEST_CASE("Observers: flush-to-zero in the caller changes no range") {
    const unsigned saved = _mm_getcsr();
    for (const float size : {1e-39F, 1e-44F}) {
        const auto batches = batches_of(size);
        const std::vector<Range> expected = ranges_of(batches);
        _mm_setcsr(saved | 0x8040U);
        const std::vector<Range> found = ranges_of(batches);
        _mm_setcsr(saved);
        CHECK(found == expected);
        CHECK(found.front().max > 0.0);
    }
}
#endif
