// How far the magnitudes of one sign of some values reach beyond a threshold, exactly for the
// values:
//
//   excess(t) = sum over x > t of (x - t),   cubes(t) = sum over x > t of (x - t)^3
//
// A threshold finds its place among the values through a table of log-linear cells.
//
// Units    those of the data
// Cost     one pass over the values; then a few steps for each threshold, as long as the values are
//          not crowded in a single cell
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/tail_moments.hpp"
#include "intact/observers/values_view.hpp"

namespace intact {

/// For errors to the power `Power`, 1 to 4; cubes() exists from 3 on.
template <int Power>
class ValueTails {
public:
    static constexpr int scales_an_octave = 256;
    static constexpr int scales_above = 8;  ///< the largest by which nothing is clipped

    /// Of the values above zero.
    static ValueTails of_positive(const ValuesView& seen) {
        const auto first = std::upper_bound(seen.keys.begin(), seen.keys.end(), 0);
        const auto below = static_cast<std::size_t>(first - seen.keys.begin());
        ValueTails tails(seen.size() - below);
        for (std::size_t i = seen.size(); i-- > below;) {
            tails.put(i - below, seen.value(i), seen.weight(i));
        }
        tails.find_cells();
        return tails;
    }

    /// Of the values below zero, mirrored.
    static ValueTails of_negative(const ValuesView& seen) {
        const auto end = std::lower_bound(seen.keys.begin(), seen.keys.end(), 0);
        const auto size = static_cast<std::size_t>(end - seen.keys.begin());
        ValueTails tails(size);
        for (std::size_t i = 0; i < size; ++i) {
            tails.put(size - 1 - i, mirrored(seen.value(i)), seen.weight(i));
        }
        tails.find_cells();
        return tails;
    }

    /// Sum of (x - t) over the magnitudes x above t.
    [[nodiscard]] double excess(double t) const noexcept { return beyond(t).excess(t); }

    /// Sum of (x - t)^3 over the magnitudes x above t.
    [[nodiscard]] double cubes(double t) const noexcept requires(Power > 2) {
        return beyond(t).cubes(t);
    }

    /// Number of magnitudes above t.
    [[nodiscard]] double most_beyond(double t) const noexcept { return beyond(t).count(); }

    /// Sum of x^Power over all magnitudes.
    [[nodiscard]] double total() const noexcept { return total_; }

private:
    using Moments = TailMoments<Power>;

    explicit ValueTails(std::size_t size) : magnitudes_(size), beyond_(size + 1) {}

    /// Sets a magnitude after all larger ones.
    void put(std::size_t i, double magnitude, std::uint64_t weight) noexcept {
        const auto count = static_cast<double>(weight);
        magnitudes_[i] = magnitude;
        beyond_[i] = beyond_[i + 1];
        beyond_[i].add(count, magnitude);
        total_ = exactly(total_ + exactly(count * power_of<Power>(magnitude)));
    }

    /// Notes for each cell where its magnitudes start.
    void find_cells() {
        if (magnitudes_.empty()) return;
        std::size_t cells = 0;
        shift_ = 52 - 14;  // 2^14 cells an octave, or as few as pay
        while (true) {
            first_cell_ = 0;
            first_cell_ = cell_of(magnitudes_.front());
            cells = cell_of(magnitudes_.back()) + 1;
            if (shift_ == 52 || cells <= 4 * magnitudes_.size()) break;
            ++shift_;
        }
        starts_.assign(cells, 0);
        std::size_t cell = 0;
        for (std::size_t i = 0; i < magnitudes_.size(); ++i) {
            for (const std::size_t own = cell_of(magnitudes_[i]); cell < own;) {
                starts_[++cell] = static_cast<std::uint32_t>(i);
            }
        }
    }

    [[nodiscard]] std::size_t cell_of(double magnitude) const noexcept {
        return (std::bit_cast<std::uint64_t>(magnitude) >> shift_) - first_cell_;
    }

    /// Moments of the magnitudes above t.
    [[nodiscard]] const Moments& beyond(double t) const noexcept {
        if (magnitudes_.empty() || t >= magnitudes_.back()) return beyond_.back();
        if (t < magnitudes_.front()) return beyond_.front();
        std::size_t i = starts_[cell_of(t)];
        while (magnitudes_[i] <= t) ++i;
        return beyond_[i];
    }

    std::vector<double> magnitudes_;     // ascending
    std::vector<Moments> beyond_;        // of the magnitudes from i on
    std::vector<std::uint32_t> starts_;  // the first magnitude of each cell or above
    std::uint64_t first_cell_ = 0;
    int shift_ = 52;
    double total_ = 0.0;
};

}  // namespace intact
