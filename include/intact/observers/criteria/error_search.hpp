// The search for the scale and zero point with the least sum of |error|^p, p from 1 to 4, rounding
// and clipping both included.
//
// With thresholds t_k = (k + 1/2) s, half a step h = s / 2, and codes from a steps below zero to b
// above, the code k + 1 takes from the error what all values beyond t_k gain by it,
//
//   E(s, a, b) = sum of |x|^p - [ sum over k < b of G(t_k) + sum over k < a of G'(t_k) ],
//
// where U(t) = sum over x > t of (x - t), R(t) the same of (x - t)^3, and G' is G of -x:
//
//   p = 1   G(t) = 2 [U(t) - U(t + h)]                p = 2   G(t) = 2 s U(t)
//   p = 3   G(t) = 2 [R(t) - R(t + h) + 3 h^2 U(t)]   p = 4   G(t) = 4 s [R(t) + h^2 U(t)]
//
// G and G' never increase, so for one scale the best zero point takes the larger next term of
// either, a + b times: where the two sequences meet is found by bisection.
//
// Scales: fl32(s_max * 2^(-j / 128)) down to 2^-7 of s_max for 8 bits and to 2^-14 for fewer, where
// s_max = (max - min) / (codes - 2), or for a symmetric grid amax / (qmax - zero_point - 1/2);
// values themselves, whose lumps a histogram does not show, ask for twice as many, from 1/32 octave
// above s_max. Besides, the scale of min-max, which integers need, and the one that cuts the range
// into as many equal cells as there are codes, which evenly spread values need. Each is raised to a
// power of two where the scheme has only those. Found is the optimum over these scales and all zero
// points; ties take the larger scale. For p = 2 and a million values no other scale is better by
// more than 0.2 %. Scales of a histogram still closer fit the sample, not the network: at 8 and 6
// bits they cost our depthwise one 0.5 to 0.7 dB.
//
// Units    the cost is the mean of |error|^p, in the data's unit to the power p
// Errors   std::invalid_argument   a grid of more than 8 bits
// Cost     O(scales * codes), whatever the number of bins and values; where no curve is wanted, the
//          scales below which clipping alone costs more than the best so far are left out
// Source   our own derivation. The criterion for p = 2: R. Banner et al., "Post training 4-bit
//          quantization of convolutional networks for rapid-deployment", 2019,
//          https://arxiv.org/abs/1810.05723
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "intact/core/exact.hpp"
#include "intact/observers/criteria/candidate.hpp"
#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/tail_moments.hpp"

namespace intact {

/// `Tails` answers excess(t), cubes(t), most_beyond(t) and total() for the magnitudes of one sign,
/// and says how many scales to try: TailSums for histograms, ValueTails for values themselves.
template <int Power, class Tails>
class ErrorSearch {
public:
    /// What is searched: the magnitudes of both signs in units of `unit`, and where all of them
    /// lie.
    struct Data {
        Tails negative;
        Tails positive;
        double min = 0.0;    // in the unit of the data
        double max = 0.0;    // in the unit of the data
        double count = 0.0;  // values, zeros included
        double unit = 1.0;
    };

    ErrorSearch(Data data, const Grid& grid, const char* where)
        : data_(std::move(data)), grid_(grid), codes_(detail::searched_codes(grid, where)) {}

    /// The best candidate, of the scale 0 where no scale is usable; all of them go to `curve`.
    [[nodiscard]] Candidate best(Curve* curve = nullptr) const {
        const double rounding = exactly(mean(total()) * 0x1p-40);  // of a cost
        Candidate best;
        for_each_candidate([&](const Candidate& candidate) {
            if (curve != nullptr) curve->push_back(candidate);
            if (best.scale == 0.0F || candidate.cost < best.cost) best = candidate;
            return curve != nullptr || least_clipping(candidate) <= exactly(best.cost + rounding);
        });
        return best;
    }

    /// Mean error of a scale whose codes reach from `below` steps under zero to `above` over.
    [[nodiscard]] double error(float scale, std::int32_t below, std::int32_t above) const noexcept {
        const double step = in_units(scale);
        const double saved_above = saved(data_.positive, step, above);
        const double saved_below = saved(data_.negative, step, below);
        const double gained = exactly(factor(step) * exactly(saved_above + saved_below));
        return mean(exactly(total() - gained));
    }

    /// Mean error of the full range in steps of the smallest normal float: what schemes make of
    /// data for which no scale is usable.
    [[nodiscard]] double error_of_smallest_scale() const noexcept {
        constexpr float scale = std::numeric_limits<float>::min();
        std::int32_t below = grid_.zero_point - grid_.qmin;
        std::int32_t above = grid_.qmax - grid_.zero_point;
        if (!grid_.symmetric) {
            const double reach = mirrored(std::min(data_.min, 0.0));
            const double steps = exact_quotient(reach, static_cast<double>(scale));
            below = std::min(static_cast<std::int32_t>(std::lrint(steps)), codes_ - 1);
            above = codes_ - 1 - below;
        }
        return error(scale, below, above);
    }

private:
    /// Calls visit(Candidate) for each scale, the largest first, with its best zero point, as long
    /// as it returns true.
    template <class Visit>
    void for_each_candidate(Visit&& visit) const {
        const double levels = grid_.qmax - grid_.zero_point;
        const int octaves = codes_ > 128 ? 7 : 14;
        const double top = scale_of(grid_.symmetric ? levels - 0.5 : codes_ - 2);
        const std::array<float, 2> others{
            // the larger first
            fl32(scale_of(grid_.symmetric ? grid_.symmetric_steps() : codes_ - 1)),
            fl32(scale_of(grid_.symmetric ? levels + 0.5 : codes_))};
        float last = 0.0F;
        const auto goes_on = [&](float asked) {
            const float scale = detail::scale_for(grid_, asked);
            if (scale == std::exchange(last, scale)) return true;
            const Candidate candidate = at(scale);
            return !detail::is_usable(scale, candidate.below, candidate.above) || visit(candidate);
        };
        const auto* other = others.begin();
        for (int j = -Tails::scales_above; j <= octaves * Tails::scales_an_octave; ++j) {
            const float scale = falling_scale(top, j);
            for (; other != others.end() && scale <= *other; ++other) {
                if (!goes_on(*other)) return;
            }
            if (!goes_on(scale)) return;
        }
    }

