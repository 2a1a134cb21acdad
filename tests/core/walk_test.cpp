#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/core/walk.hpp"

using namespace intact;

namespace {

using View = TensorView<const float>;

/// Where one element lies and which parameters it has.
struct Place {
    Index source;
    Index target;
    Index logical;
    Index parameter;

    friend auto operator<=>(const Place&, const Place&) = default;
};

Index sum_of_steps(const std::vector<Index>& at, const std::array<Index, max_rank>& strides) {
    Index offset = 0;
    for (std::size_t axis = 0; axis < at.size(); ++axis) offset += at[axis] * strides[axis];
    return offset;
}

/// Row-major number of the index `at` in a tensor of shape `sizes`.
Index row_major(const std::vector<Index>& at, const std::vector<Index>& sizes) {
    Index number = 0;
    for (std::size_t axis = 0; axis < at.size(); ++axis) number = number * sizes[axis] + at[axis];
    return number;
}

/// The granularities again, straight from granularity.hpp.
Index slow_parameter(PerTensor, const std::vector<Index>&, const std::vector<Index>&) { return 0; }

template <int Axis>
Index slow_parameter(PerChannel<Axis>, const std::vector<Index>& at, const std::vector<Index>&) {
    return at[Axis];
}

template <int Axis, Index Size>
Index slow_parameter(PerGroup<Axis, Size>, std::vector<Index> at, std::vector<Index> sizes) {
    at[Axis] /= Size;
    sizes[Axis] = (sizes[Axis] + Size - 1) / Size;
    return row_major(at, sizes);
}

Index slow_parameter(PerToken, std::vector<Index> at, std::vector<Index> sizes) {
    if (!at.empty()) {
        at.pop_back();
        sizes.pop_back();
    }
    return row_major(at, sizes);
}

template <class G>
std::vector<Place> slow_places(const View& source, const View& target) {
    const std::vector<Index> sizes(source.shape.begin(), source.shape.begin() + source.rank);
    std::vector<Place> places;
    std::vector<Index> at(sizes.size(), 0);
    for (Index left = source.size(); left > 0; --left) {
        places.push_back({sum_of_steps(at, source.strides), sum_of_steps(at, target.strides),
                          row_major(at, sizes), slow_parameter(G{}, at, sizes)});
        for (std::size_t axis = at.size(); axis-- > 0;) {
            if (++at[axis] < sizes[axis]) break;
            at[axis] = 0;
        }
    }
    std::sort(places.begin(), places.end());
    return places;
}

std::vector<Place> walked_places(const Walk& walk) {
    std::vector<Place> places;
    walk.for_each_run([&](const Run& run) {
        for (Index i = 0; i < run.count; ++i) {
            places.push_back({run.source + i * run.source_stride,
                              run.target + i * run.target_stride,
                              run.logical + i * run.logical_stride, run.parameter});
        }
    });
    std::sort(places.begin(), places.end());
    return places;
}

/// The same through bundles, run by run.
std::vector<Place> bundled_places(const Walk& walk) {
    std::vector<Place> places;
    walk.for_each_bundle([&](const Bundle& bundle) {
        const Run& run = bundle.first;
        for (Index r = 0; r < bundle.runs; ++r) {
            for (Index i = 0; i < run.count; ++i) {
                places.push_back({run.source + r + i * run.source_stride,
                                  run.target + r + i * run.target_stride,
                                  run.logical + r * bundle.logical_step + i * run.logical_stride,
                                  run.parameter + r * bundle.parameter_step});
            }
        }
    });
    std::sort(places.begin(), places.end());
    return places;
}

/// A view of that shape whose axes lie in a random order, with gaps or without.
View view_of_shape(const std::vector<Index>& sizes, std::mt19937& generator) {
    View view{.data = nullptr, .rank = static_cast<int>(sizes.size()), .shape = {}, .strides = {}};
    std::copy(sizes.begin(), sizes.end(), view.shape.begin());
    std::vector<std::size_t> order(sizes.size());
    for (std::size_t axis = 0; axis < order.size(); ++axis) order[axis] = axis;
    std::shuffle(order.begin(), order.end(), generator);
    if (generator() % 3 == 0) std::sort(order.begin(), order.end());
    Index stride = 1 + static_cast<Index>(generator() % 4 == 0);
    for (const std::size_t axis : order) {
        view.strides[axis] = stride;
        stride *= sizes[axis] + static_cast<Index>(generator() % 3 == 0);
    }
    return view;
}

/// Walks tensors of all kinds of shapes, and counts those whose elements are not met as they
/// should.
template <class G>
int wrong_walks(int least_rank) {
    std::mt19937 generator(5);
    int wrong = 0;
    for (int round = 0; round < 400; ++round) {
        const int rank = least_rank + static_cast<int>(generator() % 3U);
        std::vector<Index> sizes;
        for (int axis = 0; axis < rank; ++axis) {
            constexpr std::array<Index, 8> choices{1, 1, 2, 3, 4, 5, 7, 0};
            sizes.push_back(choices[generator() % (round % 10 == 0 ? 8U : 7U)]);
        }
        const View source = view_of_shape(sizes, generator);
        const View target = generator() % 2 == 0 ? source : view_of_shape(sizes, generator);
        std::vector<Place> expected = slow_places<G>(source, target);
        const Walk walk(source, target, G{}, true);
        if (walked_places(walk) != expected || bundled_places(walk) != expected) ++wrong;
        for (Place& place : expected) place.logical = 0;
        std::sort(expected.begin(), expected.end());
        const Walk unnumbered(source, target, G{}, false);
        if (walked_places(unnumbered) != expected) ++wrong;
        if (bundled_places(unnumbered) != expected) ++wrong;
    }
    return wrong;
}

View dense(std::vector<Index> sizes, bool row_major_order) {
    View view{.data = nullptr, .rank = static_cast<int>(sizes.size()), .shape = {}, .strides = {}};
    std::copy(sizes.begin(), sizes.end(), view.shape.begin());
    detail::set_dense_strides(view, row_major_order);
    return view;
}

template <class G>
int runs(const View& view) {
    int count = 0;
    Walk(view, G{}).for_each_run([&](const Run&) { ++count; });
    return count;
}

/// Runs of each bundle, in order.
template <class G>
std::vector<Index> bundles(const View& view) {
    std::vector<Index> counts;
    Walk(view, G{}).for_each_bundle([&](const Bundle& bundle) { counts.push_back(bundle.runs); });
    return counts;
}

}  // namespace

