// Error criteria: the scale and zero point with the least mean of |error|^p, rounding and clipping
// both included, by the search of error_search.hpp.
//
// p from 1 to 4: the larger, the nearer the range comes to the full one. MeanAbsoluteError and
// MeanSquaredError are the names of p = 1 and p = 2.
//
// For a histogram values count as spread evenly inside their bins, the extremes exact. On values
// themselves the choice is the optimum over the stated scales and all zero points, but for the
// rounding of sums: some 1e-14 of the mean of |x|^p.
//
// Units    the cost is the mean of |error|^p, in the data's unit to the power p
// Errors   std::invalid_argument   a grid of more than 8 bits
// Cost     O(scales * codes), whatever the number of bins and values
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "intact/core/exact.hpp"
#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/criteria/error_search.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/tail_sums.hpp"
#include "intact/observers/value_tails.hpp"

namespace intact {

template <int Power>
struct LpError {
    static_assert(1 <= Power && Power <= 4, "intact::LpError<Power>: the power is 1, 2, 3 or 4");

    static constexpr int most_code_bits = 8;

    /// The search over the values of a histogram.
    [[nodiscard]] static ErrorSearch<Power, TailSums<Power>> search_of(const HistogramView& seen,
                                                                       const Grid& grid) {
        const double unit = seen.bins.unit();
        const auto tails = [&](std::span<const std::uint64_t> counts, double nearest,
                               double farthest) -> TailSums<Power> {
            return {seen.bins, counts, exact_quotient(std::max(nearest, 0.0), unit),
                    exact_quotient(std::max(farthest, 0.0), unit)};
        };
        return {{.negative = tails(seen.negative, mirrored(seen.max), mirrored(seen.min)),
                 .positive = tails(seen.positive, seen.min, seen.max),
                 .min = seen.min,
                 .max = seen.max,
                 .count = static_cast<double>(seen.count),
                 .unit = unit},
                grid,
                name()};
    }

    /// The search over values themselves.
    [[nodiscard]] static ErrorSearch<Power, ValueTails<Power>> search_of(const ValuesView& seen,
                                                                         const Grid& grid) {
        return {{.negative = ValueTails<Power>::of_negative(seen),
                 .positive = ValueTails<Power>::of_positive(seen),
                 .min = seen.min(),
                 .max = seen.max(),
                 .count = static_cast<double>(seen.count)},
                grid,
                name()};
    }

    /// The range of the scale and zero point with the least mean error, and that error.
    [[nodiscard]] static Choice search(const HistogramView& seen, const Grid& grid,
                                       Curve* curve = nullptr) {
        return chosen(search_of(seen, grid), {.min = seen.min, .max = seen.max}, grid, curve);
    }
    [[nodiscard]] static Choice search(const ValuesView& seen, const Grid& grid,
                                       Curve* curve = nullptr) {
        return chosen(search_of(seen, grid), {.min = seen.min(), .max = seen.max()}, grid, curve);
    }

    template <class Seen>
    [[nodiscard]] static Range choose(const Seen& seen, const Grid& grid) {
        return search(seen, grid).range;
    }

private:
    template <class Search>
    static Choice chosen(const Search& search, const Range& all, const Grid& grid, Curve* curve) {
        Choice full{spanned(all.min, all.max, grid), 0.0};
        if (curve != nullptr) curve->clear();
        if (all.min == all.max) return full;
        const Candidate best = search.best(curve);
        if (best.scale != 0.0F) return {best.range(grid), best.cost};
        full.cost = search.error_of_smallest_scale();
        return full;
    }

    static constexpr const char* name() noexcept {
        if (Power == 1) return "MeanAbsoluteError";
        return Power == 2 ? "MeanSquaredError" : "LpError";
    }
};

static_assert(SearchingCriterion<LpError<3>> && ValuesCriterion<LpError<3>>);

}  // namespace intact
