// Entropy criterion: the scale and zero point that lose the least information, by the
// Kullback-Leibler divergence of the rounded and clipped data from the data.
//
// The textbook search collapses on rectified and image data because of exact zeros, repeated
// constants and counting noise. Here zeros take no part, spikes are cut to the density around them,
// and the loss that counting noise alone makes is taken off (cell_sums.hpp):
//
//   KL = [sum of smears + clipping terms] / n + ln((n - O) / n)
//
// where mass O of one sign beyond its last cell of mass P costs (P + O) ln((P + O) / P). Cells are
// the rounding cells [0, s/2), [(k - 1/2) s, (k + 1/2) s) with edges moved to the nearest bin edge.
// Candidates are fl32(s_minmax * 2^(-j / 64)), j = 0 ... 256, with every zero point; j = 0 is the
// min-max result itself, the others may clip at most 0.1 % of the values that are not zero and make
// at most 1.5 times (1.76 dB) its squared error: divergence alone hardly sees how far away a
// clipped value was. Scales are raised to powers of two where the scheme has only those. Ties take
// the larger scale, then the more equal room at both ends.
//
// Units    the cost is the divergence in nats
// Errors   std::invalid_argument   a grid of more than 8 bits
// Cost     O(scales * codes), whatever the number of bins and values
// Source   the idea: S. Migacz, "8-bit Inference with TensorRT", GTC 2017. Candidates, despiking
//          and the noise term are our own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/cells.hpp"
#include "intact/observers/criteria/candidate.hpp"
#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/logarithm.hpp"
#include "intact/observers/observer.hpp"

namespace intact {

class EntropySearch {
public:
    /// A search over the values of `seen` for the codes of `grid`.
    EntropySearch(const HistogramView& seen, const Grid& grid)
        : grid_(grid),
          codes_(detail::searched_codes(grid, "Entropy")),
          unit_(seen.bins.unit()),
          smallest_(std::min(seen.min, 0.0)),
          largest_(std::max(seen.max, 0.0)),
          may_clip_((seen.count - seen.zeros) / 1000),
          magnitudes_(grid.symmetric ? merged(seen) : std::vector<std::uint64_t>{}),
          above_(seen.bins, grid.symmetric ? magnitudes_ : seen.positive,
                 exact_quotient(grid.symmetric ? amax() : largest_, unit_), codes_),
          below_(seen.bins, grid.symmetric ? std::span<const std::uint64_t>{} : seen.negative,
                 exact_quotient(mirrored(smallest_), unit_), codes_),
          mass_(exactly(above_.mass() + below_.mass())) {}

    /// Calls visit(Candidate) for each scale, the largest first, with its best zero point; the
    /// first is min-max, the others clip no more than allowed. The cost is the divergence in nats.
    template <class Visit>
    void for_each_candidate(Visit&& visit) {
        const double top = top_scale();
        float last = 0.0F;
        for (int j = 0; j <= 256; ++j) {
            const float scale = detail::scale_for(grid_, detail::falling_scale(top, 4 * j));
            if (scale == std::exchange(last, scale)) continue;
            if (!detail::is_usable(scale, 0, 0)) return;
            const double step = exact_quotient(static_cast<double>(scale), unit_);
            above_.cut(step);
            below_.cut(step);
            Candidate best{.scale = scale};
            if (j == 0) {
                place_min_max(best);
                visit(best);
                continue;
            }
            if (!may_place()) return;  // smaller scales clip even more
            if (grid_.symmetric ? place_symmetric(best) : place_affine(best)) visit(best);
        }
    }

private:
    static std::vector<std::uint64_t> merged(const HistogramView& seen) {
        std::vector<std::uint64_t> counts(seen.positive.begin(), seen.positive.end());
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += seen.negative[i];
        return counts;
    }

    [[nodiscard]] double amax() const noexcept { return std::max(mirrored(smallest_), largest_); }

    [[nodiscard]] double top_scale() const noexcept {
        if (grid_.symmetric) return exact_quotient(amax(), grid_.symmetric_steps());
        return exact_quotient(exactly(largest_ - smallest_), codes_ - 1);
    }

    /// The min-max result, which clips nothing.
    void place_min_max(Candidate& candidate) noexcept {
        candidate.above = grid_.qmax - grid_.zero_point;
        candidate.below = grid_.zero_point - grid_.qmin;
        if (!grid_.symmetric) {
            const auto step = static_cast<double>(candidate.scale);
            const double below = exact_quotient(mirrored(smallest_), step);
            candidate.below = std::min(static_cast<std::int32_t>(std::lrint(below)), codes_ - 1);
            candidate.above = codes_ - 1 - candidate.below;
        }
        const double smears = exactly(above_.smear(codes_ - 1) + below_.smear(codes_ - 1));
        candidate.cost = exact_quotient(smears, mass_);
        largest_error_ = exactly(1.5 * squared_error(candidate));
    }

