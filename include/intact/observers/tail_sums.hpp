// How far the magnitudes of one sign of a histogram reach beyond a threshold, in constant time:
//
//   excess(t) = sum over x > t of (x - t)
//
// for values spread evenly over their bin. The bins of the largest and the smallest magnitude are
// cut to them and one value lies at the largest itself, so that an outlier, a constant tensor, or
// many values at a clamp count exactly.
//
// Units    thresholds and magnitudes in units of HistogramBins::unit()
// Cost     one pass over the bins; then O(1) for each threshold
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/histogram_view.hpp"

namespace intact {

class TailSums {
public:
    /// Sums of `counts`; `largest` is the largest magnitude, `smallest` at most the smallest one.
    TailSums(const HistogramBins& bins, std::span<const std::uint64_t> counts, double smallest,
             double largest)
        : bins_(bins), largest_(largest) {
        last_ = counts.size();
        while (last_ > 0 && counts[last_ - 1] == 0) --last_;
        while (first_ < last_ && counts[first_] == 0) ++first_;
        smallest_ = std::max(smallest, static_cast<double>(bins.edge(first_)));

        tails_.resize(last_ + 1);
        if (last_ == 0) return;
        tails_[last_] = {.count = 1.0, .sum = largest};
        energy_ = exactly(largest * largest);
        for (std::size_t i = last_; i-- > first_;) {
            const auto count = static_cast<double>(counts[i] - (i + 1 == last_ ? 1 : 0));
            const double low = lower(i);
            const double high = upper(i);
            const double sum = exactly(count * exactly(0.5 * exactly(low + high)));
            const double ends = exactly(exactly(low * low) + exactly(high * high));
            const double square = exactly(count * exactly(ends + exactly(low * high)));
            tails_[i] = {.count = exactly(tails_[i + 1].count + count),
                         .sum = exactly(tails_[i + 1].sum + sum)};
            energy_ = exactly(energy_ + exact_quotient(square, 3.0));
        }
        for (std::size_t i = first_; i-- > 0;) tails_[i] = tails_[first_];
    }

    /// Sum of (x - t) over the magnitudes x above t.
    [[nodiscard]] double excess(double t) const noexcept {
        if (last_ == 0 || t >= largest_) return 0.0;
        const std::size_t i = bins_.index_at(t);
        const double low = lower(i);
        if (t <= low) return beyond(i, t);
        const double high = upper(i);
        const double count = exactly(tails_[i].count - tails_[i + 1].count);
        const double rest = exactly(high - t);
        const double inside = exactly(count * exactly(rest * rest));
        const double width = exactly(2.0 * exactly(high - low));
        return exactly(beyond(i + 1, t) + exact_quotient(inside, width));
    }

    /// Sum of the squares of all magnitudes.
    [[nodiscard]] double energy() const noexcept { return energy_; }

private:
    struct Tail {
        double count = 0.0;
        double sum = 0.0;
    };

    [[nodiscard]] double beyond(std::size_t i, double t) const noexcept {
        return exactly(tails_[i].sum - exactly(t * tails_[i].count));
    }
    [[nodiscard]] double lower(std::size_t i) const noexcept {
        return i == first_ ? smallest_ : static_cast<double>(bins_.edge(i));
    }
    [[nodiscard]] double upper(std::size_t i) const noexcept {
        return i + 1 == last_ ? largest_ : static_cast<double>(bins_.edge(i + 1));
    }

    HistogramBins bins_;
    std::vector<Tail> tails_;  // of the bins from i on
    std::size_t first_ = 0;    // the lowest bin that is not empty
    std::size_t last_ = 0;     // one beyond the highest bin that is not empty
    double smallest_ = 0.0;
    double largest_ = 0.0;
    double energy_ = 0.0;
};

}  // namespace intact
