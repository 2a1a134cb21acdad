// The search for a range in PyTorch's HistogramObserver: both ends start at those of the histogram;
// each step cuts 10^-5 of the mass, from the side where that skips more bins, and the first step
// that raises the estimated squared error ends it.
//
// The estimate spreads each bin evenly and always counts 256 codes, whatever the codes will be. It
// is summed in doubles here: in float32, as there, widths above 10^12 overflow and ranges collapse.
//
// Cost     O(bins) for each step that moves an end, O(log bins) for the others
// Source   _non_linear_param_search and _compute_quantization_error (torch_histogram.hpp), after
//          NormMinimization::NonlinearQuantizationParamsSearch of Caffe2; the bins' ends in float32
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/observers/variants/torch_rebinning.hpp"

namespace intact::detail {

class TorchRangeSearch {
public:
    TorchRangeSearch(const std::vector<float>& counts, const Range& ends)
        : counts_(counts),
          width_(exact_quotient(exactly(ends.max - ends.min), static_cast<double>(counts.size()))),
          below_(counts.size()) {
        for (std::size_t i = 0; i < counts.size(); ++i) {
            total_ = exactly(total_ + static_cast<double>(counts[i]));
            below_[i] = static_cast<float>(total_);
        }
    }

    /// Moves the bins [start, end] inwards as long as the estimate does not grow.
    void run(std::size_t& start, std::size_t& end) const {
        constexpr double step = 1e-5;
        double alpha = 0.0;
        double beta = 1.0;
        double least = std::numeric_limits<double>::max();
        while (alpha < beta) {
            const double next_alpha = exactly(alpha + step);
            const double next_beta = exactly(beta - step);
            const std::size_t left = first_from(start, end, exactly(next_alpha * total_));
            const std::size_t right = last_to(start, end, exactly(next_beta * total_));
            std::size_t next_start = start;
            std::size_t next_end = end;
            if (left - start > end - right) {
                next_start = left;
                alpha = next_alpha;
            } else {
                next_end = right;
                beta = next_beta;
            }
            if (next_start == start && next_end == end) continue;
            const double estimate = squared_error(next_start, next_end);
            if (estimate > least) return;
            least = estimate;
            start = next_start;
            end = next_end;
        }
    }

private:
    /// The first of the bins [start, end] up to whose end at least `mass` lies, or the last.
    [[nodiscard]] std::size_t first_from(std::size_t start, std::size_t end,
                                         double mass) const noexcept {
        const auto from = below_.begin() + static_cast<std::ptrdiff_t>(start);
        const auto to = below_.begin() + static_cast<std::ptrdiff_t>(end);
        return static_cast<std::size_t>(std::lower_bound(from, to, static_cast<float>(mass)) -
                                        below_.begin());
    }

    /// The last of the bins [start, end] up to whose end at most `mass` lies, or the first.
    [[nodiscard]] std::size_t last_to(std::size_t start, std::size_t end,
                                      double mass) const noexcept {
        const auto from = below_.begin() + static_cast<std::ptrdiff_t>(start) + 1;
        const auto to = below_.begin() + static_cast<std::ptrdiff_t>(end) + 1;
        return static_cast<std::size_t>(std::upper_bound(from, to, static_cast<float>(mass)) -
                                        below_.begin()) -
               1;
    }

    /// The estimate where the bins [start, end] are cut into 256 codes.
    [[nodiscard]] double squared_error(std::size_t start, std::size_t end) const noexcept {
        constexpr double codes = 256.0;
        const double code =
            exact_quotient(exactly(width_ * static_cast<double>(end - start + 1)), codes);
        if (code == 0.0) return 0.0;
        const double half = 0.5 * code;
        const double whole = between(as_float(-half), as_float(half));
        const auto code_of = [&](double x) {
            const double place = std::floor(as_float(exact_quotient(x, as_float(code))));
            return std::clamp(place, 0.0, codes - 1.0);
        };
        double sum = 0.0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i] == 0.0F) continue;
            const double away = static_cast<double>(i) - static_cast<double>(start);
            const double lower = as_float(exactly(away * as_float(width_)));
            const double upper = as_float(exactly(lower + as_float(width_)));
            const double first = code_of(lower);
            const double last = code_of(upper);
            const double below = as_float(exactly(lower - center(first, code)));
            const double above = as_float(exactly(upper - center(last, code)));
            const double ends =
                exactly(between(below, as_float(half)) + between(as_float(-half), above));
            const double moment = exactly(ends + exactly(exactly(last - first - 1.0) * whole));
            const double density =
                as_float(exact_quotient(static_cast<double>(counts_[i]), as_float(width_)));
            sum = exactly(sum + exactly(density * moment));
        }
        return sum;
    }

    [[nodiscard]] static double center(double code, double width) noexcept {
        return as_float(exactly(as_float(code + 0.5) * as_float(width)));
    }

    /// Integral of x^2.
    [[nodiscard]] static double between(double begin, double end) noexcept {
        return exact_quotient(exactly(cube(end) - cube(begin)), 3.0);
    }

    [[nodiscard]] static double cube(double x) noexcept { return exactly(exactly(x * x) * x); }

    const std::vector<float>& counts_;
    double width_;
    double total_ = 0.0;
    std::vector<float> below_;  // up to the end of each bin
};

/// The range that the search over `counts` between `ends` stops at.
[[nodiscard]] inline Range torch_range(const std::vector<float>& counts, const Range& ends) {
    std::size_t start = 0;
    std::size_t end = counts.size() - 1;
    TorchRangeSearch(counts, ends).run(start, end);
    const double width =
        as_float(exact_quotient(float_width(ends), static_cast<double>(counts.size())));
    const auto edge = [&](std::size_t bin) {
        return as_float(exactly(ends.min + as_float(exactly(width * static_cast<double>(bin)))));
    };
    return {.min = edge(start), .max = edge(end + 1)};
}

}  // namespace intact::detail
