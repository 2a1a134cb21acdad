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
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/observers/criteria/candidate.hpp"
#include "intact/observers/histogram_view.hpp"
#include "intact/observers/values_view.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// Chooses the clipping range for the codes of a grid from a histogram that holds some value.
template <class T>
concept Criterion = requires(const HistogramView& seen, const Grid& grid) {
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
concept SearchingCriterion = requires(const Seen& seen, const Grid& grid, Curve* curve) {
    { T::choose(seen, grid) } -> std::same_as<Range>;
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

inline void require_values(std::uint64_t count, const char* where) {
    require<std::logic_error>(count > 0, where,
                              "no range, expected observe() with at least one value first");
}

}  // namespace detail

/// The range that `Clip` chooses, the same whatever the caller's floating-point environment.
template <Criterion Clip>
[[nodiscard]] Range choose_range(const HistogramView& seen, const Grid& grid) {
    detail::require_values(seen.count, "Histogram");
    const simd::DefaultEnvironment guard;
    return detail::choose_in_default_environment<Clip>(seen, grid);
}

template <ValuesCriterion Clip>
[[nodiscard]] Range choose_range(const ValuesView& seen, const Grid& grid) {
    detail::require_values(seen.count, "Values");
    const simd::DefaultEnvironment guard;
    return detail::choose_in_default_environment<Clip>(seen, grid);
}

/// The range that `Clip` chooses and its cost; where `curve` is given, also all it compared.
template <SearchingCriterion Clip>
[[nodiscard]] Choice search_range(const HistogramView& seen, const Grid& grid,
                                  Curve* curve = nullptr) {
    detail::require_values(seen.count, "Histogram");
    const simd::DefaultEnvironment guard;
    return detail::search_in_default_environment<Clip>(seen, grid, curve);
}

template <ValuesCriterion Clip>
[[nodiscard]] Choice search_range(const ValuesView& seen, const Grid& grid,
                                  Curve* curve = nullptr) {
    detail::require_values(seen.count, "Values");
    const simd::DefaultEnvironment guard;
    return detail::search_in_default_environment<Clip>(seen, grid, curve);
}

}  // namespace intact
