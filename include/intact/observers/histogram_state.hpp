// Log-linear histogram whose state is a function of the multiset of the data alone: the same bytes
// for any split, order and tree of merges.
//
// The octaves end at the largest exponent field of the data (subnormal numbers count as 1) and
// move up with it, bin_counts.hpp says how. There is no first-batch rule and no floating-point sum.
//
// A weight counts a value as if it had been seen that often.
//
// Units    counts of values; histogram_view.hpp says where the bins lie
// Errors   std::invalid_argument   another number of weights than of values; nothing is added
//          std::overflow_error     2^64 values or more of one kind; nothing is added
//          none from data: NaN and infinities are counted apart (the Histogram observer refuses
//          them)
// Cost     16 * (Octaves + 1) * 2^BinBits bytes and at most 256 more, allocated once: 36 KiB for 8
//          and 8; one pass in blocks that stay in the first cache, each binned after its own
//          largest magnitude; counts of long inputs pass through 16 bits, beside their values in
//          that cache, in 16 KiB of the stack at most; weights of single values are counted one by
//          one
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "intact/elementwise/min_max.hpp"
#include "intact/observers/bin_counts.hpp"
#include "intact/observers/counts.hpp"
#include "intact/observers/histogram_view.hpp"
#include "intact/observers/ordered.hpp"
#include "intact/observers/possible_view.hpp"

namespace intact {

template <int Octaves = 8, int BinBits = 8>
class HistogramState {
    static_assert(1 <= Octaves && Octaves <= 32 && 1 <= BinBits && BinBits <= 16,
                  "intact::HistogramState<Octaves, BinBits>: 1 to 32 octaves of 2^1 to 2^16 bins");

public:
    /// Counts each of `values`.
    void add(std::span<const float> values) {
        if (!has_room(values.size())) {
            return add_carefully(values, std::vector<std::uint32_t>(values.size(), 1));
        }
        if constexpr (sizeof(typename Counts::Few) <= 16384) {
            for (; values.size() >= stretch_size; values = values.subspan(stretch_size)) {
                add_stretch(values.first(stretch_size));
            }
        }
        while (!values.empty()) {
            const std::span<const float> block = values.first(std::min(values.size(), block_size));
            add_block(block, elementwise::min_max(block));
            values = values.subspan(block.size());
        }
    }

    /// Counts each of `values` `weight` times.
    void add(std::span<const float> values, std::uint32_t weight) {
        if (weight == 0) return;
        HistogramState once;
        once.add(values);
        once.repeat(weight);
        merge(once);
    }

    /// Counts each of `values` as many times as its weight says; one of weight 0 is not seen.
    void add(std::span<const float> values, std::span<const std::uint32_t> weights) {
        require(values.size() == weights.size(), "HistogramState::add",
                "values and weights differ in number, expected ", values.size(), " weights, given ",
                weights.size());
        if (!has_room(std::min<std::uint64_t>(values.size(), 0xffffffffU) << 32)) {
            return add_carefully(values, weights);
        }
        for (std::size_t i = 0; i < values.size(); ++i) add_one(values[i], weights[i]);
    }

    /// Adds all that another state counted.
    void merge(const HistogramState& other) {
        const std::uint64_t count = together(count_, other.count_);  // no bin has more
        const std::uint64_t nans = together(nans_, other.nans_);
        const std::uint64_t above = together(positive_infinities_, other.positive_infinities_);
        const std::uint64_t below = together(negative_infinities_, other.negative_infinities_);
        counts_.add(other.counts_);
        count_ = count;
        zeros_ += other.zeros_;
        nans_ = nans;
        positive_infinities_ = above;
        negative_infinities_ = below;
        min_ = std::min(min_, other.min_);
        max_ = std::max(max_, other.max_);
    }

    /// Number of finite values, zeros included.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    [[nodiscard]] std::uint64_t zeros() const noexcept { return zeros_; }
    [[nodiscard]] std::uint64_t nans() const noexcept { return nans_; }
    [[nodiscard]] std::uint64_t positive_infinities() const noexcept {
        return positive_infinities_;
    }
    [[nodiscard]] std::uint64_t negative_infinities() const noexcept {
        return negative_infinities_;
    }

    /// Number of NaNs and infinities.
    [[nodiscard]] std::uint64_t non_finite() const noexcept {
        return nans_ + positive_infinities_ + negative_infinities_;
    }

    /// Where the bins lie at present.
    [[nodiscard]] HistogramBins bins() const noexcept { return counts_.bins(); }

    /// What a criterion sees; valid until the next change.
    [[nodiscard]] HistogramView view() const noexcept {
        return {.bins = bins(),
                .count = count_,
                .zeros = zeros_,
                .min = count_ > 0 ? from_ordered(min_) : 0.0,
                .max = count_ > 0 ? from_ordered(max_) : 0.0,
                .negative = counts_.negative(),
                .positive = counts_.positive()};
    }

