// Min-max observer: the smallest interval that holds every value seen so far.
//
// Errors   std::domain_error  a batch with NaN or infinity; the observer stays as it was
//          std::logic_error   a range asked for before any value
// Cost     one pass over the batch at the speed of memory; 12 bytes of state
// Source   B. Jacob et al., "Quantization and Training of Neural Networks for Efficient
//          Integer-Arithmetic-Only Inference", 2018, section 3.1. https://arxiv.org/abs/1712.05877
//
//   MinMax observer;
//   for (const auto& batch : calibration_set) observer.observe(batch);
//   const Range range = observer.range(grid);
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/ordered.hpp"

namespace intact {

class MinMax {
public:
    /// Widens the range by the values of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        const elementwise::Extremes found = detail::finite_extremes(batch, "MinMax");
        widen(ordered(found.min), ordered(found.max));
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    /// Widens by what another observer saw, as if its batches had come here.
    void merge(const MinMax& other) noexcept {
        if (!other.empty()) widen(other.min_, other.max_);
    }

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return min_ > max_; }

    /// Interval of all values; symmetric about 0 for a symmetric grid.
    [[nodiscard]] Range range(const Grid& grid) const {
        require<std::logic_error>(!empty(), "MinMax",
                                  "no range, expected observe() with at least one value first");
        return spanned(from_ordered(min_), from_ordered(max_), grid);
    }

    friend bool operator==(const MinMax&, const MinMax&) = default;

private:
    void widen(std::int32_t min, std::int32_t max) noexcept {
        min_ = std::min(min_, min);
        max_ = std::max(max_, max);
    }

    std::int32_t min_ = 0x7f800000;   // ordered(); crossed while nothing was seen
    std::int32_t max_ = -0x7f800000;  // ordered()
};

static_assert(MergeableObserver<MinMax>);

}  // namespace intact
