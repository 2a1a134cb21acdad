// How far the magnitudes of one sign of a histogram reach beyond a threshold, in constant time:
//
//   excess(t) = sum over x > t of (x - t),   cubes(t) = sum over x > t of (x - t)^3
//
// for values spread evenly over their bin. The bins of the largest and the smallest magnitude are
// cut to them and one value lies at the largest itself, so that an outlier, a constant tensor, or
// many values at a clamp count exactly.
//
// Units    thresholds and magnitudes in units of HistogramBins::unit()
// Cost     one pass over the bins; then O(1) for each threshold, without a division but in the
//          outer bins
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/histogram_view.hpp"
#include "intact/observers/tail_moments.hpp"

namespace intact {

/// For errors to the power `Power`, 1 to 4; cubes() exists from 3 on.
template <int Power = 2>
class TailSums {
public:
    static constexpr int scales_an_octave = 128;
    static constexpr int scales_above = 0;  ///< the largest by which nothing is clipped

    /// Sums of `counts`; `largest` is the largest magnitude, `smallest` at most the smallest one.
    TailSums(const HistogramBins& bins, std::span<const std::uint64_t> counts, double smallest,
             double largest)
        : where_(bins) {
        std::size_t last = counts.size();  // one beyond the highest bin that is not empty
        while (last > 0 && counts[last - 1] == 0) --last;
        std::size_t first = 0;  // the lowest bin that is not empty
        while (first < last && counts[first] == 0) ++first;

        if (last == 0) return;
        largest_ = largest;
        bins_.resize(last + 1);
        bins_[last] = {.beyond = Moments::of(largest), .edge = largest};
        total_ = power_of<Power>(largest);
        for (std::size_t i = last; i-- > 0;) {
            Bin& bin = bins_[i];
            const Bin& next = bins_[i + 1];
            bin = {.beyond = next.beyond, .edge = edge(i)};
            if (i == first) bin.edge = std::max(smallest, bin.edge);
            if (i < first) continue;
            if (i > first && i + 1 < last) bin.per_width = 0.5 / static_cast<double>(bins.width(i));
            const auto count = static_cast<double>(counts[i] - (i + 1 == last ? 1 : 0));
            bin.beyond.add_spread(count, bin.edge, next.edge);
            total_ = exactly(total_ + spread_power<Power>(count, bin.edge, next.edge));
        }
    }

    /// Sum of (x - t) over the magnitudes x above t.
    [[nodiscard]] double excess(double t) const noexcept {
        if (t >= largest_) return 0.0;
        const std::size_t i = where_.index_at(t);
        const Bin& bin = bins_[i];
        if (t <= bin.edge) return bin.beyond.excess(t);
        const Bin& next = bins_[i + 1];
        const double rest = exactly(next.edge - t);
        const double inside = exactly(spread(bin, next) * exactly(rest * rest));
        return exactly(next.beyond.excess(t) + per_two_widths(bin, next, inside));
    }

    /// Sum of (x - t)^3 over the magnitudes x above t.
    [[nodiscard]] double cubes(double t) const noexcept requires(Power > 2) {
        if (t >= largest_) return 0.0;
        const std::size_t i = where_.index_at(t);
        const Bin& bin = bins_[i];
        if (t <= bin.edge) return bin.beyond.cubes(t);
        const Bin& next = bins_[i + 1];
        const double square = power_of<2>(exactly(next.edge - t));
        const double inside = exactly(spread(bin, next) * exactly(0.5 * exactly(square * square)));
        return exactly(next.beyond.cubes(t) + per_two_widths(bin, next, inside));
    }

    /// At least as many as the magnitudes above t, by less than a bin of them.
    [[nodiscard]] double most_beyond(double t) const noexcept {
        return t >= largest_ ? 0.0 : bins_[where_.index_at(t)].beyond.count();
    }

    /// Sum of x^Power over all magnitudes.
    [[nodiscard]] double total() const noexcept { return total_; }

private:
    using Moments = TailMoments<Power>;

    struct Bin {
        Moments beyond{};        // of this bin and all above it
        double edge = 0.0;       // the lower one
        double per_width = 0.0;  // 1 / (2 * width), or 0 where that must be a division
    };

    [[nodiscard]] double edge(std::size_t i) const noexcept {
        return static_cast<double>(static_cast<std::int64_t>(where_.edge(i)));
    }

    /// Number of values spread over a bin.
    static double spread(const Bin& bin, const Bin& next) noexcept {
        return exactly(bin.beyond.count() - next.beyond.count());
    }

    /// x / (2 * width): a product gives the same where the width is a power of two.
    static double per_two_widths(const Bin& bin, const Bin& next, double x) noexcept {
        if (bin.per_width > 0.0) [[likely]]
            return exactly(x * bin.per_width);
        return exact_quotient(x, exactly(2.0 * exactly(next.edge - bin.edge)));
    }

    HistogramBins where_;
    std::vector<Bin> bins_;  // up to the highest that is not empty, and its end
    double largest_ = 0.0;   // 0 for no values
    double total_ = 0.0;
};

}  // namespace intact