    /// fl32(top * 2^(-j / scales_an_octave)).
    [[nodiscard]] static float falling_scale(double top, int j) noexcept {
        constexpr int steps = 256 / Tails::scales_an_octave;
        return j < 0 ? detail::falling_scale(2.0 * top, 256 + j * steps)
                     : detail::falling_scale(top, j * steps);
    }

    [[nodiscard]] static float fl32(double scale) noexcept { return static_cast<float>(scale); }

    /// The scale that cuts the range, or the larger side of it where symmetric, into `levels`
    /// steps.
    [[nodiscard]] double scale_of(double levels) const noexcept {
        const double below = mirrored(std::min(data_.min, 0.0));
        const double above = std::max(data_.max, 0.0);
        const double span = grid_.symmetric ? std::max(below, above) : exactly(above + below);
        return exact_quotient(span, levels);
    }

    /// A scale with its best zero point.
    [[nodiscard]] Candidate at(float scale) const noexcept {
        Candidate candidate{.scale = scale,
                            .below = grid_.zero_point - grid_.qmin,
                            .above = grid_.qmax - grid_.zero_point};
        if (!grid_.symmetric) {
            candidate.above = best_above(in_units(scale));
            candidate.below = codes_ - 1 - candidate.above;
        }
        candidate.cost = error(scale, candidate.below, candidate.above);
        return candidate;
    }

    /// How many steps of one length lie best above zero; ties go there.
    [[nodiscard]] std::int32_t best_above(double step) const noexcept {
        const std::int32_t steps = codes_ - 1;
        std::int32_t least = 0;
        std::int32_t most = steps;
        while (least < most) {
            const std::int32_t above = (least + most) / 2;
            if (gain(data_.positive, step, above) >=
                gain(data_.negative, step, steps - 1 - above)) {
                least = above + 1;
            } else {
                most = above;
            }
        }
        return least;
    }

    /// What clipping costs at least with any zero point at this scale and all smaller ones: codes
    /// reach neither further than all of them on one side, nor further than here on both.
    [[nodiscard]] double least_clipping(const Candidate& candidate) const noexcept {
        const double step = in_units(candidate.scale);
        const double above = clipping(data_.positive, exactly(step * candidate.above));
        const double below = clipping(data_.negative, exactly(step * candidate.below));
        double least = exactly(above + below);
        if (!grid_.symmetric) {
            const double end = exactly(step * (codes_ - 1));
            least = exactly(clipping(data_.positive, end) + clipping(data_.negative, end));
            least = std::max(least, std::min(above, below));
        }
        return mean(least);
    }

    /// At most the sum of (x - end)^p over the magnitudes beyond `end`: by the power mean.
    [[nodiscard]] static double clipping(const Tails& tails, double end) noexcept {
        const double excess = tails.excess(end);
        if (excess <= 0.0) return 0.0;
        if constexpr (Power == 1) return excess;
        const double average = exact_quotient(excess, tails.most_beyond(end));
        return exactly(excess * power_of<std::max(Power - 1, 1)>(average));
    }

    [[nodiscard]] double total() const noexcept {
        return exactly(data_.positive.total() + data_.negative.total());
    }

    [[nodiscard]] double in_units(float scale) const noexcept {
        return exact_quotient(static_cast<double>(scale), data_.unit);
    }

    /// What the code k + 1 gains over the code k, divided by factor(step).
    [[nodiscard]] static double gain(const Tails& tails, double step, std::int32_t k) noexcept {
        const double t = exactly(step * (k + 0.5));
        const double excess = tails.excess(t);
        if constexpr (Power == 2) {
            return excess;
        } else if constexpr (Power == 1) {
            return std::max(exactly(excess - tails.excess(exactly(step * (k + 1.0)))), 0.0);
        } else {
            const double half = exactly(0.5 * step);
            const double square = exactly(exactly(half * half) * excess);
            const double cubes = tails.cubes(t);
            if constexpr (Power == 4) return exactly(cubes + square);
            const double next = tails.cubes(exactly(step * (k + 1.0)));
            return std::max(exactly(exactly(cubes - next) + exactly(3.0 * square)), 0.0);
        }
    }

    [[nodiscard]] static double factor(double step) noexcept {
        return Power % 2 != 0 ? 2.0 : exactly(Power * step);
    }

    /// What the codes up to `last` gain over the code 0, divided by factor(step).
    [[nodiscard]] static double saved(const Tails& tails, double step, std::int32_t last) noexcept {
        double sum = 0.0;
        for (std::int32_t k = 0; k < last; ++k) {
            const double next = gain(tails, step, k);
            if (next == 0.0) break;  // and so are all others
            sum = exactly(sum + next);
        }
        return sum;
    }

    /// The mean in the unit of the data, of a sum in units.
    [[nodiscard]] double mean(double sum) const noexcept {
        for (int i = 0; i < Power; ++i) sum = exactly(sum * data_.unit);
        return exact_quotient(sum, data_.count);
    }

    Data data_;
    Grid grid_;
    std::int32_t codes_;
};

}  // namespace intact
