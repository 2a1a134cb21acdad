// Histogram observer: keeps a log-linear histogram of all values, from which a clipping criterion
// chooses the range.
//
//   Histogram<> plain;                            // FullRange: the same range as MinMax
//   Histogram<Percentile<>> observer;             // 99.99 % of the values inside
//   observer.observe(batch);
//   observer.merge(histogram_of_another_thread);  // exact: the bytes of one histogram over all
//   const Range range = observer.range(grid);
//
// Errors   std::domain_error       a batch with NaN or infinity; the observer stays as it was
//          std::logic_error        a range asked for before any value
//          std::invalid_argument   a grid that the criterion does not search (above 8 bits);
//                                  another number of weights than of values
//          std::overflow_error     2^64 values or more, weighted; the observer stays as it was
// Cost     one pass for the check, one for the counts, both at once where the batch is larger than
//          caches; 36 KiB whatever the number of values,
//          4.5 KiB in the form for channels and groups
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/criteria/full_range.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/histogram_state.hpp"
#include "intact/observers/observer.hpp"

namespace intact {

template <Criterion Clip = FullRange, int Octaves = 8, int BinBits = 8>
class Histogram {
public:
    using State = HistogramState<Octaves, BinBits>;

    static constexpr int most_code_bits = intact::most_code_bits<Clip>;

    /// The form for many channels or groups: 2^5 bins an octave.
    using PerChannel = Histogram<Clip, Octaves, std::min(BinBits, 5)>;

    Histogram() = default;

    /// An observer that goes on from these counts.
    explicit Histogram(State state) : state_(std::move(state)) {}

    /// Counts the values of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.size() <= checked_first) {
            if (batch.empty()) return;
            (void)detail::finite_extremes(batch, "Histogram");
            state_.add(batch);
            return;
        }
        State counted = state_;
        counted.add(batch);
        if (counted.non_finite() != state_.non_finite()) {
            (void)detail::finite_extremes(batch, "Histogram");
        }
        state_ = std::move(counted);
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    /// Counts each value of `batch` as many times as its weight says: 0 leaves it out, but NaN and
    /// infinities are refused whatever their weight.
    void observe(std::span<const float> batch, std::span<const std::uint32_t> weights) {
        detail::require_weights(batch, weights, "Histogram");
        if (batch.empty()) return;
        (void)detail::finite_extremes(batch, "Histogram");
        state_.add(batch, weights);
    }

    /// Adds what another observer counted, as if its batches had come here.
    void merge(const Histogram& other) { state_.merge(other.state_); }

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return state_.count() == 0; }

    /// The range that the criterion chooses.
    [[nodiscard]] Range range(const Grid& grid) const {
        return choose_range<Clip>(state_.view(), grid);
    }

    /// The counts, for other criteria and for pictures.
    [[nodiscard]] const State& state() const noexcept { return state_; }

    friend bool operator==(const Histogram&, const Histogram&) = default;

private:
    /// Values that stay in the second cache between the check and the counts; more are read from
    /// memory, once, into a copy of the counts.
    static constexpr std::size_t checked_first = std::size_t{1} << 16;

    State state_;
};

static_assert(MergeableObserver<Histogram<>> && WeightedObserver<Histogram<>>);

}  // namespace intact
