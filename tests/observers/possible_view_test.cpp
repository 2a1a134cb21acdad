#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/histogram.hpp"
#include "intact/observers/histogram_state.hpp"
#include "intact/observers/possible_view.hpp"

using namespace intact;

namespace {

using State = HistogramState<2, 1>;
using Values = std::vector<float>;

/// A view that owns its counts.
struct Seen {
    HistogramView view;
    std::vector<std::uint64_t> positive;
    std::vector<std::uint64_t> negative;

    explicit Seen(const Values& values) {
        State state;
        state.add(values);
        view = state.view();
        positive.assign(view.positive.begin(), view.positive.end());
        negative.assign(view.negative.begin(), view.negative.end());
    }

    [[nodiscard]] State state() {
        view.positive = positive;
        view.negative = negative;
        return State::from(view, {});
    }
};

/// That the view of `values` makes a state, and no longer after `spoil`.
template <class Spoil>
void check_refused(const Values& values, Spoil&& spoil) {
    Seen seen(values);
    REQUIRE_NOTHROW((void)seen.state());
    spoil(seen);
    CHECK_THROWS_AS((void)seen.state(), std::invalid_argument);
}

}  // namespace

TEST_CASE("HistogramState: is made again from what it shows") {
    constexpr float least = std::numeric_limits<float>::denorm_min();
    constexpr float most = std::numeric_limits<float>::max();
    for (const Values& values : std::vector<Values>{{},
                                                    {0.0F},
                                                    {1.0F},
                                                    {-1.0F},
                                                    {least, -least},
                                                    {most, -most, 0.0F},
                                                    {1.0F, 1.01F},
                                                    {1.0F, 2.0F, 9.0F},
                                                    {-1.0F, -2.0F, 0.0F}}) {
        State state;
        state.add(values);
        CHECK(State::from(state.view(), {}) == state);
        const Histogram<FullRange, 2, 1> observer(state);
        CHECK(observer.state() == state);
    }
    State others;
    others.add(Values{NAN, INFINITY, INFINITY, -INFINITY, -INFINITY, -INFINITY});
    const NonFinite counts{.nans = 1, .positive_infinities = 2, .negative_infinities = 3};
    CHECK(State::from(others.view(), counts) == others);
}

TEST_CASE("HistogramState: goes on from a view as from the data") {
    State state;
    state.add(Values{1.0F, -2.0F});
    State again = State::from(state.view(), {});
    for (State* one : {&state, &again}) one->add(Values{9.0F, 0.0F, -0.1F});
    CHECK(again == state);
}

TEST_CASE("HistogramState: views that no data give are refused") {
    const Values values{-2.0F, 0.0F, 1.0F, 2.0F, 3.0F};
    check_refused(values, [](Seen& seen) { ++seen.view.count; });
    check_refused(values, [](Seen& seen) { --seen.view.zeros; });
    check_refused(values, [](Seen& seen) { ++seen.positive.front(); });
    check_refused(values, [](Seen& seen) { seen.positive.back() = UINT64_MAX; });
    check_refused(values, [](Seen& seen) { seen.positive.pop_back(); });
    check_refused(values, [](Seen& seen) { seen.view.max = 1.0; });
    check_refused(values, [](Seen& seen) { seen.view.max = 4.0; });
    check_refused(values, [](Seen& seen) { seen.view.min = 0.0; });
    check_refused(values, [](Seen& seen) { seen.view.min = -1e300; });
    check_refused(values, [](Seen& seen) { seen.view.bins.first_exponent = 1; });
    check_refused(values, [](Seen& seen) { seen.view.bins.octaves = 3; });
    check_refused({1.0F}, [](Seen& seen) { seen.view.min = 0.99; });
    check_refused({1.0F}, [](Seen& seen) { seen.view.max = 1.01; });
    check_refused({1.0F, 1.01F}, [](Seen& seen) { std::swap(seen.view.min, seen.view.max); });
    check_refused({}, [](Seen& seen) { seen.view.max = 1.0; });
    check_refused({}, [](Seen& seen) { seen.view.zeros = 1; });
    check_refused({0.0F}, [](Seen& seen) { seen.positive.resize(6); });
}
