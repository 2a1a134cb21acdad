#include <cmath>
#include <span>

#include <doctest/doctest.h>

#include "intact/observers/observer.hpp"

using namespace intact;

namespace {

/// The least that is an observer.
struct Last {
    void observe(std::span<const float> batch) { value = batch.back(); }
    [[nodiscard]] bool empty() const { return false; }
    [[nodiscard]] Range range(const Grid& grid) const {
        return spanned(static_cast<double>(value), static_cast<double>(value), grid);
    }
    float value = 0.0F;
};

struct Mergeable : Last {
    void merge(const Mergeable& /*other*/) {}
};

struct WithoutRange {
    void observe(std::span<const float> /*batch*/) {}
    [[nodiscard]] bool empty() const { return true; }
};

struct ManyAtOnce : Last {
    using PerChannel = Mergeable;
};

}  // namespace

TEST_CASE("Observer: asks for observe, empty and range; merging is a further promise") {
    CHECK(Observer<Last>);
    CHECK(!MergeableObserver<Last>);
    CHECK(MergeableObserver<Mergeable>);
    CHECK(!Observer<WithoutRange>);
    CHECK(!Observer<int>);
}

TEST_CASE("ChannelObserver: the form for channels, or the observer itself") {
    CHECK(std::same_as<ChannelObserver<ManyAtOnce>, Mergeable>);
    CHECK(std::same_as<ChannelObserver<Last>, Last>);
}

TEST_CASE("spanned: symmetric about zero for a symmetric grid, as it is for another") {
    const Grid affine{};
    const Grid symmetric{.symmetric = true};
    CHECK(spanned(-1.0, 3.0, affine) == Range{.min = -1.0, .max = 3.0});
    CHECK(spanned(-1.0, 3.0, symmetric) == Range{.min = -3.0, .max = 3.0});
    CHECK(spanned(-5.0, 3.0, symmetric) == Range{.min = -5.0, .max = 5.0});
    CHECK(spanned(-5.0, -3.0, symmetric) == Range{.min = -5.0, .max = 5.0});
    CHECK(spanned(2.0, 3.0, symmetric) == Range{.min = -3.0, .max = 3.0});
    CHECK(!std::signbit(spanned(0.0, 0.0, symmetric).min));
    CHECK(!std::signbit(mirrored(0.0)));
    CHECK(!std::signbit(mirrored(-0.0)));
}
