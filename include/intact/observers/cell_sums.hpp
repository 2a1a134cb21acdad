// What rounding the magnitudes of one sign to a common cell loses, from a histogram, in constant
// time for each cell: the mass of a cell becomes even over its non-empty bins.
//
//   smear = max(0, sum d ln(d / w) - P ln(P / W) - (m - 1) / 2)
//
// over the m non-empty bins of the cell, of mass d and width w; P and W are the sums of d and w.
// The last term is the loss that counting noise alone makes, so no smoothing constant is needed.
// Spikes (repeated constants) weigh no more than the median density of the bins around them.
//
// Units    natural logarithms; widths and thresholds in units of HistogramBins::unit()
// Cost     one pass over the bins with a sliding median; then O(1) and one logarithm a cell
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/histogram_view.hpp"
#include "intact/observers/logarithm.hpp"

namespace intact {

namespace detail {

/// The sorted densities of the non-empty bins in a window.
class SlidingMedian {
public:
    static constexpr std::size_t reach = 16;  // bins on either side

    void insert(double value) noexcept {
        double* const end = sorted_.data() + size_++;
        double* const place = std::upper_bound(sorted_.data(), end, value);
        std::copy_backward(place, end, end + 1);
        *place = value;
    }

    void erase(double value) noexcept {
        double* const end = sorted_.data() + size_--;
        double* const place = std::lower_bound(sorted_.data(), end, value);
        std::copy(place + 1, end, place);
    }

    /// The middle one; the lower of two.
    [[nodiscard]] double median() const noexcept { return sorted_[(size_ - 1) / 2]; }

private:
    std::array<double, 2 * reach + 2> sorted_{};
    std::size_t size_ = 0;
};

}  // namespace detail

class CellSums {
public:
    /// Sums of `counts`; `largest` is the largest magnitude.
    CellSums(const HistogramBins& bins, std::span<const std::uint64_t> counts, double largest)
        : bins_(bins), largest_(largest), sums_(counts.size() + 1) {
        detail::SlidingMedian nearby;
        std::size_t entered = 0;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            while (entered < counts.size() && entered <= i + reach) {
                if (counts[entered] > 0) nearby.insert(density(counts, entered));
                ++entered;
            }
            if (i > reach && counts[i - reach - 1] > 0) {
                nearby.erase(density(counts, i - reach - 1));
            }
            sums_[i + 1] = sums_[i];
            if (counts[i] > 0) sums_[i + 1].add(i, bins, counts[i], nearby.median());
        }
    }

    /// The bin edge nearest to a threshold; above the largest magnitude the end of all bins.
    [[nodiscard]] std::size_t edge_near(double t) const noexcept {
        if (t >= largest_ || sums_.size() == 1) return end();
        const std::size_t i = bins_.index_at(t);
        const double after = exactly(t - static_cast<double>(bins_.edge(i)));
        const double before = exactly(static_cast<double>(bins_.edge(i + 1)) - t);
        return after <= before ? i : i + 1;
    }

    /// The edge above all bins.
    [[nodiscard]] std::size_t end() const noexcept { return sums_.size() - 1; }

    /// What a cell of the bins [from, to) loses.
    [[nodiscard]] double smear(std::size_t from, std::size_t to) const noexcept {
        const std::uint64_t filled = sums_[to].filled - sums_[from].filled;
        if (filled < 2) return 0.0;
        const double mass = exactly(sums_[to].mass - sums_[from].mass);
        const double width = exactly(sums_[to].width - sums_[from].width);
        const double before = exactly(sums_[to].information - sums_[from].information);
        const double after = exactly(mass * natural_logarithm(exact_quotient(mass, width)));
        const double noise = exactly(0.5 * static_cast<double>(filled - 1));
        return std::max(exactly(exactly(before - after) - noise), 0.0);
    }

    /// Mass, spikes cut, of the bins [from, to).
    [[nodiscard]] double mass(std::size_t from, std::size_t to) const noexcept {
        return exactly(sums_[to].mass - sums_[from].mass);
    }

    /// Number of values in the bins [from, to).
    [[nodiscard]] std::uint64_t count(std::size_t from, std::size_t to) const noexcept {
        return sums_[to].count - sums_[from].count;
    }

private:
    static constexpr std::size_t reach = detail::SlidingMedian::reach;

    struct Sums {
        double mass = 0.0;
        double information = 0.0;  // of d ln(d / w)
        double width = 0.0;        // of the non-empty bins
        std::uint64_t filled = 0;  // non-empty bins
        std::uint64_t count = 0;   // values, spikes included

        void add(std::size_t i, const HistogramBins& bins, std::uint64_t values, double median) {
            const auto bin_width = static_cast<double>(bins.width(i));
            const auto own = static_cast<double>(values);
            const double despiked = std::min(own, exactly(bin_width * median));
            const double logarithm = natural_logarithm(exact_quotient(despiked, bin_width));
            mass = exactly(mass + despiked);
            information = exactly(information + exactly(despiked * logarithm));
            width = exactly(width + bin_width);
            ++filled;
            count += values;
        }
    };

    double density(std::span<const std::uint64_t> counts, std::size_t i) const noexcept {
        return exact_quotient(static_cast<double>(counts[i]), static_cast<double>(bins_.width(i)));
    }

    HistogramBins bins_;
    double largest_;
    std::vector<Sums> sums_;  // of the bins below i
};

}  // namespace intact