TEST_CASE("walk: runs that lie side by side come in bundles, whole parameters or groups of them") {
    using Counts = std::vector<Index>;
    const View columns = dense({70, 5}, false);
    CHECK(bundles<PerChannel<0>>(columns) == Counts{32, 32, 6});
    CHECK(bundles<PerToken>(columns) == Counts{32, 32, 6});
    CHECK(bundles<PerGroup<1, 3>>(columns) == Counts{32, 32, 32, 32, 6, 6});
    CHECK(bundles<PerTensor>(columns) == Counts{1});
    CHECK(bundles<PerChannel<1>>(columns) == Counts(5, 1));
    CHECK(bundles<PerChannel<1>>(dense({5, 70}, true)) == Counts{32, 32, 6});
    CHECK(bundles<PerChannel<0>>(dense({70, 5}, true)) == Counts(70, 1));
    CHECK(bundles<PerChannel<0>>(dense({33, 5, 3, 3}, false)) == Counts{32, 1});
}

TEST_CASE("walk: every element once, with its offsets, row-major index and parameters") {
    CHECK(wrong_walks<PerTensor>(0) == 0);
    CHECK(wrong_walks<PerToken>(0) == 0);
    CHECK(wrong_walks<PerChannel<0>>(1) == 0);
    CHECK(wrong_walks<PerChannel<1>>(2) == 0);
    CHECK(wrong_walks<PerChannel<2>>(3) == 0);
    CHECK(wrong_walks<PerGroup<0, 2>>(1) == 0);
    CHECK(wrong_walks<PerGroup<1, 2>>(2) == 0);
    CHECK(wrong_walks<PerGroup<1, 3>>(2) == 0);
    CHECK(wrong_walks<PerGroup<2, 1>>(3) == 0);
    CHECK(wrong_walks<PerGroup<0, 100>>(1) == 0);
}

TEST_CASE("walk: a dense tensor with one scale is a single run, in either order") {
    CHECK(runs<PerTensor>(dense({2, 3, 4, 5}, true)) == 1);
    CHECK(runs<PerTensor>(dense({2, 3, 4, 5}, false)) == 1);
    CHECK(runs<PerTensor>(dense({}, true)) == 1);
    CHECK(runs<PerTensor>(dense({1, 1, 1}, true)) == 1);
    CHECK(runs<PerTensor>(dense({3, 0, 2}, true)) == 0);
}

TEST_CASE("walk: channels that lie together are one run each") {
    CHECK(runs<PerChannel<0>>(dense({4, 3, 5}, true)) == 4);
    CHECK(runs<PerChannel<2>>(dense({4, 3, 5}, false)) == 5);
    CHECK(runs<PerToken>(dense({2, 3, 5}, true)) == 6);
    CHECK(runs<PerGroup<1, 4>>(dense({3, 10}, true)) == 9);
}

TEST_CASE("walk: the number of parameters, with a short last group") {
    const View view = dense({4, 3, 10}, true);
    CHECK(Walk(view, PerTensor{}).parameters() == 1);
    CHECK(Walk(view, PerChannel<2>{}).parameters() == 10);
    CHECK(Walk(view, PerGroup<2, 4>{}).parameters() == 4 * 3 * 3);
    CHECK(Walk(view, PerGroup<0, 4>{}).parameters() == 1 * 3 * 10);
    CHECK(Walk(view, PerToken{}).parameters() == 12);
    CHECK(Walk(dense({7}, true), PerToken{}).parameters() == 1);
}

TEST_CASE("walk: an axis that the tensor lacks is refused") {
    const View view = dense({4, 3}, true);
    CHECK_THROWS_WITH_AS(Walk(view, PerChannel<2>{}),
                         "PerChannel: the tensor has no axis 2, expected less than 2",
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS((Walk(view, PerGroup<3, 8>{})),
                         "PerGroup: the tensor has no axis 3, expected less than 2",
                         std::invalid_argument);
}
