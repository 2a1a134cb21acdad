#include "intact/metrics/inspection/bars.hpp"

#include <numeric>
#include <stdexcept>

#include <doctest/doctest.h>

#include "samples.hpp"

using namespace intact;

TEST_CASE("Bars: they count every value exactly, in even steps that hold the extremes") {
    sample::Rows x = sample::gaussian(100, 100);
    x.row(5).setZero();
    for (const float stretch : {1e-30F, 0.01F, 1.0F, 300.0F}) {
        CAPTURE(stretch);
        const sample::Rows scaled = x * stretch;
        HistogramState<> state;
        state.add({scaled.data(), static_cast<std::size_t>(scaled.size())});
        const Bars bars = even_bars(state.view());
        REQUIRE(bars.edges.size() == bars.counts.size() + 1);
        CHECK(bars.counts.size() >= 64);
        CHECK(bars.counts.size() <= 258);
        CHECK(std::accumulate(bars.counts.begin(), bars.counts.end(), 0.0) == 10000.0);
        CHECK(bars.edges.front() <= static_cast<double>(scaled.minCoeff()));
        CHECK(bars.edges.back() > static_cast<double>(scaled.maxCoeff()));
        std::vector<double> expected(bars.counts.size());
        for (const float value : scaled.reshaped()) {
            // A bar below zero holds its lower edge, one above its upper: bins are of magnitudes.
            std::size_t i = 0;
            while (static_cast<double>(value) >= bars.edges[i + 1] &&
                   !(value < 0.0F && static_cast<double>(value) == bars.edges[i + 1])) {
                ++i;
            }
            expected[i] += 1.0;
        }
        CHECK(bars.counts == expected);
    }
}

TEST_CASE("Bars: all zeros are one bar, and nothing is refused") {
    HistogramState<> state;
    CHECK_THROWS_AS((void)even_bars(state.view()), std::logic_error);
    const std::vector<float> zeros(7);
    state.add(zeros);
    CHECK(even_bars(state.view()).counts == std::vector<double>{7.0});
}

TEST_CASE("Share outside: none beyond the extremes, and that of the definition inside") {
    const sample::Rows x = sample::gaussian(300, 1000);
    HistogramState<> state;
    state.add({x.data(), static_cast<std::size_t>(x.size())});
    const auto view = state.view();
    CHECK(share_outside(view, view.min, view.max) == 0.0);
    for (const float end : {0.5F, 1.0F, 2.5F}) {
        const auto outside = (x.array() < -end || x.array() > 2.0F * end).count();
        const auto limit = static_cast<double>(end);
        CHECK(share_outside(view, -limit, 2.0 * limit) ==
              doctest::Approx(static_cast<double>(outside) / 3e5).epsilon(0.01));
    }
}
