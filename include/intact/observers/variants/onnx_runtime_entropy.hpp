// Entropy as ONNX Runtime's calibrator chooses it, for parity; Histogram<Entropy> is ours, which
// does not collapse on zeros and repeated constants.
//
// Each candidate keeps the bins [mid - i, mid + i], adds what lies outside to its outer bins, and
// compares them with the same bins merged into `QuantizedBins` equal cells of whole bins (the last
// cell takes the rest) and spread again over those that are not empty, in whole counts. The first
// least divergence wins. With its default of 128 bins for 128 cells there is one candidate, all of
// the bins.
//
// Errors   std::domain_error  a batch with NaN or infinity; the observer stays as it was
//          std::length_error  a batch that would need more than 2^24 bins, a range from over 2^15
//          std::logic_error   a range asked for before any value
// Cost     two passes a batch; the search takes O(bins^2), some 30 ms for 2048 bins, seconds for
//          2^15: a batch beyond the first one's range adds bins; no merge
// Source   HistogramCollector.get_entropy_threshold, ONNX Runtime 1.12
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/variants/onnx_runtime_divergence.hpp"
#include "intact/observers/variants/onnx_runtime_percentile.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

template <int Bins = 128, int QuantizedBins = 128,
          OnnxRuntimeVersion Version = OnnxRuntimeVersion::v1_13>
class OnnxRuntimeEntropy {
    static_assert(0 < QuantizedBins && QuantizedBins <= Bins,
                  "intact::OnnxRuntimeEntropy<Bins, QuantizedBins>: at least as many bins as "
                  "quantized ones");

public:
    /// Counts the values of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        const elementwise::Extremes found = detail::finite_extremes(batch, "OnnxRuntimeEntropy");
        const simd::DefaultEnvironment guard;
        counts_.count(batch, found, Bins);
        extremes_.observe(batch);
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    void merge(const OnnxRuntimeEntropy&) = delete;  // depends on the order of the batches

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return extremes_.empty(); }

    /// The range of the least divergence; symmetric about 0 for a symmetric grid.
    [[nodiscard]] Range range(const Grid& grid) const {
        const Range seen = extremes_.range(Grid{});
        constexpr std::size_t most = std::size_t{1} << 15;
        require<std::length_error>(
            histogram().counts.size() <= most, "OnnxRuntimeEntropy",
            "there are too many bins to search, since later batches reach farther than the first, "
            "expected at most ",
            most, ", given ", histogram().counts.size(),
            "; show the widest batch first, or use Histogram<Entropy>");
        const simd::DefaultEnvironment guard;
        const Range range = searched();
        if (Version == OnnxRuntimeVersion::v1_12) return spanned(range.min, range.max, grid);
        return spanned(std::max(range.min, seen.min), std::min(range.max, seen.max), grid);
    }

    /// The bins, for tests and pictures.
    [[nodiscard]] const EdgedHistogram& histogram() const noexcept { return counts_.histogram(); }

    friend bool operator==(const OnnxRuntimeEntropy&, const OnnxRuntimeEntropy&) = default;

private:
    [[gnu::noinline]] Range searched() const {
        const EdgedHistogram& all = counts_.histogram();
        const std::size_t bins = all.counts.size();
        const std::size_t middle = bins / 2;
        std::vector<std::uint64_t> below(bins + 1);  // values below each edge
        for (std::size_t i = 0; i < bins; ++i) below[i + 1] = below[i] + all.counts[i];

        std::size_t best = QuantizedBins / 2;
        float least = std::numeric_limits<float>::max();
        detail::OnnxRuntimeDivergence divergence;
        for (std::size_t i = QuantizedBins / 2; i <= middle; ++i) {
            const std::size_t start = middle - i;
            const std::size_t end = std::min(middle + i + 1, bins);
            std::vector<std::uint64_t> reference(
                all.counts.begin() + static_cast<std::ptrdiff_t>(start),
                all.counts.begin() + static_cast<std::ptrdiff_t>(end));
            reference.front() += below[start];
            reference.back() += below[bins] - below[end];
            const std::vector<std::uint64_t> merged =
                spread(reference, std::span(below).subspan(start, end - start + 1));
            const float cost = divergence(reference, merged);
            if (cost < least) {
                least = cost;
                best = i;
            }
        }
        return {.min = all.edges[middle - best],
                .max = all.edges[std::min(middle + best + 1, bins)]};
    }

    /// The merged cells over the bins again, those of an empty bin over the others of its cell.
    static std::vector<std::uint64_t> spread(std::span<const std::uint64_t> reference,
                                             std::span<const std::uint64_t> below) {
        const std::size_t size = reference.size();
        const std::size_t merged = size / QuantizedBins;
        std::vector<std::uint64_t> out(size);
        for (std::size_t cell = 0; cell < QuantizedBins; ++cell) {
            const std::size_t from = cell * merged;
            const std::size_t to = from + merged;
            const bool last = cell + 1 == QuantizedBins;
            const std::uint64_t mass = below[last ? size : to] - below[from];
            std::uint64_t filled = 0;
            for (std::size_t i = from; i < to; ++i) filled += reference[i] != 0 ? 1U : 0U;
            if (filled == 0) continue;
            for (std::size_t i = from; i < to; ++i) out[i] = mass / filled;
        }
        return out;
    }

    OnnxRuntimeValues counts_;
    MinMax extremes_;
};

static_assert(Observer<OnnxRuntimeEntropy<>>);
static_assert(!MergeableObserver<OnnxRuntimeEntropy<>>);

}  // namespace intact
