// Full range criterion: clips nothing. The plainest criterion, and the pattern for your own.
//
// Units    its cost is the share of the values outside: 0
// Cost     none: histograms and values know their exact minimum and maximum
#pragma once

#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/observer.hpp"

namespace intact {

struct FullRange {
    /// The interval of all values; symmetric about 0 for a symmetric grid.
    [[nodiscard]] static Range choose(const HistogramView& seen, const Grid& grid) noexcept {
        return spanned(seen.min, seen.max, grid);
    }

    /// That range; it tries no scales, so the curve is empty.
    [[nodiscard]] static Choice search(const HistogramView& seen, const Grid& grid,
                                       Curve* curve = nullptr) noexcept {
        if (curve != nullptr) curve->clear();
        return {choose(seen, grid), 0.0};
    }

    /// The same for values themselves.
    [[nodiscard]] static Range choose(const ValuesView& seen, const Grid& grid) noexcept {
        return spanned(seen.min(), seen.max(), grid);
    }
    [[nodiscard]] static Choice search(const ValuesView& seen, const Grid& grid,
                                       Curve* curve = nullptr) noexcept {
        if (curve != nullptr) curve->clear();
        return {choose(seen, grid), 0.0};
    }
};

static_assert(SearchingCriterion<FullRange> && ValuesCriterion<FullRange>);

}  // namespace intact
