// Counting as torch.histc does, and the two ways in which PyTorch's HistogramObserver moves counts
// into the bins of a larger range. All steps are float32 ones, as there.
//
// Source   torch.histc, torch.linspace and HistogramObserver (torch_histogram.hpp)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/observers/variants/edged_histogram.hpp"

namespace intact::detail {

/// fl32(b - a).
[[nodiscard]] inline double float_width(const Range& ends) noexcept {
    return as_float(exactly(ends.max - ends.min));
}

/// Counts of `values` in bins of one width between `ends`, both included; of a single value, in the
/// middle bin.
[[nodiscard]] inline std::vector<float> torch_counts(std::span<const float> values,
                                                     const Range& ends, std::size_t bins) {
    std::vector<float> counts(bins);
    const double width = float_width(ends);
    const auto number = static_cast<double>(bins);
    for (const float value : values) {
        const auto x = static_cast<double>(value);
        if (x < ends.min || x > ends.max) continue;
        std::size_t bin = bins / 2;
        if (width > 0.0) {
            const double scaled = as_float(exactly(as_float(exactly(x - ends.min)) * number));
            bin = static_cast<std::size_t>(as_float(exact_quotient(scaled, width)));
        }
        counts[std::min(bin, bins - 1)] += 1.0F;
    }
    return counts;
}

/// Ends of so many parts of one width, the lower half counted from below, the upper one from above.
[[nodiscard]] inline std::vector<double> torch_linspace(const Range& ends, std::size_t parts) {
    std::vector<double> all(parts + 1);
    const double step = as_float(exact_quotient(float_width(ends), static_cast<double>(parts)));
    for (std::size_t i = 0; i <= parts; ++i) {
        const bool lower = i < (parts + 1) / 2;
        const auto steps = static_cast<double>(lower ? i : parts - i);
        const double offset = as_float(exactly(step * steps));
        all[i] = as_float(exactly(lower ? ends.min + offset : ends.max - offset));
    }
    return all;
}

/// Counts of `old` bins between `from`, in as many between `to`: each sixteenth of a bin goes where
/// its middle lies. The count of a single value becomes that of the newest batch, as there.
[[nodiscard]] inline std::vector<float> torch_moved(const std::vector<float>& old,
                                                    const Range& from, const Range& to,
                                                    std::size_t newest) {
    constexpr std::size_t parts = 16;
    const std::size_t bins = old.size();
    if (from.min == from.max) {
        const auto value = static_cast<float>(from.min);
        std::vector<float> counts = torch_counts({&value, 1}, to, bins);
        for (float& count : counts) count *= static_cast<float>(newest);
        return counts;
    }
    const double half = exactly(
        0.5 * as_float(exact_quotient(float_width(from), static_cast<double>(bins * parts))));
    const std::vector<double> lower = torch_linspace(from, bins * parts);
    const std::vector<double> edges = torch_linspace(to, bins);
    std::vector<float> counts(bins);
    std::size_t bin = 0;
    for (std::size_t i = 0; i < bins * parts; ++i) {
        const double middle = as_float(exactly(lower[i] + half));
        while (bin + 1 < bins && edges[bin + 1] <= middle) ++bin;
        const double share = exactly(static_cast<double>(old[i / parts]) * 0.0625);
        counts[bin] = static_cast<float>(exactly(static_cast<double>(counts[bin]) + share));
    }
    return counts;
}

/// Old bins cut into 128 parts, new bins of a whole number of parts each.
class TorchSpread {
public:
    /// Whether bins of `from` can be cut; there they divide by a width of 0 where they cannot.
    [[nodiscard]] static bool can_cut(const Range& from, std::size_t bins) noexcept {
        return width_of_part(from, bins) > 0.0;
    }

    /// Bins of `from`, which can be cut, to be moved into as many that hold `to`.
    TorchSpread(const Range& from, const Range& to, std::size_t bins) : bins_(bins) {
        const auto number = static_cast<double>(bins);
        const double part = width_of_part(from, bins);
        const double unit = as_float(exactly(number * part));
        const double span = float_width(to);
        parts_each_ = std::ceil(as_float(exact_quotient(span, unit)));
        const double more = as_float(exactly(as_float(exactly(parts_each_ * unit)) - span));
        max_ = as_float(exactly(to.max + more));
        const double before = as_float(exactly(from.min - to.min));
        start_ = std::nearbyint(as_float(exact_quotient(before, part)));
    }

    /// The upper end of the new bins.
    [[nodiscard]] double max() const noexcept { return max_; }

    [[nodiscard]] std::vector<float> moved(const std::vector<float>& old) const {
        std::vector<double> sums(bins_);
        for (std::size_t i = 0; i < bins_; ++i) {
            if (old[i] == 0.0F) continue;
            double from = start_ + static_cast<double>(i) * parts;  // in parts, whole numbers
            double left = parts;
            while (left > 0.0) {
                const double bin = std::min(std::floor(exact_quotient(from, parts_each_)),
                                            static_cast<double>(bins_ - 1));
                const double room = bin + 1.0 == static_cast<double>(bins_)
                                        ? left
                                        : (bin + 1.0) * parts_each_ - from;
                const double taken = std::min(left, room);
                double& sum = sums[static_cast<std::size_t>(bin)];
                sum = exactly(sum + exactly(taken * static_cast<double>(old[i])));
                from += taken;
                left -= taken;
            }
        }
        std::vector<float> counts(bins_);
        for (std::size_t i = 0; i < bins_; ++i) {
            counts[i] = static_cast<float>(exact_quotient(sums[i], parts));
        }
        return counts;
    }

private:
    [[nodiscard]] static double width_of_part(const Range& from, std::size_t bins) noexcept {
        return as_float(exact_quotient(float_width(from), static_cast<double>(bins) * parts));
    }

    static constexpr double parts = 128.0;

    std::size_t bins_;
    double parts_each_ = 1.0;  // of a new bin
    double start_ = 0.0;       // parts below the first old one
    double max_ = 0.0;
};

}  // namespace intact::detail
