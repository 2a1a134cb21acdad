// Values observer: keeps every value, so that a criterion searches the data themselves. For weights
// and small tensors, where a bin would be too coarse.
//
//   SymmetricQuantizer<std::int8_t, PerChannel<0>, Values<MeanSquaredError>> weights;
//   Values<Percentile<>> observer;  // the order statistics, exactly
//
// The state is a function of the multiset of the data: the same for any split, order and merges.
//
// Units    those of the data
// Errors   std::domain_error       a batch with NaN or infinity; the observer stays as it was
//          std::invalid_argument   a grid that the criterion does not search (above 8 bits);
//                                  another number of weights than of values
//          std::logic_error        a range asked for before any value
//          std::overflow_error     2^64 values or more, weighted; the observer stays as it was
// Cost     observe: O(log n) a value, however small the batches. The first range after it sorts
// what
//          is new. 4 bytes for each distinct value, 12 where some value was seen more than once. A
//          copy shares all but the last few values, so that quantizers, which copy their observers
//          for each batch, do not copy what was seen before
#pragma once

#include <cstdint>
#include <span>

#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/criteria/full_range.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/sorted_values.hpp"
#include "intact/observers/values_view.hpp"

namespace intact {

template <class Clip = FullRange>
class Values {
    static_assert(ValuesCriterion<Clip>,
                  "intact: the criterion does not search values themselves (entropy needs the bins "
                  "of a histogram); use Histogram<Criterion>");

public:
    static constexpr int most_code_bits = intact::most_code_bits<Clip>;

    Values() = default;

    /// An observer that goes on from what view() shows; std::invalid_argument where no data give
    /// it.
    explicit Values(const ValuesView& seen) : values_(seen) {}

    /// Takes in the values of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        (void)detail::finite_extremes(batch, "Values");
        values_.add(batch);
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    /// Takes in each value of `batch` as many times as its weight says: 0 leaves it out, but NaN
    /// and infinities are refused whatever their weight.
    void observe(std::span<const float> batch, std::span<const std::uint32_t> weights) {
        detail::require_weights(batch, weights, "Values");
        if (batch.empty()) return;
        (void)detail::finite_extremes(batch, "Values");
        values_.add(batch, weights);
    }

    /// Adds the values of another observer, as if its batches had come here.
    void merge(const Values& other) { values_.merge(other.values_); }

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return values_.count() == 0; }

    /// The range that the criterion chooses.
    [[nodiscard]] Range range(const Grid& grid) const { return choose_range<Clip>(view(), grid); }

    /// What a criterion sees; valid until the next change.
    [[nodiscard]] ValuesView view() const { return values_.view(); }

    friend bool operator==(const Values&, const Values&) = default;

private:
    SortedValues values_;
};

static_assert(MergeableObserver<Values<>> && WeightedObserver<Values<>>);

}  // namespace intact