    /// The state that view() shows as `seen`; std::invalid_argument where no data give such a view.
    [[nodiscard]] static HistogramState from(const HistogramView& seen, const NonFinite& others) {
        constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
        require(-largest <= seen.min && seen.min <= seen.max && seen.max <= largest,
                "HistogramState", "the ends are out of order, expected two floats, given ",
                seen.min, " and ", seen.max);
        HistogramState state;
        state.count_ = seen.count;
        state.zeros_ = seen.zeros;
        state.nans_ = others.nans;
        state.positive_infinities_ = others.positive_infinities;
        state.negative_infinities_ = others.negative_infinities;
        if (seen.count > 0) {
            state.min_ = to_ordered(seen.min);
            state.max_ = to_ordered(seen.max);
            state.counts_.raise(detail::top_exponent(state.min_, state.max_));
        }
        require(seen.bins == state.bins(), "HistogramState",
                "the bins lie elsewhere, expected the first exponent ", state.bins().first_exponent,
                ", given ", seen.bins.first_exponent);
        detail::require_possible(seen, to_ordered(seen.min), to_ordered(seen.max));
        state.counts_.copy(seen);
        return state;
    }

    friend bool operator==(const HistogramState&, const HistogramState&) = default;

private:
    using Counts = detail::BinCounts<Octaves, BinBits>;

    static constexpr std::size_t block_size = 2048;  // values
    static constexpr std::size_t stretch_size = 31 * block_size;
    static_assert(stretch_size <= std::numeric_limits<std::uint16_t>::max());
    static constexpr std::uint32_t infinity_bits = 0x7f800000U;
    static constexpr std::uint32_t magnitude_bits = 0x7fffffffU;

    [[nodiscard]] static std::uint64_t together(std::uint64_t a, std::uint64_t b) {
        return detail::sum_of_counts(a, b, "HistogramState");
    }

    /// Whether no sum wraps with so many more, whatever they are.
    [[nodiscard]] bool has_room(std::uint64_t more) const noexcept {
        const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() - more;
        return count_ <= most && nans_ <= most && positive_infinities_ <= most &&
               negative_infinities_ <= most;
    }

    /// Counts one by one, in a copy, so that nothing is added where a sum would wrap.
    void add_carefully(std::span<const float> values, std::span<const std::uint32_t> weights) {
        HistogramState all = *this;
        for (std::size_t i = 0; i < values.size(); ++i) {
            HistogramState one;
            one.add_one(values[i], weights[i]);
            all.merge(one);
        }
        *this = std::move(all);
    }

    /// Counts through 16 bits. A block that moves the octaves or is not finite goes without.
    void add_stretch(std::span<const float> values) {
        alignas(64) typename Counts::Few few = {};
        for (; !values.empty(); values = values.subspan(block_size)) {
            const std::span<const float> block = values.first(block_size);
            const elementwise::Extremes found = elementwise::min_max(block);
            if (found.non_finite > 0 || counts_.top() == 0 || top_of(found) > counts_.top()) {
                zeros_ += counts_.add(few);
                add_block(block, found);
                continue;
            }
            widen(found);
            count_ += block.size();
            counts_.count(block, few);
        }
        zeros_ += counts_.add(few);
    }

    /// Counts a block after its own extremes.
    void add_block(std::span<const float> block, const elementwise::Extremes& found) {
        counts_.raise(top_of(found));
        widen(found);
        if (found.non_finite == 0) {
            count_ += block.size();
            zeros_ += counts_.count(block);
        } else {
            for (const float value : block) add_one(value, 1);
        }
    }

    /// The largest exponent field of a block, 0 for none.
    [[nodiscard]] static std::uint32_t top_of(const elementwise::Extremes& found) noexcept {
        if (found.count == 0) return 0;
        return detail::top_exponent(ordered(found.min), ordered(found.max));
    }

    void widen(const elementwise::Extremes& found) noexcept {
        if (found.count == 0) return;
        min_ = std::min(min_, ordered(found.min));
        max_ = std::max(max_, ordered(found.max));
    }

    /// Counts one value `weight` times.
    void add_one(float value, std::uint64_t weight) {
        if (weight == 0) return;
        const auto bits = std::bit_cast<std::uint32_t>(value);
        const std::uint32_t magnitude = bits & magnitude_bits;
        const bool negative = bits >> 31 != 0;
        if (magnitude > infinity_bits) {
            nans_ += weight;
            return;
        }
        if (magnitude == infinity_bits) {
            (negative ? negative_infinities_ : positive_infinities_) += weight;
            return;
        }
        const std::int32_t order = ordered(value);
        counts_.raise(detail::top_exponent(order, order));
        min_ = std::min(min_, order);
        max_ = std::max(max_, order);
        count_ += weight;
        std::uint64_t& counts = magnitude == 0 ? zeros_ : counts_[bits];
        counts += weight;
    }

    /// As if all had been seen `times` as often.
    void repeat(std::uint64_t times) {
        for (std::uint64_t* count :
             {&count_, &zeros_, &nans_, &positive_infinities_, &negative_infinities_}) {
            *count = detail::counted_times(*count, times, "HistogramState");
        }
        counts_ *= times;
    }

    std::uint64_t count_ = 0;
    std::uint64_t zeros_ = 0;
    std::uint64_t nans_ = 0;
    std::uint64_t positive_infinities_ = 0;
    std::uint64_t negative_infinities_ = 0;
    std::int32_t min_ = 0x7f800000;   // ordered(); crossed while no finite value was seen
    std::int32_t max_ = -0x7f800000;  // ordered()
    Counts counts_;
};

}  // namespace intact
