// What each criterion makes of the same values: its range, step, error and clipped share.
//
// Units    expected squared error: mean of (x - real)^2 over all values, those of a bin spread
//          evenly
// Errors   std::logic_error       a histogram without values
//          std::invalid_argument  a grid of more than 8 bits
// Cost     a search of each criterion, milliseconds
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "intact/metrics/inspection/bars.hpp"
#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/full_range.hpp"
#include "intact/observers/criteria/lp_error.hpp"
#include "intact/observers/criteria/mean_absolute_error.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/quantizers/scheme.hpp"

namespace intact {

/// One scale for all values, as a criterion chose it.
struct CriterionRange {
    std::string criterion;
    Range range;  ///< the reals of the lowest and the highest code
    double scale = 0.0;
    double squared_error = 0.0;
    double clipped_share = 0.0;  ///< of the values, more than half a step beyond the range
};

struct CriterionComparison {
    /// min-max, percentile, entropy, squared error, absolute error, fourth power
    std::vector<CriterionRange> ranges;
    Curve curve;           ///< expected squared error of every scale at its best zero point
    Curve absolute_curve;  ///< mean |error| of every scale, squared, at its best zero point
    Curve fourth_curve;    ///< root of the mean of error^4, likewise: all three in one unit
};

/// What one scale and zero point cost for all values.
[[nodiscard]] inline CriterionRange cost_of(std::string name, const QuantParams& params,
                                            const HistogramView& seen, const Grid& grid) {
    const auto scale = static_cast<double>(params.scale);
    const std::int32_t below = params.zero_point - grid.qmin;
    const std::int32_t above = grid.qmax - params.zero_point;
    const simd::DefaultEnvironment guard;
    return {
        .criterion = std::move(name),
        .range = {.min = -below * scale, .max = above * scale},
        .scale = scale,
        .squared_error = MeanSquaredError::search_of(seen, grid).error(params.scale, below, above),
        .clipped_share = share_outside(seen, -(below + 0.5) * scale, (above + 0.5) * scale)};
}

/// The criteria side by side, for codes of `grid` under the scheme S.
template <Scheme S>
[[nodiscard]] CriterionComparison compare_criteria(const HistogramView& seen, const Grid& grid) {
    CriterionComparison made;
    const auto add = [&](const char* name, const Range& range) {
        made.ranges.push_back(cost_of(name, S::params(range, grid).params, seen, grid));
    };
    add("min-max", choose_range<FullRange>(seen, grid));
    add("percentile", choose_range<Percentile<>>(seen, grid));
    add("entropy", choose_range<Entropy>(seen, grid));
    add("squared error", search_range<MeanSquaredError>(seen, grid, &made.curve).range);
    add("absolute error", search_range<MeanAbsoluteError>(seen, grid, &made.absolute_curve).range);
    add("fourth power", search_range<LpError<4>>(seen, grid, &made.fourth_curve).range);
    for (Candidate& tried : made.absolute_curve) tried.cost *= tried.cost;
    for (Candidate& tried : made.fourth_curve) tried.cost = std::sqrt(std::max(tried.cost, 0.0));
    return made;
}

}  // namespace intact
