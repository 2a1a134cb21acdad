#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/min_max.hpp"

using namespace intact;

namespace {

constexpr Grid affine{.qmin = 0, .qmax = 255};
constexpr Grid symmetric{.qmin = -127, .qmax = 127, .symmetric = true};

MinMax seen(const std::vector<float>& values) {
    MinMax observer;
    observer.observe(values);
    return observer;
}

}  // namespace

TEST_CASE("MinMax: the range is the smallest and the largest value of all batches") {
    MinMax observer = seen({1.5F, -2.25F, 0.5F});
    observer.observe(std::vector<float>{3.0F});
    CHECK(observer.range(affine) == Range{.min = -2.25, .max = 3.0});
    CHECK(observer.range(symmetric) == Range{.min = -3.0, .max = 3.0});
    CHECK(seen({-4.0F, -1.0F}).range(affine) == Range{.min = -4.0, .max = -1.0});
    CHECK(seen({-4.0F, -1.0F}).range(symmetric) == Range{.min = -4.0, .max = 4.0});
}

TEST_CASE("MinMax: subnormals and the largest floats are held exactly") {
    constexpr float smallest = std::numeric_limits<float>::denorm_min();
    constexpr float largest = std::numeric_limits<float>::max();
    CHECK(seen({-smallest, smallest}).range(affine) == Range{.min = -0x1p-149, .max = 0x1p-149});
    CHECK(seen({-largest, largest}).range(symmetric) ==
          Range{.min = -static_cast<double>(largest), .max = static_cast<double>(largest)});
}

TEST_CASE("MinMax: both zeros are recorded as +0") {
    CHECK(seen({-0.0F}) == seen({0.0F}));
    CHECK(!std::signbit(seen({-0.0F}).range(affine).min));
    CHECK(!std::signbit(seen({-0.0F}).range(symmetric).max));
}

TEST_CASE("MinMax: an empty batch changes nothing, a batch of zeros is an observation") {
    MinMax observer;
    observer.observe({});
    CHECK(observer.empty());
    CHECK_THROWS_WITH_AS((void)observer.range(affine),
                         "MinMax: no range, expected observe() with at least one value first",
                         std::logic_error);
    observer.observe(std::vector<float>{0.0F});
    CHECK(!observer.empty());
    CHECK(observer.range(affine) == Range{});
}

TEST_CASE("MinMax: a batch that is not finite is refused and leaves the observer as it was") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    MinMax observer = seen({1.0F, 2.0F});
    const MinMax before = observer;
    CHECK_THROWS_WITH_AS(observer.observe(std::vector<float>{5.0F, -infinity, 0.0F, nan}),
                         "MinMax: 2 of 4 values are not finite, expected none, the first is at "
                         "index 1",
                         std::domain_error);
    CHECK(observer == before);
}

TEST_CASE("MinMax: merging parts gives the observer of the whole, in any order") {
    const MinMax a = seen({1.0F, 7.0F});
    const MinMax b = seen({-3.0F});
    const MinMax whole = seen({1.0F, 7.0F, -3.0F});
    MinMax ab = a;
    ab.merge(b);
    MinMax ba = b;
    ba.merge(a);
    MinMax with_nothing = ab;
    with_nothing.merge(MinMax{});
    MinMax from_nothing;
    from_nothing.merge(ab);
    CHECK(ab == whole);
    CHECK(ba == whole);
    CHECK(with_nothing == whole);
    CHECK(from_nothing == whole);
}
