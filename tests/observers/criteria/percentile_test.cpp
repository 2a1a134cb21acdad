#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"

using namespace intact;

namespace {

constexpr Grid affine{.qmin = 0, .qmax = 255};
constexpr Grid symmetric{.qmin = -127, .qmax = 127, .symmetric = true};

template <class Clip>
Range chosen(const std::vector<float>& values, const Grid& grid) {
    Histogram<Clip> observer;
    observer.observe(values);
    return observer.range(grid);
}

/// A bin is at most 2^-8 of its value wide, and below the octaves 2^-16 of the largest one.
double widest_bin(double value, double largest) {
    return std::max(std::abs(value) / 256.0, largest / 32768.0);
}

/// Compares with the order statistics of the sorted values.
template <int PartsPerMillion>
void check_against_sorted(std::vector<float> values) {
    const Range found = chosen<Percentile<PartsPerMillion>>(values, affine);
    const Range magnitude = chosen<Percentile<PartsPerMillion>>(values, symmetric);
    const std::size_t n = values.size();
    const std::size_t k = n * (1000000 - PartsPerMillion) / 1000000;

    std::sort(values.begin(), values.end());
    const auto min = static_cast<double>(values[k / 2]);
    const auto max = static_cast<double>(values[n - 1 - k / 2]);
    const double largest = std::max(std::abs(static_cast<double>(values.front())),
                                    std::abs(static_cast<double>(values.back())));
    CHECK(std::abs(found.min - min) <= widest_bin(min, largest));
    CHECK(std::abs(found.max - max) <= widest_bin(max, largest));
    CHECK(found.min >= static_cast<double>(values.front()));
    CHECK(found.max <= static_cast<double>(values.back()));

    for (float& value : values) value = std::abs(value);
    std::sort(values.begin(), values.end());
    const auto end = static_cast<double>(values[n - 1 - k]);
    CHECK(std::abs(magnitude.max - end) <= widest_bin(end, largest));
    CHECK(magnitude.min == -magnitude.max);
    CHECK(magnitude.max <= largest);
}

}  // namespace

TEST_CASE("Percentile: the ends are the order statistics, to one bin") {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (const std::size_t n : {1U, 2U, 7U, 1000U, 20001U}) {
        for (const float offset : {0.0F, 10.0F, -10.0F}) {
            std::vector<float> values(n);
            for (float& value : values) value = normal(random) + offset;
            check_against_sorted<600000>(values);
            check_against_sorted<500000>(values);
            check_against_sorted<990000>(values);
            check_against_sorted<999900>(values);
            check_against_sorted<1000000>(values);
            for (float& value : values) value = std::max(value, 0.0F);
            check_against_sorted<500000>(values);
            check_against_sorted<999900>(values);
        }
    }
}

TEST_CASE("Percentile: 99.99 % by default, zeros count, and k div 2 stay outside at each end") {
    std::vector<float> values(20000, 0.0F);
    values[5] = 100.0F;
    values[6] = -50.0F;
    CHECK(chosen<Percentile<>>(values, affine) == Range{});     // k = 2: one at each end
    CHECK(chosen<Percentile<>>(values, symmetric) == Range{});  // k = 2: both
    values.resize(19999);                                       // k = 1: none at each end
    CHECK(chosen<Percentile<>>(values, affine) == Range{.min = -50.0, .max = 100.0});
    CHECK(chosen<Percentile<>>(values, symmetric).max == doctest::Approx(50.0).epsilon(1.0 / 256));
}

TEST_CASE("Percentile: 100 % is the full range, exactly") {
    const std::vector<float> values{-1.2345F, 0.3F, 2.3456F};
    CHECK(chosen<Percentile<1000000>>(values, affine) == chosen<FullRange>(values, affine));
    CHECK(chosen<Percentile<1000000>>(values, symmetric) == chosen<FullRange>(values, symmetric));
}

TEST_CASE("Percentile: the number outside does not overflow") {
    CHECK(detail::allowed_outside(UINT64_MAX, 1) == 18446725626965477905U);
    CHECK(detail::allowed_outside(20000, 999900) == 2);
    CHECK(detail::allowed_outside(19999, 999900) == 1);
}

TEST_CASE("Percentile: a constant tensor keeps its value") {
    for (const float c : {0.1F, -3.7F, 1e-42F, 3e38F}) {
        const std::vector<float> values(50000, c);
        CHECK(chosen<Percentile<>>(values, affine) == chosen<FullRange>(values, affine));
    }
}
