// What each criterion makes of the same values: its range, step, error and clipped share.
//
// Units    expected squared error: mean of (x - real)^2 over all values, those of a bin spread
//          evenly
// Errors   std::logic_error       a histogram without values
//          std::invalid_argument  a grid of more than 8 bits
// Cost     a search of the squared error and one of the entropy, milliseconds
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "intact/metrics/inspection/bars.hpp"
#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/full_range.hpp"
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
    std::vector<CriterionRange> ranges;  ///< min-max, percentile, entropy, squared error
    Curve curve;  ///< expected squared error of every scale at its best zero point
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

namespace detail {

template <class S, Criterion Clip>
CriterionRange compared(const char* name, const HistogramView& seen, const Grid& grid) {
    return cost_of(name, S::params(choose_range<Clip>(seen, grid), grid).params, seen, grid);
}

}  // namespace detail

/// The criteria side by side, for codes of `grid` under the scheme S.
template <Scheme S>
[[nodiscard]] CriterionComparison compare_criteria(const HistogramView& seen, const Grid& grid) {
    CriterionComparison made;
    made.ranges = {detail::compared<S, FullRange>("min-max", seen, grid),
                   detail::compared<S, Percentile<>>("percentile", seen, grid),
                   detail::compared<S, Entropy>("entropy", seen, grid),
                   detail::compared<S, MeanSquaredError>("squared error", seen, grid)};
    (void)search_range<MeanSquaredError>(seen, grid, &made.curve);
    return made;
}

}  // namespace intact
