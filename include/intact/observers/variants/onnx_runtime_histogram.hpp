// The two histograms of ONNX Runtime's calibrators: of values, between edges symmetric about 0, and
// of magnitudes. Both keep the bins of the first batch and grow by whole bins.
//
//   OnnxRuntimeValues        2048 bins over [-t, t] of the first batch, t its largest magnitude;
//                            a larger t later adds as many bins at either end
//   OnnxRuntimeMagnitudes    from the smallest to the largest magnitude of the first batch; later
//                            bins follow above, and magnitudes below the first edge are lost
//
// Errors   std::length_error   a batch that would need more than 2^24 bins; nothing changes
// Cost     one pass a batch; 16 bytes a bin
// Source   HistogramCollector.collect_value, merge_histogram and collect_absolute_value of ONNX
//          Runtime 1.12 (onnxruntime/python/tools/quantization/calibrate.py) on NumPy 1.24
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/elementwise/min_max.hpp"
#include "intact/observers/variants/edged_histogram.hpp"

namespace intact {

class OnnxRuntimeValues {
public:
    /// Counts a batch of finite values whose extremes are known; `bins` matters the first time.
    [[gnu::noinline]] void count(std::span<const float> batch, const elementwise::Extremes& found,
                                 std::size_t bins) {
        const double reach =
            static_cast<double>(std::max(std::abs(found.min), std::abs(found.max)));
        if (histogram_.counts.empty() || (reach > reach_ && reach_ == 0.0)) {
            histogram_.counts.resize(bins);  // only zeros came before: they stay in their bin
            const double end = reach == 0.0 ? 0.5 : reach;
            histogram_.edges = detail::even_edges(-end, end, bins);
            reach_ = reach;
        } else if (reach > reach_) {
            grow(reach);
        }
        histogram_.count(batch);
    }

    [[nodiscard]] const EdgedHistogram& histogram() const noexcept { return histogram_; }

    friend bool operator==(const OnnxRuntimeValues&, const OnnxRuntimeValues&) = default;

private:
    /// Adds whole bins at both ends until they hold `reach`.
    void grow(double reach) {
        const std::size_t old = histogram_.counts.size();
        const double width = exact_quotient(exactly(2.0 * reach_), static_cast<double>(old));
        double beyond = exactly(reach - reach_);
        if (!has_grown_) beyond = detail::as_float(beyond);
        detail::require_few_bins(old, 2.0 * beyond, width, "OnnxRuntimeValues");
        const double whole = exact_quotient(exactly(beyond - std::fmod(beyond, width)), width);
        const double half = std::nearbyint(whole) + 1.0;
        const std::size_t bins = old + 2 * static_cast<std::size_t>(half);
        reach_ = exactly(exactly(half * width) + reach_);
        has_grown_ = true;
        histogram_.edges = detail::even_edges(-reach_, reach_, bins);
        std::vector<std::uint64_t> counts(bins);
        std::copy(histogram_.counts.begin(), histogram_.counts.end(),
                  counts.begin() + static_cast<std::ptrdiff_t>(half));
        histogram_.counts = std::move(counts);
    }

    EdgedHistogram histogram_;
    double reach_ = 0.0;      // the upper end
    bool has_grown_ = false;  // until then the differences of ends are float32 ones
};

class OnnxRuntimeMagnitudes {
public:
    /// Counts a batch of finite values; `bins` matters the first time.
    [[gnu::noinline]] void count(std::span<const float> batch, const elementwise::Extremes&,
                                 std::size_t bins) {
        const std::vector<float> all = detail::magnitudes(batch);
        const auto [least, most] = std::minmax_element(all.begin(), all.end());
        if (histogram_.counts.empty()) {
            const double spread = *least == *most ? 0.5 : 0.0;
            histogram_.edges =
                detail::even_edges(exactly(static_cast<double>(*least) - spread),
                                   exactly(static_cast<double>(*most) + spread), bins);
            histogram_.counts.resize(bins);
        } else if (static_cast<double>(*most) > histogram_.edges.back()) {
            grow(static_cast<double>(*most));
        }
        histogram_.count(all);
    }

    [[nodiscard]] const EdgedHistogram& histogram() const noexcept { return histogram_; }

    friend bool operator==(const OnnxRuntimeMagnitudes&, const OnnxRuntimeMagnitudes&) = default;

private:
    /// x, in float32 until the edges have grown and so become doubles.
    [[nodiscard]] double rounded(double x) const noexcept {
        return has_grown_ ? x : detail::as_float(x);
    }

    /// Adds the bins of numpy.arange(last edge + width, most + width, width).
    void grow(double most) {
        std::vector<double>& edges = histogram_.edges;
        const double width = rounded(exactly(edges[1] - edges[0]));
        const double start = rounded(exactly(edges.back() + width));
        const double stop = rounded(exactly(most + width));
        const double length = rounded(exactly(stop - start));
        detail::require_few_bins(edges.size(), length, width, "OnnxRuntimeMagnitudes");
        const double more = std::ceil(rounded(exact_quotient(length, width)));
        const double step = exactly(rounded(exactly(start + width)) - start);
        for (double i = 0.0; i < more; i += 1.0)
            edges.push_back(exactly(start + exactly(i * step)));
        histogram_.counts.resize(edges.size() - 1);
        has_grown_ = true;
    }

    EdgedHistogram histogram_;
    bool has_grown_ = false;
};

}  // namespace intact
