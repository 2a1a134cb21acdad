// A histogram as bars of one width, and how much of it lies outside a range.
//
// The bins of a log-linear histogram are whole parts of bars whose width is a power of two of its
// unit, so the counts are exact: no bin is split.
//
// Errors   std::logic_error  a histogram without values
// Cost     one pass over the bins; at most 129 bars for each sign, 64 or more for the farther; a
//          quarter of that for few values
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/observers/histogram_view.hpp"

namespace intact {

struct Bars {
    std::vector<double> edges;   ///< one more than counts, increasing
    std::vector<double> counts;  ///< values in each bar; zeros are in the one that starts at 0
};

/// Below this number of values narrow bars would hold one each.
inline constexpr std::uint64_t few_values = 2000;

/// All values of a histogram; the bars reach to zero and no further than they must.
[[nodiscard]] inline Bars even_bars(const HistogramView& seen) {
    require<std::logic_error>(seen.count > 0, "even_bars",
                              "no values, expected at least one, given none");
    const HistogramBins& bins = seen.bins;
    const auto last_used = [](std::span<const std::uint64_t> counts) {
        std::size_t end = counts.size();
        while (end > 0 && counts[end - 1] == 0) --end;
        return end;
    };
    const std::size_t above = last_used(seen.positive);
    const std::size_t below = last_used(seen.negative);
    // The farthest bin's width times 2 to 4 is a bar; the linear block has bins of one unit.
    const std::size_t farthest = std::max(above, below);
    std::uint64_t width = farthest == 0 ? 1 : bins.width(farthest - 1);
    const std::uint64_t most = seen.count < few_values ? 32 : 128;
    while (farthest > 0 && bins.edge(farthest) / width > most) width *= 2;

    const auto bars_of = [&](std::size_t end) {
        return static_cast<std::size_t>((bins.edge(end) + width - 1) / width);
    };
    const std::size_t negative = bars_of(below);
    const std::size_t positive = std::max<std::size_t>(bars_of(above), seen.zeros > 0 ? 1 : 0);
    Bars bars{.edges = {}, .counts = std::vector<double>(negative + positive)};
    for (std::size_t i = 0; i < below; ++i) {
        const std::size_t bar = negative - 1 - static_cast<std::size_t>(bins.edge(i) / width);
        bars.counts[bar] += static_cast<double>(seen.negative[i]);
    }
    for (std::size_t i = 0; i < above; ++i) {
        const std::size_t bar = negative + static_cast<std::size_t>(bins.edge(i) / width);
        bars.counts[bar] += static_cast<double>(seen.positive[i]);
    }
    if (seen.zeros > 0) bars.counts[negative] += static_cast<double>(seen.zeros);
    const double step = static_cast<double>(width) * bins.unit();
    for (std::size_t i = 0; i <= negative + positive; ++i) {
        bars.edges.push_back((static_cast<double>(i) - static_cast<double>(negative)) * step);
    }
    return bars;
}

/// Share of the values outside [low, high], low <= 0 <= high; even inside a bin, none beyond the
/// extremes.
[[nodiscard]] inline double share_outside(const HistogramView& seen, double low, double high) {
    const auto outside = [&](std::span<const std::uint64_t> counts, double limit, double farthest) {
        double sum = 0.0;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i] == 0) continue;
            const double from = static_cast<double>(seen.bins.edge(i)) * seen.bins.unit();
            const double width = static_cast<double>(seen.bins.width(i)) * seen.bins.unit();
            const double to = std::min(from + width, farthest);
            const double inside = to > from ? (limit - from) / (to - from) : limit >= from;
            sum += static_cast<double>(counts[i]) * (1.0 - std::clamp(inside, 0.0, 1.0));
        }
        return sum;
    };
    if (seen.count == 0) return 0.0;
    return (outside(seen.positive, high, seen.max) + outside(seen.negative, -low, -seen.min)) /
           static_cast<double>(seen.count);
}

}  // namespace intact
