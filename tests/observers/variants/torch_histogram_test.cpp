#include <cstddef>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/variants/torch_histogram.hpp"
#include "intact/observers/variants/torch_range_search.hpp"
#include "intact/observers/variants/torch_rebinning.hpp"

using namespace intact;

namespace {

std::vector<float> gaussian(std::size_t n, float scale) {
    std::mt19937 random(11);
    std::normal_distribution<float> normal(0.0F, scale);
    std::vector<float> values(n);
    for (float& value : values) value = normal(random);
    return values;
}

float total(const std::vector<float>& counts) {
    return std::accumulate(counts.begin(), counts.end(), 0.0F);
}

}  // namespace

TEST_CASE("torch_counts: even bins that hold both ends; one value lies in the middle") {
    const std::vector<float> values{-1.0F, -0.1F, 0.0F, 0.5F, 1.0F, 1.5F};
    CHECK(detail::torch_counts(values, {-1.0, 1.0}, 4) == std::vector<float>{1, 1, 1, 2});
    CHECK(detail::torch_counts(std::vector<float>(3, 2.5F), {2.5, 2.5}, 4) ==
          std::vector<float>{0, 0, 3, 0});
}

TEST_CASE("torch_moved: sixteenths of a bin go where their middles lie") {
    CHECK(detail::torch_moved({16, 32}, {0.0, 2.0}, {0.0, 4.0}, 1) == std::vector<float>{48, 0});
    CHECK(detail::torch_moved({16, 32}, {0.0, 2.0}, {-1.0, 2.0}, 1) == std::vector<float>{8, 40});
    CHECK(detail::torch_moved({0, 1}, {1.0, 1.0}, {0.0, 2.0}, 7) == std::vector<float>{0, 7});
}

TEST_CASE("TorchSpread: new bins hold whole numbers of parts, the upper end gives way") {
    const detail::TorchSpread spread({0.0, 2.0}, {-1.0, 2.001}, 2);
    CHECK(spread.max() == 2.015625);  // 193 parts of 1/128 in each of two bins
    CHECK(spread.moved({128, 256}) == std::vector<float>{65, 319});
}

TEST_CASE("TorchHistogram: larger batches lose no count") {
    TorchHistogram<> midpoints;
    TorchHistogram<256, TorchRebinning::spread> spread;
    for (const float scale : {1.0F, 0.5F, 3.0F, 40.0F}) {
        const std::vector<float> batch = gaussian(500, scale);
        midpoints.observe(batch);
        spread.observe(batch);
    }
    CHECK(total(midpoints.counts()) == doctest::Approx(2000.0).epsilon(1e-6));
    CHECK(total(spread.counts()) == doctest::Approx(2000.0).epsilon(1e-6));
    CHECK(spread.counted().min == midpoints.counted().min);
    CHECK(spread.counted().max >= midpoints.counted().max);
}

TEST_CASE("TorchHistogram: the search cuts a far outlier, and never widens") {
    TorchHistogram<> observer;
    std::vector<float> batch = gaussian(200000, 1.0F);
    batch.front() = 30.0F;
    observer.observe(batch);
    const Range found = observer.range(Grid{});
    CHECK(found.min >= observer.counted().min);
    CHECK(found.max < 10.0);
    const Range both = observer.range({.qmin = -127, .qmax = 127, .symmetric = true});
    CHECK(both.min == -both.max);
}

TEST_CASE("TorchHistogram: huge values do not make the range collapse") {
    TorchHistogram<> observer;
    observer.observe(gaussian(1000, 1e20F));
    CHECK(observer.range(Grid{}).max > 0.5 * observer.counted().max);
}

TEST_CASE("TorchHistogram: no range before a value, none that is not finite") {
    TorchHistogram<> observer;
    CHECK_THROWS_AS((void)observer.range(Grid{}), std::logic_error);
    observer.observe(std::vector<float>{0.37F});
    const auto before = observer;
    CHECK_THROWS_AS(observer.observe(std::vector<float>{std::numeric_limits<float>::infinity()}),
                    std::domain_error);
    CHECK(observer == before);
    CHECK(observer.range(Grid{}).max == double{0.37F});
}

TEST_CASE("TorchHistogram: a first range too narrow to cut makes way for the next") {
    TorchHistogram<256, TorchRebinning::spread> observer;
    observer.observe(std::vector<float>{1e-45F, -1e-45F});
    observer.observe(std::vector<float>{1e-38F});
    const Range found = observer.range(Grid{});
    CHECK(found.min == found.max);
    CHECK(found.max == double{1e-38F});
}
