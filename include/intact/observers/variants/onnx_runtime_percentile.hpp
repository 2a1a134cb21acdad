// Percentile as ONNX Runtime's calibrator chooses it, for parity; Histogram<Percentile<>> is ours,
// which is exact to a bin, merges and does not depend on the order of the batches.
//
// An end is the lower edge of the first bin up to which the share lies, so that even 100 % may lose
// the largest bin. From magnitudes (its option `symmetric`) the range is [-end, end]; from values
// each end leaves half of the rest. Version 1.13 and later cut the range to the data's minimum and
// maximum.
//
//   AffineQuantizer<std::uint8_t, PerTensor, OnnxRuntimePercentile<>> activations;
//
// Errors   std::domain_error  a batch with NaN or infinity; the observer stays as it was
//          std::length_error  a batch that would need more than 2^24 bins
//          std::logic_error   a range asked for before any value
// Cost     two passes a batch; 16 bytes a bin
// Source   HistogramCollector.compute_percentile, ONNX Runtime 1.12
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include "intact/core/exact.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/variants/onnx_runtime_histogram.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// Which release a variant of ONNX Runtime is.
enum class OnnxRuntimeVersion {
    v1_12,  ///< ranges may reach beyond the data
    v1_13,  ///< and later: ranges are cut to the data
};

template <int PartsPerMillion = 999990, int Bins = 2048, class Counts = OnnxRuntimeMagnitudes,
          OnnxRuntimeVersion Version = OnnxRuntimeVersion::v1_13>
class OnnxRuntimePercentile {
    static_assert(500000 <= PartsPerMillion && PartsPerMillion <= 1000000,
                  "intact::OnnxRuntimePercentile<PartsPerMillion>: parts per million inside the "
                  "range, at least half of all; 999990 for 99.999 %");
    static_assert(Bins > 0, "intact::OnnxRuntimePercentile<P, Bins>: at least one bin");

public:
    /// Counts the values of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        const elementwise::Extremes found = detail::finite_extremes(batch, "OnnxRuntimePercentile");
        const simd::DefaultEnvironment guard;
        counts_.count(batch, found, Bins);
        extremes_.observe(batch);
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    void merge(const OnnxRuntimePercentile&) = delete;  // depends on the order of the batches

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return extremes_.empty(); }

    /// The range that leaves the stated share outside; symmetric about 0 for a symmetric grid.
    [[nodiscard]] Range range(const Grid& grid) const {
        const Range seen = extremes_.range(Grid{});
        const simd::DefaultEnvironment guard;
        return chosen(seen, grid);
    }

    /// The bins, for tests and pictures.
    [[nodiscard]] const EdgedHistogram& histogram() const noexcept { return counts_.histogram(); }

    friend bool operator==(const OnnxRuntimePercentile&, const OnnxRuntimePercentile&) = default;

private:
    [[gnu::noinline]] Range chosen(const Range& seen, const Grid& grid) const {
        const double percentile = exact_quotient(double{PartsPerMillion}, 10000.0);
        Range range;
        if constexpr (std::is_same_v<Counts, OnnxRuntimeMagnitudes>) {
            range.max = edge_of(exact_quotient(percentile, 100.0));
            range.min = mirrored(range.max);
        } else {
            const double cut = exact_quotient(exactly(100.0 - percentile), 200.0);
            range = {.min = edge_of(cut), .max = edge_of(exactly(1.0 - cut))};
        }
        if (Version != OnnxRuntimeVersion::v1_12) {
            range = {.min = std::max(range.min, seen.min), .max = std::min(range.max, seen.max)};
        }
        return spanned(range.min, range.max, grid);
    }

    [[nodiscard]] double edge_of(double share) const {
        const EdgedHistogram& all = counts_.histogram();
        return all.edges[all.bin_of_share(share)];
    }

    Counts counts_;
    MinMax extremes_;
};

static_assert(Observer<OnnxRuntimePercentile<>>);
static_assert(!MergeableObserver<OnnxRuntimePercentile<>>);

}  // namespace intact
