// From values to pixels, round numbers to mark on the way, and labels that keep their distance.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <numeric>
#include <vector>

namespace intact::drawing {

/// Maps [from, to] to pixels [low, high], which may run upwards or downwards.
struct Axis {
    double from = 0.0;
    double to = 1.0;
    double low = 0.0;
    double high = 1.0;

    [[nodiscard]] double operator()(double value) const {
        return low + (high - low) * (value - from) / (to - from);
    }
};

/// Round numbers along an axis and how many digits after the point they need.
struct Ticks {
    std::vector<double> at;
    double step = 1.0;
    int digits = 0;
};

/// About `wanted` multiples of 1, 2 or 5 times a power of ten inside [min, max].
[[nodiscard]] inline Ticks round_ticks(double min, double max, int wanted) {
    const double rough = std::max((max - min) / wanted, 1e-30);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double lead = rough / power * (1.0 - 1e-9);  // 0.3 / 6 is 5 hundredths and a bit
    const double step = power * (lead <= 1.0 ? 1.0 : lead <= 2.0 ? 2.0 : lead <= 5.0 ? 5.0 : 10.0);
    Ticks ticks{.at = {},
                .step = step,
                .digits = std::max(0, static_cast<int>(-std::floor(std::log10(step * 1.001))))};
    const double slack = step * 1e-6;
    for (double k = std::ceil((min - slack) / step); k * step <= max + slack; k += 1.0) {
        ticks.at.push_back(k * step);
    }
    return ticks;
}

/// Maps [from, to], both positive, to pixels [low, high] by the logarithm.
struct LogAxis {
    double from = 0.1;
    double to = 1.0;
    double low = 0.0;
    double high = 1.0;

    [[nodiscard]] double operator()(double value) const {
        return low + (high - low) * std::log(value / from) / std::log(to / from);
    }
};

/// Marks inside [min, max], both positive: 1, 2 and 5 times each power of ten, powers of ten only,
/// or some of these, at most `most` in all where there are decades enough to leave out.
[[nodiscard]] inline std::vector<double> log_ticks(double min, double max, int most) {
    const int first = static_cast<int>(std::floor(std::log10(min)));
    const int last = static_cast<int>(std::ceil(std::log10(max)));
    const double slack = 1.0 + 1e-9;
    const auto collect = [&](int every, std::initializer_list<int> leads) {
        std::vector<double> at;
        for (int power = first; power <= last; ++power) {
            if (power % every != 0) continue;
            for (const int lead : leads) {
                const double value = lead * std::pow(10.0, power);
                if (min <= value * slack && value <= max * slack) at.push_back(value);
            }
        }
        return at;
    };
    const auto fits = [&](const std::vector<double>& at) {
        return at.size() <= static_cast<std::size_t>(most);
    };
    if (auto all = collect(1, {1, 2, 5}); fits(all)) return all;
    int every = 1;
    while (every < 100 && !fits(collect(every, {1}))) ++every;
    return collect(every, {1});
}

/// Positions as near to `wanted` as can be, at least `gap` apart, in the same order, all inside
/// [low, high]; where they do not fit, the gap gets smaller.
///
/// Source: least squares under an order, by pooling neighbours: M. Ayer et al., 1955.
[[nodiscard]] inline std::vector<double> spread(const std::vector<double>& wanted, double gap,
                                                double low, double high) {
    const std::size_t n = wanted.size();
    if (n == 0) return {};
    if (n > 1) gap = std::min(gap, (high - low) / static_cast<double>(n - 1));
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });

    // With rank * gap taken off, "at least gap apart" is "never decreasing".
    struct Pool {
        double sum;
        std::size_t count;
        [[nodiscard]] double mean() const { return sum / static_cast<double>(count); }
    };
    std::vector<Pool> pools;
    for (std::size_t rank = 0; rank < n; ++rank) {
        pools.push_back({wanted[order[rank]] - static_cast<double>(rank) * gap, 1});
        while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
            pools[pools.size() - 2].sum += pools.back().sum;
            pools[pools.size() - 2].count += pools.back().count;
            pools.pop_back();
        }
    }

    const double last = high - static_cast<double>(n - 1) * gap;
    std::vector<double> placed(n);
    std::size_t rank = 0;
    for (const Pool& pool : pools) {
        for (std::size_t i = 0; i < pool.count; ++i, ++rank) {
            placed[order[rank]] =
                std::max(low, std::min(pool.mean(), last)) + static_cast<double>(rank) * gap;
        }
    }
    return placed;
}

}  // namespace intact::drawing
