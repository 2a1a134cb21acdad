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
// Cost     observe sorts the batch and merges it into those before; 4 bytes for each distinct
// value,
//          12 where some value was seen more than once
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "intact/observers/criteria/criterion.hpp"
#include "intact/observers/criteria/full_range.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/ordered.hpp"
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
    explicit Values(const ValuesView& seen)
        : count_(seen.count),
          keys_(seen.keys.begin(), seen.keys.end()),
          weights_(seen.weights.begin(), seen.weights.end()) {
        require(possible(), "Values", "no data give these values, expected ", seen.count,
                " finite ones, each once and in order, given ", seen.size());
    }

    /// Takes in the values of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        (void)detail::finite_extremes(batch, "Values");
        std::vector<std::int32_t> keys(batch.size());
        for (std::size_t i = 0; i < batch.size(); ++i) keys[i] = ordered(batch[i]);
        std::sort(keys.begin(), keys.end());
        take({.count = batch.size(), .keys = keys, .weights = {}});
    }

    /// Takes in each value of `batch` as many times as its weight says: 0 leaves it out, but NaN
    /// and infinities are refused whatever their weight.
    void observe(std::span<const float> batch, std::span<const std::uint32_t> weights) {
        detail::require_weights(batch, weights, "Values");
        if (batch.empty()) return;
        (void)detail::finite_extremes(batch, "Values");
        std::vector<std::pair<std::int32_t, std::uint64_t>> weighted;
        std::uint64_t count = 0;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (weights[i] == 0) continue;
            weighted.emplace_back(ordered(batch[i]), weights[i]);
            count += weights[i];
        }
        std::sort(weighted.begin(), weighted.end());
        std::vector<std::int32_t> keys;
        std::vector<std::uint64_t> sorted;
        for (const auto& [key, weight] : weighted) {
            keys.push_back(key);
            sorted.push_back(weight);
        }
        take({.count = count, .keys = keys, .weights = sorted});
    }

    /// Adds the values of another observer, as if its batches had come here.
    void merge(const Values& other) { take(other.view()); }

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

    /// The range that the criterion chooses.
    [[nodiscard]] Range range(const Grid& grid) const { return choose_range<Clip>(view(), grid); }

    /// What a criterion sees; valid until the next change.
    [[nodiscard]] ValuesView view() const noexcept {
        return {.count = count_, .keys = keys_, .weights = weights_};
    }

    friend bool operator==(const Values&, const Values&) = default;

private:
    /// Whether some data lead to this state.
    [[nodiscard]] bool possible() const noexcept {
        constexpr std::int32_t largest = 0x7f7fffff;
        const bool finite = keys_.empty() || (keys_.front() >= -largest && keys_.back() <= largest);
        const auto not_ascending = [](std::int32_t a, std::int32_t b) { return a >= b; };
        if (!finite ||
            std::adjacent_find(keys_.begin(), keys_.end(), not_ascending) != keys_.end()) {
            return false;
        }
        if (weights_.empty()) return count_ == keys_.size();
        std::uint64_t rest = count_;
        for (const std::uint64_t weight : weights_) {
            if (weight == 0 || weight > rest) return false;
            rest -= weight;
        }
        return rest == 0 && weights_.size() == keys_.size() && count_ > keys_.size();
    }

    /// Merges values in order; equal keys may follow each other.
    void take(const ValuesView& more) {
        std::vector<std::int32_t> keys;
        std::vector<std::uint64_t> weights;
        keys.reserve(keys_.size() + more.size());
        const ValuesView own = view();
        std::size_t i = 0;
        std::size_t j = 0;
        while (i < own.size() || j < more.size()) {
            const bool is_own = j == more.size() || (i < own.size() && own.keys[i] <= more.keys[j]);
            const std::int32_t next = is_own ? own.keys[i] : more.keys[j];
            std::uint64_t weight = is_own ? own.weight(i++) : 0;
            while (j < more.size() && more.keys[j] == next) weight += more.weight(j++);
            if (weight != 1 && weights.empty()) weights.assign(keys.size(), 1);
            keys.push_back(next);
            if (weight != 1 || !weights.empty()) weights.push_back(weight);
        }
        count_ += more.count;
        keys_ = std::move(keys);
        weights_ = std::move(weights);
    }

    std::uint64_t count_ = 0;
    std::vector<std::int32_t> keys_;      // ordered(), distinct, ascending
    std::vector<std::uint64_t> weights_;  // how often each was seen; empty while all were seen once
};

static_assert(MergeableObserver<Values<>> && WeightedObserver<Values<>>);

}  // namespace intact
