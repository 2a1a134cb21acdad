// PyTorch's HistogramObserver, for parity: a histogram over the data's range that is binned again
// when the range grows, and a greedy search for the ends that stops at its first step back.
// Histogram<MeanSquaredError> is ours: exact in its bins, mergeable, and the optimum.
//
//   TorchHistogram<>                                 as torchao computes it
//   TorchHistogram<2048, TorchRebinning::spread>     as PyTorch 1.13 to 2.0 did, without the slip
//                                                    that cut the histogram's ends to whole numbers
//
// Errors   std::domain_error  a batch with NaN or infinity; the observer stays as it was
//          std::logic_error   a range asked for before any value
// Cost     one pass a batch, bins * 16 to 128 steps where the range grows; 4 bytes a bin. The
// search
//          takes O(bins) for each step that moves an end. It depends on the order of the batches:
//          no merge
// Source   HistogramObserver of pytorch/ao 36027d82 (torchao/quantization/pt2e/observer.py) and of
//          PyTorch 1.13 (torch/ao/quantization/observer.py)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/core/exact.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/variants/torch_range_search.hpp"
#include "intact/observers/variants/torch_rebinning.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// How old counts move into the bins of a larger range.
enum class TorchRebinning {
    midpoints,  ///< each sixteenth of a bin goes where its middle lies
    spread,  ///< the new bins are whole multiples of 1/128 of the old ones; the top end gives way
};

template <int Bins = 2048, TorchRebinning Rebinning = TorchRebinning::midpoints>
class TorchHistogram {
    static_assert(Bins > 1, "intact::TorchHistogram<Bins>: at least two bins");

public:
    /// Counts the values of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        const elementwise::Extremes found = detail::finite_extremes(batch, "TorchHistogram");
        const simd::DefaultEnvironment guard;
        take(batch, static_cast<double>(found.min), static_cast<double>(found.max));
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    void merge(const TorchHistogram&) = delete;  // depends on the order of the batches

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return counts_.empty(); }

    /// The range that the search stops at; symmetric about 0 for a symmetric grid.
    [[nodiscard]] Range range(const Grid& grid) const {
        require<std::logic_error>(!empty(), "TorchHistogram",
                                  "no range, expected observe() with at least one value first");
        const simd::DefaultEnvironment guard;
        const Range found = searched();
        return spanned(found.min, found.max, grid);
    }

    /// The counts between the ends of counted(), in bins of one width.
    [[nodiscard]] const std::vector<float>& counts() const noexcept { return counts_; }

    /// Where the bins lie: the range of the data, or a little more above.
    [[nodiscard]] const Range& counted() const noexcept { return ends_; }

    friend bool operator==(const TorchHistogram&, const TorchHistogram&) = default;

private:
    static constexpr auto bins = static_cast<std::size_t>(Bins);

    [[gnu::noinline]] void take(std::span<const float> batch, double min, double max) {
        const bool forgets =
            Rebinning == TorchRebinning::spread && !detail::TorchSpread::can_cut(ends_, bins);
        if (empty() || forgets) {
            ends_ = {.min = min, .max = max};
            counts_ = detail::torch_counts(batch, ends_, bins);
            return;
        }
        Range wider{.min = std::min(min, ends_.min), .max = std::max(max, ends_.max)};
        if constexpr (Rebinning == TorchRebinning::spread) {
            const detail::TorchSpread spread(ends_, wider, bins);
            wider.max = spread.max();
            add(batch, wider, [&] { return spread.moved(counts_); });
        } else {
            add(batch, wider,
                [&] { return detail::torch_moved(counts_, ends_, wider, batch.size()); });
        }
    }

    /// Adds the counts of a batch to the old ones, which `moved` brings to the wider range.
    template <class Moved>
    void add(std::span<const float> batch, const Range& wider, Moved&& moved) {
        std::vector<float> counts = detail::torch_counts(batch, wider, bins);
        if (!(wider == ends_)) counts_ = moved();
        for (std::size_t i = 0; i < bins; ++i) {
            counts_[i] = static_cast<float>(
                exactly(static_cast<double>(counts_[i]) + static_cast<double>(counts[i])));
        }
        ends_ = wider;
    }

    [[gnu::noinline]] Range searched() const { return detail::torch_range(counts_, ends_); }

    std::vector<float> counts_;
    Range ends_;
};

static_assert(Observer<TorchHistogram<>>);
static_assert(!MergeableObserver<TorchHistogram<>>);

}  // namespace intact
