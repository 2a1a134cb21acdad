// The entropy criterion by its definition, bin by bin: nothing precomputed, the C library's
// logarithm.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "intact/observers/criteria/candidate.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/histogram_view.hpp"

namespace slow_entropy {

/// One sign of a histogram (or all magnitudes), with nothing precomputed.
struct Side {
    intact::HistogramBins bins;
    std::vector<std::uint64_t> counts;
    double largest = 0.0;

    [[nodiscard]] double width(std::size_t i) const { return static_cast<double>(bins.width(i)); }

    /// Counts with the spikes cut to the median density of the bins around.
    [[nodiscard]] std::vector<double> despiked() const {
        std::vector<double> cut(counts.size());
        for (std::size_t i = 0; i < counts.size(); ++i) {
            std::vector<double> nearby;
            for (std::size_t j = i < 16 ? 0 : i - 16; j < counts.size() && j <= i + 16; ++j) {
                if (counts[j] > 0) nearby.push_back(static_cast<double>(counts[j]) / width(j));
            }
            if (counts[i] == 0) continue;
            std::sort(nearby.begin(), nearby.end());
            cut[i] = std::min(static_cast<double>(counts[i]),
                              width(i) * nearby[(nearby.size() - 1) / 2]);
        }
        return cut;
    }

    /// The bin edge nearest to the threshold.
    [[nodiscard]] std::size_t edge(double t) const {
        if (t >= largest) return counts.size();
        std::size_t best = 0;
        for (std::size_t i = 0; i <= counts.size(); ++i) {
            const auto away = [&](std::size_t e) {
                return std::abs(static_cast<double>(bins.edge(e)) - t);
            };
            if (away(i) < away(best)) best = i;
        }
        return best;
    }
};

/// What the codes 0 to `last` of one side lose, by the definition.
struct Loss {
    double sum = 0.0;
    double clipped_mass = 0.0;
    std::uint64_t clipped = 0;
    bool finite = true;

    Loss(const Side& side, const std::vector<double>& cut, double step, std::int32_t last) {
        std::size_t from = 0;
        double last_mass = 0.0;
        for (std::int32_t k = 0; k <= last; ++k) {
            const std::size_t to = side.edge(step * (k + 0.5));
            double before = 0.0;
            double mass = 0.0;
            double width = 0.0;
            int filled = 0;
            for (std::size_t i = from; i < to; ++i) {
                if (cut[i] == 0.0) continue;
                before += cut[i] * std::log(cut[i] / side.width(i));
                mass += cut[i];
                width += side.width(i);
                ++filled;
            }
            if (filled > 1) {
                const double smear = before - mass * std::log(mass / width) - (filled - 1) / 2.0;
                sum += std::max(smear, 0.0);
            }
            last_mass = from == to && to > 0 ? cut[to - 1] : mass;
            from = to;
        }
        for (std::size_t i = from; i < cut.size(); ++i) {
            clipped_mass += cut[i];
            clipped += side.counts[i];
        }
        if (clipped_mass == 0.0) return;
        finite = last_mass > 0.0;
        const double both = last_mass + clipped_mass;
        if (finite) sum += both * std::log(both / last_mass);
    }
};

/// The whole search by its definition: cost and zero point of each scale, infinite where none is
/// allowed.
inline std::vector<intact::Candidate> search(const intact::HistogramView& seen,
                                             const intact::Grid& grid,
                                             const std::vector<float>& scales) {
    const double unit = seen.bins.unit();
    Side above{seen.bins, {seen.positive.begin(), seen.positive.end()}, seen.max / unit};
    Side below{seen.bins, {seen.negative.begin(), seen.negative.end()}, -seen.min / unit};
    if (grid.symmetric) {
        for (std::size_t i = 0; i < above.counts.size(); ++i) above.counts[i] += below.counts[i];
        std::fill(below.counts.begin(), below.counts.end(), 0);
        above.largest = std::max(above.largest, below.largest);
    }
    const std::vector<double> cut_above = above.despiked();
    const std::vector<double> cut_below = below.despiked();
    double mass = 0.0;
    for (std::size_t i = 0; i < cut_above.size(); ++i) mass += cut_above[i] + cut_below[i];

    const auto errors = intact::MeanSquaredError::search_of(seen, grid);
    const std::int32_t steps = grid.qmax - grid.qmin;
    double largest_error = 0.0;
    std::vector<intact::Candidate> found;
    for (const float scale : scales) {
        intact::Candidate best{.scale = scale, .cost = 1e300};
        double least_room = 1e300;
        for (std::int32_t up = 0; up <= steps; ++up) {
            if (grid.symmetric && up != grid.qmax) continue;
            const double step = static_cast<double>(scale) / unit;
            const Loss high(above, cut_above, step, up);
            const Loss low(below, cut_below, step, steps - up);
            const double squared = errors.error(scale, steps - up, up);
            const double kept = mass - high.clipped_mass - low.clipped_mass;
            const double cost = (high.sum + low.sum) / mass + std::log(kept / mass);
            const double room = std::abs((up * static_cast<double>(scale) - seen.max) -
                                         ((steps - up) * static_cast<double>(scale) + seen.min));
            if (found.empty()) {  // min-max: what clips nothing and is nearest to its zero point
                const double zero = std::nearbyint(-seen.min / static_cast<double>(scale));
                if (!grid.symmetric && steps - up != static_cast<std::int32_t>(zero)) continue;
                largest_error = 1.5 * squared;
            } else if (squared > largest_error || !high.finite || !low.finite ||
                       high.clipped + low.clipped > (seen.count - seen.zeros) / 1000) {
                continue;
            }
            const bool ties = std::abs(cost - best.cost) < 1e-12;
            if (ties ? room < least_room : cost < best.cost) {
                best = {.scale = scale, .below = steps - up, .above = up, .cost = cost};
                least_room = room;
            }
        }
        found.push_back(best);
    }
    return found;
}

}  // namespace slow_entropy
