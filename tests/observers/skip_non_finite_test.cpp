#include <concepts>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/histogram.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/moving_average.hpp"
#include "intact/observers/skip_non_finite.hpp"
#include "intact/observers/values.hpp"

using namespace intact;

namespace {

constexpr Grid affine{.qmin = 0, .qmax = 255};
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float quiet_nan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("SkipNonFinite: the observer sees the finite values, the others are counted") {
    SkipNonFinite<MinMax> observer;
    observer.observe(
        std::vector<float>{quiet_nan, 1.0F, infinity, -2.0F, -infinity, quiet_nan, quiet_nan});
    CHECK(observer.range(affine) == Range{.min = -2.0, .max = 1.0});
    CHECK(observer.nan_count() == 3);
    CHECK(observer.infinity_count() == 2);
}

TEST_CASE("SkipNonFinite: a batch without finite values is counted but observes nothing") {
    SkipNonFinite<MinMax> observer;
    observer.observe(std::vector<float>{quiet_nan, -infinity});
    CHECK(observer.empty());
    CHECK(observer.nan_count() == 1);
    CHECK(observer.infinity_count() == 1);
    CHECK_THROWS_AS((void)observer.range(affine), std::logic_error);
}

TEST_CASE("SkipNonFinite: a batch stays one batch for a moving average") {
    SkipNonFinite<MovingAverage> skipping;
    MovingAverage plain;
    skipping.observe(std::vector<float>{1.0F, quiet_nan, 5.0F});
    skipping.observe(std::vector<float>{-1.0F, 2.0F});
    plain.observe(std::vector<float>{1.0F, 5.0F});
    plain.observe(std::vector<float>{-1.0F, 2.0F});
    CHECK(skipping.watcher() == plain);
}

TEST_CASE("SkipNonFinite: merges where its observer does") {
    SkipNonFinite<MinMax> a;
    SkipNonFinite<MinMax> b;
    SkipNonFinite<MinMax> whole;
    a.observe(std::vector<float>{quiet_nan, 1.0F});
    b.observe(std::vector<float>{infinity, quiet_nan, 3.0F});
    whole.observe(std::vector<float>{quiet_nan, 1.0F, infinity, quiet_nan, 3.0F});
    a.merge(b);
    CHECK(a == whole);
    CHECK(MergeableObserver<SkipNonFinite<MinMax>>);
    CHECK(!MergeableObserver<SkipNonFinite<MovingAverage>>);
}

TEST_CASE("SkipNonFinite: the weight of a skipped value is skipped with it") {
    SkipNonFinite<Values<>> skipping;
    const std::vector<float> batch{1.0F, quiet_nan, -2.0F, infinity, 3.0F, quiet_nan};
    const std::vector<std::uint32_t> weights{2, 100, 5, 0, 0, 7};
    skipping.observe(batch, weights);
    Values<> plain;
    plain.observe(std::vector<float>{1.0F, 1.0F, -2.0F, -2.0F, -2.0F, -2.0F, -2.0F});
    CHECK(skipping.watcher() == plain);
    CHECK(skipping.nan_count() == 2);
    CHECK(skipping.infinity_count() == 1);

    const SkipNonFinite<Values<>> before = skipping;
    CHECK_THROWS_AS(skipping.observe(batch, std::vector<std::uint32_t>(5)), std::invalid_argument);
    skipping.observe(std::vector<float>{}, std::vector<std::uint32_t>{});
    CHECK(skipping == before);

    skipping.observe(std::vector<float>{4.0F, 5.0F}, std::vector<std::uint32_t>{1, 2});
    plain.observe(std::vector<float>{4.0F, 5.0F, 5.0F});
    CHECK(skipping.watcher() == plain);
    CHECK(skipping.nan_count() == 2);
    CHECK(WeightedObserver<SkipNonFinite<Histogram<>>>);
    CHECK(!WeightedObserver<SkipNonFinite<MinMax>>);
}

TEST_CASE("SkipNonFinite: its form for channels wraps the observer's form for channels") {
    CHECK(std::same_as<SkipNonFinite<Histogram<>>::PerChannel,
                       SkipNonFinite<Histogram<FullRange, 8, 5>>>);
    CHECK(std::same_as<SkipNonFinite<MinMax>::PerChannel, SkipNonFinite<MinMax>>);
}

TEST_CASE("SkipNonFinite: goes on from an observer and its counts") {
    SkipNonFinite<MinMax> observer;
    observer.observe(std::vector<float>{quiet_nan, 1.0F, infinity, infinity});
    const SkipNonFinite<MinMax> again(observer.watcher(), 1, 2);
    CHECK(again == observer);
}
