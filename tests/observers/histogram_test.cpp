#include <concepts>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/criteria/full_range.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/min_max.hpp"

using namespace intact;

namespace {

constexpr Grid affine{.qmin = 0, .qmax = 255};
constexpr Grid symmetric{.qmin = -127, .qmax = 127, .symmetric = true};

/// A criterion of a user: half of what was seen.
struct HalfRange {
    static Range choose(const HistogramView& seen, const Grid& /*grid*/) {
        return {.min = seen.min / 2, .max = seen.max / 2};
    }
};

}  // namespace

TEST_CASE("Histogram: the full range is that of MinMax") {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    Histogram<> histogram;
    MinMax min_max;
    for (int i = 0; i < 5; ++i) {
        std::vector<float> batch(1000);
        for (float& value : batch) value = normal(random);
        histogram.observe(batch);
        min_max.observe(batch);
        CHECK(histogram.range(affine) == min_max.range(affine));
        CHECK(histogram.range(symmetric) == min_max.range(symmetric));
    }
}

TEST_CASE("Histogram: takes a criterion of your own") {
    Histogram<HalfRange> observer;
    observer.observe(std::vector<float>{-4.0F, 2.0F});
    CHECK(observer.range(affine) == Range{.min = -2.0, .max = 1.0});
    CHECK(choose_range<FullRange>(observer.state().view(), affine) ==
          Range{.min = -4.0, .max = 2.0});
}

TEST_CASE("Criterion: asks for choose(histogram, grid)") {
    CHECK(Criterion<FullRange>);
    CHECK(Criterion<HalfRange>);
    CHECK(!Criterion<int>);
    CHECK(!Criterion<MinMax>);
}

TEST_CASE("Histogram: its form for channels has 2^5 bins an octave") {
    CHECK(std::same_as<Histogram<HalfRange>::PerChannel, Histogram<HalfRange, 8, 5>>);
    CHECK(std::same_as<ChannelObserver<Histogram<>>, Histogram<FullRange, 8, 5>>);
    CHECK(std::same_as<ChannelObserver<MinMax>, MinMax>);
}

TEST_CASE("Histogram: an empty batch changes nothing and nothing observed has no range") {
    Histogram<> observer;
    observer.observe({});
    CHECK(observer.empty());
    CHECK_THROWS_WITH_AS((void)observer.range(affine),
                         "Histogram: no range, expected observe() with at least one value first",
                         std::logic_error);
    observer.observe(std::vector<float>{0.0F, -0.0F});
    CHECK(!observer.empty());
    CHECK(observer.range(affine) == Range{});
    CHECK(observer.range(symmetric) == Range{});
}

TEST_CASE("Histogram: a batch that is not finite is refused and leaves the observer as it was") {
    Histogram<> observer;
    observer.observe(std::vector<float>{1.0F});
    const Histogram<> before = observer;
    const std::vector<float> bad{2.0F, 3.0F, std::numeric_limits<float>::infinity()};
    CHECK_THROWS_WITH_AS(observer.observe(bad),
                         "Histogram: 1 of 3 values are not finite, expected none, the first is at "
                         "index 2",
                         std::domain_error);
    CHECK(observer == before);
}

TEST_CASE("Histogram: merging parts gives the observer of the whole") {
    Histogram<> a;
    Histogram<> b;
    Histogram<> whole;
    a.observe(std::vector<float>{1.0F, -1e-3F});
    b.observe(std::vector<float>{1e6F, 0.0F});
    whole.observe(std::vector<float>{0.0F, 1e6F, 1.0F, -1e-3F});
    a.merge(b);
    CHECK(a == whole);
}

TEST_CASE("Histogram: weights count; NaN and another number of them change nothing") {
    Histogram<> observer;
    observer.observe(std::vector<float>{1.0F, 2.0F}, std::vector<std::uint32_t>{3, 0});
    CHECK(observer.state().count() == 3);
    CHECK(observer.range(Grid{}).max == 1.0);
    const Histogram<> before = observer;
    CHECK_THROWS_AS(observer.observe(std::vector<float>(2), std::vector<std::uint32_t>(1)),
                    std::invalid_argument);
    CHECK_THROWS_AS(observer.observe(std::vector<float>{NAN}, std::vector<std::uint32_t>{0}),
                    std::domain_error);
    observer.observe({}, {});
    CHECK(observer == before);
}

TEST_CASE("Histogram: a batch beyond the caches is counted as its parts, or refused whole") {
    std::vector<float> batch(200000);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i] = static_cast<float>(static_cast<int>(i * 7919 % 10007) - 5000) * 0.01F;
    }
    Histogram<> whole;
    whole.observe(batch);
    Histogram<> parts;
    for (std::size_t i = 0; i < batch.size(); i += 1000) {
        parts.observe(std::span(batch).subspan(i, 1000));
    }
    CHECK(whole == parts);

    batch[150000] = std::numeric_limits<float>::quiet_NaN();
    batch[199999] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH_AS(
        whole.observe(batch),
        "Histogram: 2 of 200000 values are not finite, expected none, the first is "
        "at index 150000",
        std::domain_error);
    CHECK(whole == parts);
}
