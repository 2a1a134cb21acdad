// One sign of a histogram, cut into the rounding cells of one scale after the other: what the codes
// 0 to any last one lose by smearing, by squared error and by clipping.
//
//   cells   [0, s/2), [(k - 1/2) s, (k + 1/2) s), edges moved to the nearest bin edge
//
// Units    steps in units of HistogramBins::unit(), smears in nats times values
// Cost     cut: O(codes inside the data); sums of cells are made when first asked for
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/cell_sums.hpp"
#include "intact/observers/histogram_view.hpp"
#include "intact/observers/tail_sums.hpp"

namespace intact {

/// The cells of one scale at a time.
class Cells {
public:
    Cells(const HistogramBins& bins, std::span<const std::uint64_t> counts, double largest,
          std::int32_t codes)
        : sums_(bins, counts, largest),
          tails_(bins, counts, 0.0, largest),
          edges_(static_cast<std::size_t>(codes) + 1),
          smears_(edges_.size()),
          saved_(edges_.size()) {}

    /// Cuts at (k + 1/2) steps for each code, in units.
    void cut(double step) noexcept {
        step_ = step;
        smeared_ = 0;
        squared_ = 0;
        std::size_t k = 0;
        while (k + 1 < edges_.size() && edges_[k] < sums_.end()) {
            edges_[k + 1] = sums_.edge_near(end_of(k));
            ++k;
        }
        std::fill(edges_.begin() + static_cast<std::ptrdiff_t>(k) + 1, edges_.end(), sums_.end());
    }

    /// Sum of the squared errors with the codes 0 to `last`, in units (error_search.hpp).
    [[nodiscard]] double squared_error(std::int32_t last) noexcept {
        const auto cells = static_cast<std::size_t>(last);
        for (; squared_ < cells; ++squared_) {
            saved_[squared_ + 1] = exactly(saved_[squared_] + tails_.excess(end_of(squared_)));
        }
        return exactly(tails_.total() - exactly(exactly(2.0 * step_) * saved_[cells]));
    }

    /// What the cells of the codes 0 to `last` lose by rounding.
    [[nodiscard]] double smear(std::int32_t last) noexcept {
        const auto cells = static_cast<std::size_t>(last) + 1;
        for (; smeared_ < cells; ++smeared_) {
            const double smear = sums_.smear(edges_[smeared_], edges_[smeared_ + 1]);
            smears_[smeared_ + 1] = exactly(smears_[smeared_] + smear);
        }
        return smears_[cells];
    }

    /// Number of values beyond the cell of the code `last`.
    [[nodiscard]] std::uint64_t clipped(std::int32_t last) const noexcept {
        return sums_.count(edges_[static_cast<std::size_t>(last) + 1], sums_.end());
    }

    /// Mass beyond the cell of the code `last`.
    [[nodiscard]] double clipped_mass(std::int32_t last) const noexcept {
        return sums_.mass(edges_[static_cast<std::size_t>(last) + 1], sums_.end());
    }

    /// Mass of the cell of the code `last`, at least one bin wide.
    [[nodiscard]] double last_mass(std::int32_t last) const noexcept {
        const std::size_t to = edges_[static_cast<std::size_t>(last) + 1];
        const std::size_t from = edges_[static_cast<std::size_t>(last)];
        return sums_.mass(from == to && to > 0 ? to - 1 : from, to);
    }

    [[nodiscard]] double mass() const noexcept { return sums_.mass(0, sums_.end()); }

private:
    /// Where the cell of the code k ends.
    [[nodiscard]] double end_of(std::size_t k) const noexcept {
        return exactly(step_ * (static_cast<double>(k) + 0.5));
    }

    CellSums sums_;
    TailSums<2> tails_;
    double step_ = 0.0;               // in units
    std::vector<std::size_t> edges_;  // cell k holds the bins [edges_[k], edges_[k + 1])
    std::vector<double> smears_;      // of the cells below k, for k up to smeared_
    std::vector<double> saved_;       // excess beyond the ends of the cells below k, up to squared_
    std::size_t smeared_ = 0;
    std::size_t squared_ = 0;
};

}  // namespace intact
