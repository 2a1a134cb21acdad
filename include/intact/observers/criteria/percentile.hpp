// Percentile criterion: leaves a stated share of the values outside the range.
//
// Of n values (zeros count) k = n * (10^6 - p) div 10^6 may lie outside. A symmetric range ends at
// the (n - k)-th smallest magnitude; an affine one leaves k div 2 values outside at each end.
//
// Units    p in parts per million, 500000 to 1000000, so that k is exact; its cost is the share of
//          the values that it leaves outside, k / n, which are fewer where equal values lie at the
//          end
// Cost     one pass over the bins; the end is linear inside its bin and cut to [min, max], so it is
//          at most that bin's width away from the order statistic. On values themselves it is the
//          order statistic, after one step for each value outside.
// Source   H. Wu et al., "Integer Quantization for Deep Learning Inference: Principles and
//          Empirical Evaluation", 2020, section 4.1. https://arxiv.org/abs/2004.09602
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "intact/core/exact.hpp"
#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/observer.hpp"

namespace intact {

namespace detail {

/// n * (10^6 - p) div 10^6, without overflow.
[[nodiscard]] constexpr std::uint64_t allowed_outside(std::uint64_t n, int parts_per_million) {
    constexpr std::uint64_t million = 1000000;
    const std::uint64_t outside = million - static_cast<std::uint64_t>(parts_per_million);
    return n / million * outside + n % million * outside / million;
}

/// Where, in [0, 1] of its bin, the value number `rank` of `count` lies.
[[nodiscard]] inline double place_inside(std::uint64_t rank, std::uint64_t count) {
    return exact_quotient(static_cast<double>(rank), static_cast<double>(count));
}

/// Magnitude with `share` of bin `i` below it.
[[nodiscard]] inline double magnitude_at(const HistogramBins& bins, std::size_t i, double share) {
    const auto below = static_cast<double>(bins.edge(i));
    const double inside = exactly(static_cast<double>(bins.width(i)) * share);
    return exactly(exactly(below + inside) * bins.unit());
}

/// The value above which `outside` of all values lie, when `positive` bins lie above the zeros and
/// `negative` ones below: the lower end of the data is found with both exchanged, as -x.
[[nodiscard]] inline double upper_end(const HistogramView& seen,
                                      std::span<const std::uint64_t> positive,
                                      std::span<const std::uint64_t> negative,
                                      std::uint64_t outside) {
    std::uint64_t above = 0;  // values above those of the bin at hand
    for (std::size_t i = positive.size(); i-- > 0;) {
        const std::uint64_t here = positive[i];
        if (above + here > outside) {
            return magnitude_at(seen.bins, i, place_inside(here - (outside - above), here));
        }
        above += here;
    }
    if (above + seen.zeros > outside) return 0.0;
    above += seen.zeros;
    for (std::size_t i = 0; i < negative.size(); ++i) {
        const std::uint64_t here = negative[i];
        if (above + here > outside) {
            return mirrored(magnitude_at(seen.bins, i, place_inside(outside - above, here)));
        }
        above += here;
    }
    return 0.0;
}

/// The magnitude above which `outside` of all values lie.
[[nodiscard]] inline double magnitude_end(const HistogramView& seen, std::uint64_t outside) {
    std::uint64_t above = 0;
    for (std::size_t i = seen.positive.size(); i-- > 0;) {
        const std::uint64_t here = seen.positive[i] + seen.negative[i];
        if (above + here > outside) {
            return magnitude_at(seen.bins, i, place_inside(here - (outside - above), here));
        }
        above += here;
    }
    return 0.0;
}

/// The symmetric range that leaves `outside` values outside.
[[nodiscard]] inline Range magnitude_end(const ValuesView& seen, std::uint64_t outside) noexcept {
    std::size_t low = 0;
    std::size_t high = seen.size() - 1;
    while (true) {  // the larger magnitude of both ends next
        const bool is_low = mirrored(seen.value(low)) > seen.value(high);
        const std::size_t i = is_low ? low : high;
        if (seen.weight(i) > outside || low == high) {
            const double end = is_low ? mirrored(seen.value(i)) : seen.value(i);
            return {.min = mirrored(end), .max = end};
        }
        outside -= seen.weight(i);
        is_low ? ++low : --high;
    }
}

/// The range that leaves `outside` values outside at each end.
[[nodiscard]] inline Range both_ends(const ValuesView& seen, std::uint64_t outside) noexcept {
    std::size_t low = 0;
    for (std::uint64_t left = outside; seen.weight(low) <= left; ++low) left -= seen.weight(low);
    std::size_t high = seen.size() - 1;
    for (std::uint64_t left = outside; seen.weight(high) <= left; --high) left -= seen.weight(high);
    return {.min = seen.value(low), .max = seen.value(high)};
}

}  // namespace detail

template <int PartsPerMillion = 999900>
struct Percentile {
    static_assert(500000 <= PartsPerMillion && PartsPerMillion <= 1000000,
                  "intact::Percentile<PartsPerMillion>: parts per million inside the range, at "
                  "least half of all; 999900 for 99.99 %");

    /// The range that leaves the stated share outside.
    [[nodiscard]] static Range choose(const HistogramView& seen, const Grid& grid) noexcept {
        const std::uint64_t outside = detail::allowed_outside(seen.count, PartsPerMillion);
        if (grid.symmetric) {
            const double largest = spanned(seen.min, seen.max, grid).max;
            const double end = std::min(detail::magnitude_end(seen, outside), largest);
            return {.min = mirrored(end), .max = end};
        }
        const std::uint64_t each = outside / 2;
        const double max = detail::upper_end(seen, seen.positive, seen.negative, each);
        const double min = mirrored(detail::upper_end(seen, seen.negative, seen.positive, each));
        return {.min = std::clamp(min, seen.min, seen.max),
                .max = std::clamp(max, seen.min, seen.max)};
    }

    /// The same from the values themselves: the order statistics are the ends.
    [[nodiscard]] static Range choose(const ValuesView& seen, const Grid& grid) noexcept {
        const std::uint64_t outside = detail::allowed_outside(seen.count, PartsPerMillion);
        if (grid.symmetric) return detail::magnitude_end(seen, outside);
        return detail::both_ends(seen, outside / 2);
    }

    /// That range and the share left outside; it tries no scales, so the curve is empty.
    template <class Seen>
    [[nodiscard]] static Choice search(const Seen& seen, const Grid& grid,
                                       Curve* curve = nullptr) noexcept {
        if (curve != nullptr) curve->clear();
        const std::uint64_t allowed = detail::allowed_outside(seen.count, PartsPerMillion);
        const std::uint64_t outside = grid.symmetric ? allowed : allowed / 2 * 2;
        return {choose(seen, grid),
                exact_quotient(static_cast<double>(outside), static_cast<double>(seen.count))};
    }
};

static_assert(SearchingCriterion<Percentile<>> && ValuesCriterion<Percentile<>>);

}  // namespace intact
