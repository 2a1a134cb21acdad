// The histogram of NVIDIA's calibrators: magnitudes in bins of one width from 0 to the largest one
// of the first batch; larger values later add bins of the same width.
//
// A value falls into bin trunc(|x| * bins / end), computed in float32 as torch.histc does, so it
// may lie one bin off its edges. Where the first batches hold only zeros the original fails; here
// those zeros join the first bin once there is a width.
//
// Errors   std::domain_error  a batch with NaN or infinity; the observer stays as it was
//          std::length_error  a batch that would need more than 2^24 bins
// Cost     two passes a batch; 16 bytes a bin. It depends on the order of the batches: no merge
// Source   HistogramCalibrator.collect of pytorch-quantization 2.2.1 (NVIDIA/TensorRT, tools/
//          pytorch-quantization/pytorch_quantization/calib/histogram.py) on PyTorch 1.13
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/ordered.hpp"
#include "intact/observers/variants/edged_histogram.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

class NvidiaHistogram {
public:
    /// Counts a batch; `bins` matters the first time.
    void observe(std::span<const float> batch, std::size_t bins) {
        if (batch.empty()) return;
        const elementwise::Extremes found = detail::finite_extremes(batch, "NvidiaHistogram");
        const simd::DefaultEnvironment guard;
        count(batch, std::max(std::abs(found.min), std::abs(found.max)), bins);
        has_negative_ = has_negative_ || ordered(found.min) < 0;
    }

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return histogram_.counts.empty(); }

    /// Whether any value below 0 was seen.
    [[nodiscard]] bool has_negative() const noexcept { return has_negative_; }

    /// The bins; their edges are all 0 while only zeros were seen.
    [[nodiscard]] const EdgedHistogram& histogram() const noexcept { return histogram_; }

    /// Steps from 0 to the highest code: those of unsigned codes where the grid has a free zero
    /// point and no value is negative.
    [[nodiscard]] std::int32_t levels(const Grid& grid) const noexcept {
        if (grid.symmetric) return grid.qmax - grid.zero_point;
        const std::int32_t steps = grid.qmax - grid.qmin;
        return has_negative_ ? steps / 2 : steps;
    }

    /// The range that ends at `amax`, on one side for unsigned codes.
    [[nodiscard]] Range range_to(double amax, const Grid& grid) const noexcept {
        const bool both = grid.symmetric || has_negative_;
        return {.min = both ? mirrored(amax) : 0.0, .max = amax};
    }

    friend bool operator==(const NvidiaHistogram&, const NvidiaHistogram&) = default;

private:
    [[gnu::noinline]] void count(std::span<const float> batch, float largest, std::size_t bins) {
        const auto amax = static_cast<double>(largest);
        if (empty()) {
            histogram_.counts.resize(bins);
            histogram_.edges = detail::even_edges(0.0, amax, bins);
        } else if (histogram_.edges.back() == 0.0 && amax > 0.0) {
            histogram_.edges = detail::even_edges(0.0, amax, histogram_.counts.size());
            histogram_.counts.front() = std::exchange(histogram_.counts[middle()], 0);
        } else if (amax > histogram_.edges.back()) {
            grow(amax);
        }
        const double end = histogram_.edges.back();
        const auto number = static_cast<double>(histogram_.counts.size());
        for (const float value : batch) {
            const auto magnitude = static_cast<double>(std::abs(value));
            if (magnitude > end) continue;
            if (end == 0.0) {
                ++histogram_.counts[middle()];  // of [-1, 1], which the original takes then
                continue;
            }
            const double product = detail::as_float(exactly(magnitude * number));
            const auto place =
                static_cast<std::size_t>(detail::as_float(exact_quotient(product, end)));
            ++histogram_.counts[std::min(place, histogram_.counts.size() - 1)];
        }
    }

    [[nodiscard]] std::size_t middle() const noexcept { return histogram_.counts.size() / 2; }

    /// Makes ceil(largest / width) bins of the same width.
    void grow(double largest) {
        const double width = histogram_.edges[1];
        detail::require_few_bins(0, largest, width, "NvidiaHistogram");
        const double whole = std::ceil(detail::as_float(exact_quotient(largest, width)));
        const auto bins = std::max(static_cast<std::size_t>(whole), histogram_.counts.size());
        const double end = detail::as_float(exactly(largest + width));
        const auto edges = static_cast<std::size_t>(std::ceil(exact_quotient(end, width)));
        histogram_.edges.resize(std::max(edges, bins + 1));
        for (std::size_t i = 0; i < histogram_.edges.size(); ++i) {
            histogram_.edges[i] = detail::as_float(exactly(static_cast<double>(i) * width));
        }
        histogram_.counts.resize(bins);
    }

    EdgedHistogram histogram_;
    bool has_negative_ = false;
};

}  // namespace intact
