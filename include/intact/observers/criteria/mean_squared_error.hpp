// Squared error criterion: the scale and zero point with the least expected squared error, rounding
// and clipping both included.
//
// With thresholds t_k = (k + 1/2) s, U(t) = sum over x > t of (x - t), V the same of -x, and codes
// from a steps below zero to b above,
//
//   E(s, a, b) = sum of x^2 - 2 s [ sum over k < b of U(t_k) + sum over k < a of V(t_k) ].
//
// U and V never increase, so for one scale the best zero point comes from taking the larger next
// term of either, a + b times. Scales: fl32(s_max * 2^(-j / 128)) down to 2^-7 of s_max for 8 bits
// and to 2^-14 for fewer, where s_max = (max - min) / (codes - 2), or for a symmetric grid
// amax / (qmax - zero_point - 1/2), and the scale of min-max, which integers need. Found is the
// optimum over these scales and all zero points for values spread evenly inside their bins, the
// extremes exact; ties take the larger scale.
//
// Units    the cost is the mean squared error, in the square of the data's unit
// Errors   std::invalid_argument   a grid of more than 8 bits
// Cost     O(scales * codes), whatever the number of bins and values
// Source   our own derivation. The criterion: R. Banner et al., "Post training 4-bit quantization
//          of convolutional networks for rapid-deployment", 2019, https://arxiv.org/abs/1810.05723
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "intact/core/exact.hpp"
#include "intact/observers/criteria/candidate.hpp"
#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/tail_sums.hpp"

namespace intact {

class SquaredErrorSearch {
public:
    /// A search over the values of `seen` for the codes of `grid`.
    SquaredErrorSearch(const HistogramView& seen, const Grid& grid)
        : grid_(grid),
          codes_(detail::searched_codes(grid, "MeanSquaredError")),
          unit_(seen.bins.unit()),
          count_(static_cast<double>(seen.count)),
          smallest_(std::min(seen.min, 0.0)),
          largest_(std::max(seen.max, 0.0)),
          negative_(tails(seen, seen.negative, mirrored(seen.max), mirrored(seen.min))),
          positive_(tails(seen, seen.positive, seen.min, seen.max)) {}

    /// Calls visit(Candidate) for each scale, the largest first, with its best zero point; the cost
    /// is the mean squared error.
    template <class Visit>
    void for_each_candidate(Visit&& visit) const {
        const int steps = codes_ > 128 ? 7 * 128 : 14 * 128;
        const double top = scale_of(grid_.symmetric ? symmetric_levels() - 0.5 : codes_ - 2);
        const auto visit_scale = [&](float scale) {
            const Candidate candidate = grid_.symmetric ? symmetric(scale) : affine(scale);
            if (detail::is_usable(scale, candidate.below, candidate.above)) visit(candidate);
        };
        const float min_max =
            detail::falling_scale(scale_of(grid_.symmetric ? symmetric_levels() : codes_ - 1), 0);
        bool is_min_max_left = true;
        for (int j = 0; j <= steps; ++j) {
            const float scale = detail::falling_scale(top, j);
            if (is_min_max_left && scale <= min_max) {
                visit_scale(min_max);
                is_min_max_left = false;
            }
            visit_scale(scale);
        }
    }

    /// Mean squared error of a scale whose codes reach from `below` steps under zero to `above`
    /// over.
    [[nodiscard]] double error(float scale, std::int32_t below, std::int32_t above) const noexcept {
        const double step = in_units(scale);
        double saved = 0.0;
        for (std::int32_t k = 0; k < above; ++k) saved = exactly(saved + over(step, k));
        for (std::int32_t k = 0; k < below; ++k) saved = exactly(saved + under(step, k));
        return remaining(step, saved);
    }

private:
    /// Sums over one sign, whose magnitudes lie in [nearest, farthest], in the unit of the data.
    static TailSums tails(const HistogramView& seen, std::span<const std::uint64_t> counts,
                          double nearest, double farthest) {
        const double unit = seen.bins.unit();
        return {seen.bins, counts, exact_quotient(std::max(nearest, 0.0), unit),
                exact_quotient(std::max(farthest, 0.0), unit)};
    }

    [[nodiscard]] std::int32_t symmetric_levels() const noexcept {
        return grid_.qmax - grid_.zero_point;
    }

    /// The scale that cuts the range, or the larger side of it where symmetric, into `levels`
    /// steps.
    [[nodiscard]] double scale_of(double levels) const noexcept {
        const double amax = std::max(mirrored(smallest_), largest_);
        return exact_quotient(grid_.symmetric ? amax : exactly(largest_ - smallest_), levels);
    }

    [[nodiscard]] Candidate symmetric(float scale) const noexcept {
        const std::int32_t below = grid_.zero_point - grid_.qmin;
        const std::int32_t above = grid_.qmax - grid_.zero_point;
        return {scale, below, above, error(scale, below, above)};
    }

    [[nodiscard]] Candidate affine(float scale) const noexcept {
        const double step = in_units(scale);
        Candidate best{.scale = scale};
        double saved = 0.0;
        double next_above = over(step, 0);
        double next_below = under(step, 0);
        for (std::int32_t left = codes_ - 1; left > 0; --left) {
            if (next_above >= next_below) {
                if (next_above == 0.0) {  // nothing is left to gain on either side
                    best.above += left;
                    break;
                }
                saved = exactly(saved + next_above);
                next_above = over(step, ++best.above);
            } else {
                saved = exactly(saved + next_below);
                next_below = under(step, ++best.below);
            }
        }
        best.cost = remaining(step, saved);
        return best;
    }

    [[nodiscard]] double in_units(float scale) const noexcept {
        return exact_quotient(static_cast<double>(scale), unit_);
    }
    [[nodiscard]] double over(double step, std::int32_t k) const noexcept {
        return positive_.excess(exactly(step * (k + 0.5)));
    }
    [[nodiscard]] double under(double step, std::int32_t k) const noexcept {
        return negative_.excess(exactly(step * (k + 0.5)));
    }

    /// The mean squared error where `saved` is the sum of all U and V.
    [[nodiscard]] double remaining(double step, double saved) const noexcept {
        const double energy = exactly(positive_.energy() + negative_.energy());
        const double sum = exactly(energy - exactly(exactly(2.0 * step) * saved));
        return exact_quotient(exactly(exactly(sum * unit_) * unit_), count_);
    }

    Grid grid_;
    std::int32_t codes_;
    double unit_;      // of the histogram, in the unit of the data
    double count_;     // of the values
    double smallest_;  // at most 0
    double largest_;   // at least 0
    TailSums negative_;
    TailSums positive_;
};

struct MeanSquaredError {
    static constexpr int most_code_bits = 8;

    /// The range of the scale and zero point with the least mean squared error, and that error.
    [[nodiscard]] static Choice search(const HistogramView& seen, const Grid& grid,
                                       Curve* curve = nullptr) {
        const SquaredErrorSearch search(seen, grid);
        const Choice full{spanned(seen.min, seen.max, grid), 0.0};
        if (curve != nullptr) curve->clear();
        if (seen.min == seen.max) return full;
        Candidate best;
        search.for_each_candidate([&](const Candidate& candidate) {
            if (curve != nullptr) curve->push_back(candidate);
            if (best.scale == 0.0F || candidate.cost < best.cost) best = candidate;
        });
        return best.scale == 0.0F ? full : Choice{best.range(grid), best.cost};
    }

    [[nodiscard]] static Range choose(const HistogramView& seen, const Grid& grid) {
        return search(seen, grid).range;
    }
};

static_assert(SearchingCriterion<MeanSquaredError>);

}  // namespace intact