    /// Whether some zero point clips no more values than allowed.
    [[nodiscard]] bool may_place() const noexcept {
        if (grid_.symmetric) return above_.clipped(grid_.qmax - grid_.zero_point) <= may_clip_;
        for (std::int32_t above = 0; above < codes_; ++above) {
            if (clipped(above) <= may_clip_) return true;
        }
        return false;
    }

    /// Number of values that an affine grid clips with `above` codes above zero.
    [[nodiscard]] std::uint64_t clipped(std::int32_t above) const noexcept {
        return above_.clipped(above) + below_.clipped(codes_ - 1 - above);
    }

    [[nodiscard]] bool place_symmetric(Candidate& candidate) noexcept {
        candidate.above = grid_.qmax - grid_.zero_point;
        candidate.below = grid_.zero_point - grid_.qmin;
        return measure(candidate);
    }

    /// The best of all zero points that do not clip too much.
    [[nodiscard]] bool place_affine(Candidate& best) noexcept {
        bool found = false;
        double least_room = 0.0;
        for (Candidate candidate = best; candidate.above < codes_; ++candidate.above) {
            candidate.below = codes_ - 1 - candidate.above;
            if (clipped(candidate.above) > may_clip_ || !measure(candidate)) continue;
            const double room = unequal_room(candidate);
            const bool better = !found || candidate.cost < best.cost ||
                                (candidate.cost == best.cost && room < least_room);
            if (!better) continue;
            best = candidate;
            least_room = room;
            found = true;
        }
        return found;
    }

    /// Difference of the room that the codes leave beyond the data at both ends.
    [[nodiscard]] double unequal_room(const Candidate& candidate) const noexcept {
        const auto step = static_cast<double>(candidate.scale);
        const double above = exactly(exactly(candidate.above * step) - largest_);
        const double below = exactly(exactly(candidate.below * step) + smallest_);
        return std::abs(exactly(above - below));
    }

    [[nodiscard]] double squared_error(const Candidate& candidate) noexcept {
        const std::int32_t below = grid_.symmetric ? 0 : candidate.below;
        return exactly(above_.squared_error(candidate.above) + below_.squared_error(below));
    }

    /// Sets the divergence; false where it is infinite or the squared error is too large.
    [[nodiscard]] bool measure(Candidate& candidate) noexcept {
        if (squared_error(candidate) > largest_error_) return false;
        const std::int32_t below = grid_.symmetric ? 0 : candidate.below;
        const double clipped_above = above_.clipped_mass(candidate.above);
        const double clipped_below = below_.clipped_mass(below);
        double sum = exactly(above_.smear(candidate.above) + below_.smear(below));
        if (!add_clipping(sum, clipped_above, above_.last_mass(candidate.above)) ||
            !add_clipping(sum, clipped_below, below_.last_mass(below))) {
            return false;
        }
        const double kept = exactly(mass_ - exactly(clipped_above + clipped_below));
        const double scaled = natural_logarithm(exact_quotient(kept, mass_));
        candidate.cost = exactly(exact_quotient(sum, mass_) + scaled);
        return true;
    }

    /// Adds the cost of mass `clipped` into a last cell of mass `last`; false where it is infinite.
    static bool add_clipping(double& sum, double clipped, double last) noexcept {
        if (clipped <= 0.0) return true;
        if (last <= 0.0) return false;
        const double both = exactly(last + clipped);
        const double ratio = natural_logarithm(exact_quotient(both, last));
        sum = exactly(sum + exactly(both * ratio));
        return true;
    }

    Grid grid_;
    std::int32_t codes_;
    double unit_;             // of the histogram, in the unit of the data
    double smallest_;         // at most 0
    double largest_;          // at least 0
    std::uint64_t may_clip_;  // values
    std::vector<std::uint64_t> magnitudes_;
    Cells above_;                 // positive values; all magnitudes where symmetric
    Cells below_;                 // negative values; none where symmetric
    double mass_;                 // of both
    double largest_error_ = 0.0;  // squared error of min-max, times what is allowed
};

struct Entropy {
    static constexpr int most_code_bits = 8;

    /// The range of the scale and zero point with the least divergence, and that divergence.
    [[nodiscard]] static Choice search(const HistogramView& seen, const Grid& grid,
                                       Curve* curve = nullptr) {
        EntropySearch search(seen, grid);
        const Range full = spanned(seen.min, seen.max, grid);
        if (curve != nullptr) curve->clear();
        if (seen.min == seen.max) return {full, 0.0};
        Candidate min_max;
        Candidate best;
        search.for_each_candidate([&](const Candidate& candidate) {
            if (curve != nullptr) curve->push_back(candidate);
            if (min_max.scale == 0.0F) min_max = candidate;
            if (best.scale == 0.0F || candidate.cost < best.cost) best = candidate;
        });
        return {best == min_max ? full : best.range(grid), best.cost};
    }

    [[nodiscard]] static Range choose(const HistogramView& seen, const Grid& grid) {
        return search(seen, grid).range;
    }
};

static_assert(SearchingCriterion<Entropy>);

}  // namespace intact
