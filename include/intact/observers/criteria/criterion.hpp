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
// Errors   std::logic_error   a histogram without values
#pragma once

#include <concepts>

#include "intact/core/error.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/observers/histogram_view.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// Chooses the clipping range for the codes of a grid from a histogram that holds some value.
template <class T>
concept Criterion = requires(const HistogramView& seen, const Grid& grid) {
    { T::choose(seen, grid) } -> std::same_as<Range>;
};

namespace detail {

template <Criterion Clip>
[[gnu::noinline]] Range choose_in_default_environment(const HistogramView& seen, const Grid& grid) {
    return Clip::choose(seen, grid);
}

}  // namespace detail

/// The range that `Clip` chooses, the same whatever the caller's floating-point environment.
template <Criterion Clip>
[[nodiscard]] Range choose_range(const HistogramView& seen, const Grid& grid) {
    require<std::logic_error>(seen.count > 0, "Histogram",
                              "no range, expected observe() with at least one value first");
    const simd::DefaultEnvironment guard;
    return detail::choose_in_default_environment<Clip>(seen, grid);
}

}  // namespace intact
