// Clipping criteria: policies that choose a range from a histogram.
//
// A criterion is a struct with one static function. It runs in the default floating-point
// environment, sees at least one value, and must give the same bits under every compiler flag:
// doubles in a fixed order, each step through `exactly`, ties to the larger scale.
//
//   struct Percentile { static Range choose(const HistogramView& seen, const Grid& grid); };
//
// Any criterion applies to any histogram:
//
//   const Range range = choose_range<Entropy>(observer.state().view(), grid);
//
// A criterion that can say what its range costs has `search` beside `choose`, and a curve of all
// that it compared:
//
//   Curve curve;
//   const Choice choice = search_range<MeanSquaredError>(observer.state().view(), grid, &curve);
//
// Where it also takes a ValuesView, it searches the values themselves, exactly.
//
// Units    the cost is in the unit that the criterion's header states
// Errors   std::logic_error   no values
#pragma once

#include <concepts>
#include <stdexcept>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/observers/criteria/candidate.hpp"
#include "intact/observers/histogram_view.hpp"
#include "intact/observers/values_view.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// Chooses the clipping range for the codes of a grid from what was seen, which holds some value.
template <class T, class Seen = HistogramView>
concept Criterion = requires(const Seen& seen, const Grid& grid) {
    { T::choose(seen, grid) } -> std::same_as<Range>;
};

/// A range and what it costs by the criterion that chose it.
struct Choice {
    Range range;
    double cost = 0.0;

    friend bool operator==(const Choice&, const Choice&) = default;
};

/// What a search compared: each scale with its best zero point, the largest first. Empty where
/// there is nothing to compare: all values are one, or the criterion tries no scales.
using Curve = std::vector<Candidate>;

/// A criterion that says what its range costs and, where a curve is given, writes it anew.
template <class T, class Seen = HistogramView>
concept SearchingCriterion = Criterion<T, Seen> &&
    requires(const Seen& seen, const Grid& grid, Curve* curve) {
    { T::search(seen, grid, curve) } -> std::same_as<Choice>;
};

/// A criterion that searches values themselves.
template <class T>
concept ValuesCriterion = SearchingCriterion<T, ValuesView>;

namespace detail {

// Not inlined: what computes with floating point stays behind the caller's guard.

template <class Clip, class Seen>
[[gnu::noinline]] Range choose_in_default_environment(const Seen& seen, const Grid& grid) {
    return Clip::choose(seen, grid);
}

template <class Clip, class Seen>
[[gnu::noinline]] Choice search_in_default_environment(const Seen& seen, const Grid& grid,
                                                       Curve* curve) {
    return Clip::search(seen, grid, curve);
}

template <class Seen>
void require_values(const Seen& seen) {
    require<std::logic_error>(seen.count > 0, Seen::observer,
                              "no range, expected observe() with at least one value first");
}

}  // namespace detail

/// The range that `Clip` chooses, the same whatever the caller's floating-point environment.
template <class Clip, class Seen>
requires Criterion<Clip, Seen>
[[nodiscard]] Range choose_range(const Seen& seen, const Grid& grid) {
    detail::require_values(seen);
    const simd::DefaultEnvironment guard;
    return detail::choose_in_default_environment<Clip>(seen, grid);
}

/// The range that `Clip` chooses and its cost; where `curve` is given, also all it compared.
template <class Clip, class Seen>
requires SearchingCriterion<Clip, Seen>
[[nodiscard]] Choice search_range(const Seen& seen, const Grid& grid, Curve* curve = nullptr) {
    detail::require_values(seen);
    const simd::DefaultEnvironment guard;
    return detail::search_in_default_environment<Clip>(seen, grid, curve);
}

}  // namespace intact
