#include <cmath>
#include <limits>
#include <ratio>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/moving_average.hpp"

using namespace intact;

namespace {

constexpr Grid affine{.qmin = 0, .qmax = 255};
constexpr Grid symmetric{.qmin = -127, .qmax = 127, .symmetric = true};

using Batches = std::vector<std::vector<float>>;

template <class Average = MovingAverage>
Average seen(const Batches& batches) {
    Average observer;
    for (const auto& batch : batches) observer.observe(batch);
    return observer;
}

const Batches batches{{-1.0F, 2.0F}, {-3.0F, 8.0F}, {0.5F, 1.0F}};

}  // namespace

TEST_CASE(
    "MovingAverage: the first batch sets the range, the next ones move it by fma(c, x - v, v)") {
    const double c = 0.01;
    CHECK(seen({batches[0]}).range(affine) == Range{.min = -1.0, .max = 2.0});
    double min = -1.0;
    double max = 2.0;
    min = std::fma(c, -3.0 - min, min);
    max = std::fma(c, 8.0 - max, max);
    min = std::fma(c, 0.5 - min, min);
    max = std::fma(c, 1.0 - max, max);
    CHECK(seen(batches).range(affine) == Range{.min = min, .max = max});
    CHECK(seen(batches).range(symmetric) == Range{.min = -max, .max = max});
}

TEST_CASE("MovingAverage: with the constant 1 only the last batch counts") {
    using Last = BasicMovingAverage<std::ratio<1>>;
    CHECK(seen<Last>(batches).range(affine) == Range{.min = 0.5, .max = 1.0});
}

TEST_CASE("MovingAverage: bias correction gives a weighted mean of the batches") {
    using Corrected = BasicMovingAverage<std::ratio<1, 4>, true>;
    const double newest = 0.25;
    const double middle = 0.25 * 0.75;
    const double oldest = 0.25 * 0.75 * 0.75;
    const double all = newest + middle + oldest;
    const Range range = seen<Corrected>(batches).range(affine);
    CHECK(range.min ==
          doctest::Approx((newest * 0.5 - middle * 3.0 - oldest) / all).epsilon(1e-14));
    CHECK(range.max ==
          doctest::Approx((newest * 1.0 + middle * 8.0 + oldest * 2.0) / all).epsilon(1e-14));
    CHECK(seen<Corrected>({batches[1]}).range(affine) == Range{.min = -3.0, .max = 8.0});
}

TEST_CASE("MovingAverage: the order of the batches matters, so it does not merge") {
    CHECK(!(seen(batches) == seen({batches[2], batches[1], batches[0]})));
    CHECK(!MergeableObserver<MovingAverage>);
    CHECK(!MergeableObserver<BasicMovingAverage<std::ratio<1, 10>, true>>);
}

TEST_CASE("MovingAverage: an empty batch changes nothing and nothing observed has no range") {
    MovingAverage observer;
    observer.observe({});
    CHECK(observer.empty());
    CHECK_THROWS_WITH_AS(
        (void)observer.range(affine),
        "MovingAverage: no range, expected observe() with at least one value first",
        std::logic_error);
    observer = seen(batches);
    const MovingAverage before = observer;
    observer.observe({});
    CHECK(observer == before);
}

TEST_CASE(
    "MovingAverage: a batch that is not finite is refused and leaves the observer as it was") {
    MovingAverage observer = seen(batches);
    const MovingAverage before = observer;
    const std::vector<float> bad{std::numeric_limits<float>::quiet_NaN()};
    CHECK_THROWS_WITH_AS(observer.observe(bad),
                         "MovingAverage: 1 of 1 values are not finite, expected none, the first is "
                         "at index 0",
                         std::domain_error);
    CHECK(observer == before);
}

TEST_CASE("MovingAverage: goes on from its averages, in any state that batches can lead to") {
    using Corrected = BasicMovingAverage<std::ratio<1, 3>, true>;
    Corrected observer;
    CHECK(Corrected(observer.averages()) == observer);
    for (int i = 0; i < 3000; ++i) {
        observer.observe(std::vector<float>{1e-42F * static_cast<float>(i % 5), 0.1F, 0.1F});
        CHECK(Corrected(observer.averages()) == observer);
    }
    CHECK(observer.averages().batches == 3000);
}

TEST_CASE("MovingAverage: averages that no batches have are refused") {
    const auto refused = [](const Averages& averages) {
        CHECK_THROWS_AS(MovingAverage{averages}, std::invalid_argument);
    };
    constexpr double quiet_nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_NOTHROW(MovingAverage{Averages{-1.0, 2.0, 0.99, 1}});
    CHECK_NOTHROW(MovingAverage{Averages{-1.0, 2.0, 0.9801, 2}});
    refused({-1.0, 2.0, 1.0, 0});
    refused({0.0, 0.0, 0.99, 0});
    refused({-1.0, 2.0, 0.98, 1});
    refused({-1.0, 2.0, 0.995, 2});
    refused({-1.0, 2.0, -0.0, 2});
    refused({-1.0, 2.0, quiet_nan, 2});
    refused({quiet_nan, 2.0, 0.99, 1});
    refused({2.0, 1.0, 0.99, 1});
    refused({1.0, 1e39, 0.99, 1});
}
