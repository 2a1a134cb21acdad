// Log-linear histogram whose state is a function of the multiset of the data alone: the same bytes
// for any split, order and tree of merges.
//
// `top` is the largest exponent field of the data (subnormal numbers count as 1). The octaves end
// there; when it grows, bins are added in pairs and moved down, which gives the very counts that
// the data would have given at once. There is no first-batch rule and no floating-point sum.
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
//          largest magnitude; weights of single values are counted one by one
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "intact/elementwise/dispatch.hpp"
#include "intact/elementwise/min_max.hpp"
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
        while (!values.empty()) {
            const std::span<const float> block = values.first(std::min(values.size(), block_size));
            add_block(block);
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
        if (other.top_ > 0) {
            raise(other.top_);
            const HistogramBins from = other.bins();
            const std::uint32_t steps = bins().first_exponent - from.first_exponent;
            for (std::size_t i = 0; i < from.size(); ++i) {
                const std::size_t target = lowered(i, steps);
                counts_[target] += other.counts_[i];
                counts_[from.size() + target] += other.counts_[from.size() + i];
            }
        }
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
    [[nodiscard]] HistogramBins bins() const noexcept {
        return HistogramBins::below(Octaves, BinBits, top_);
    }

    /// What a criterion sees; valid until the next change.
    [[nodiscard]] HistogramView view() const noexcept {
        const std::span<const std::uint64_t> all(counts_);
        const std::size_t half = all.empty() ? 0 : bins().size();
        return {.bins = bins(),
                .count = count_,
                .zeros = zeros_,
                .min = count_ > 0 ? from_ordered(min_) : 0.0,
                .max = count_ > 0 ? from_ordered(max_) : 0.0,
                .negative = all.subspan(half, half),
                .positive = all.first(half)};
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
            state.raise(detail::top_exponent(state.min_, state.max_));
        }
        require(seen.bins == state.bins(), "HistogramState",
                "the bins lie elsewhere, expected the first exponent ", state.bins().first_exponent,
                ", given ", seen.bins.first_exponent);
        detail::require_possible(seen, to_ordered(seen.min), to_ordered(seen.max));
        std::copy(seen.positive.begin(), seen.positive.end(), state.counts_.begin());
        std::copy(seen.negative.begin(), seen.negative.end(),
                  state.counts_.begin() + static_cast<std::ptrdiff_t>(seen.positive.size()));
        return state;
    }

    friend bool operator==(const HistogramState&, const HistogramState&) = default;

private:
    static constexpr std::size_t block_size = 1024;  // values
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

    /// Counts a block after its own extremes.
    void add_block(std::span<const float> block) {
        const elementwise::Extremes found = elementwise::min_max(block);
        if (found.count > 0) {
            const std::int32_t min = ordered(found.min);
            const std::int32_t max = ordered(found.max);
            raise(detail::top_exponent(min, max));
            min_ = std::min(min_, min);
            max_ = std::max(max_, max);
        }
        if (found.non_finite == 0) {
            count_finite(block);
            return;
        }
        for (const float value : block) add_one(value, 1);
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
        raise(detail::top_exponent(order, order));
        min_ = std::min(min_, order);
        max_ = std::max(max_, order);
        count_ += weight;
        const HistogramBins where = bins();
        std::uint64_t& counts =
            magnitude == 0 ? zeros_
                           : counts_[(negative ? where.size() : 0) + where.index_of(magnitude)];
        counts += weight;
    }

    /// As if all had been seen `times` as often.
    void repeat(std::uint64_t times) {
        for (std::uint64_t* count :
             {&count_, &zeros_, &nans_, &positive_infinities_, &negative_infinities_}) {
            *count = detail::counted_times(*count, times, "HistogramState");
        }
        for (std::uint64_t& count : counts_) count *= times;
    }

    /// Counts values that are finite and not beyond the last octave.
    void count_finite(std::span<const float> values) noexcept {
        count_ += values.size();
        if (top_ == 0) {
            zeros_ += values.size();
            return;
        }
        const HistogramBins where = bins();
        const elementwise::Bins bins{BinBits, where.first_exponent,
                                     static_cast<std::uint32_t>(where.size())};
        elementwise::best_kernels().count(values.data(), values.size(), bins, counts_.data());
        for (std::size_t i = 0; i < elementwise::zero_places; ++i) {
            zeros_ += std::exchange(counts_[2 * where.size() + i], 0);
        }
    }

    /// Makes room for magnitudes with the exponent field `top`.
    void raise(std::uint32_t top) {
        if (top <= top_) return;
        if (counts_.empty()) counts_.resize(2 * bins().size() + elementwise::zero_places);
        const HistogramBins before = bins();
        top_ = top;
        const std::uint32_t steps = bins().first_exponent - before.first_exponent;
        if (steps == 0) return;
        for (const std::size_t half : {std::size_t{0}, before.size()}) {
            for (std::size_t i = 1; i < before.size(); ++i) {
                const std::uint64_t count = counts_[half + i];
                counts_[half + i] = 0;
                counts_[half + lowered(i, steps)] += count;
            }
        }
    }

    /// The bin that holds bin `i` after the octaves moved up by `steps`; never above `i`.
    static std::size_t lowered(std::size_t i, std::uint32_t steps) noexcept {
        constexpr std::size_t block = std::size_t{1} << BinBits;
        if (steps == 0) return i;
        const std::size_t octave = i < block ? 0 : (i >> BinBits) - 1;
        if (octave >= steps) return i - (static_cast<std::size_t>(steps) << BinBits);
        const std::size_t place = i < block ? i : block + (i & (block - 1));
        return place >> std::min<std::size_t>(steps - octave, 63);
    }

    std::uint64_t count_ = 0;
    std::uint64_t zeros_ = 0;
    std::uint64_t nans_ = 0;
    std::uint64_t positive_infinities_ = 0;
    std::uint64_t negative_infinities_ = 0;
    std::int32_t min_ = 0x7f800000;   // ordered(); crossed while no finite value was seen
    std::int32_t max_ = -0x7f800000;  // ordered()
    std::uint32_t top_ = 0;           // exponent field of the largest magnitude, 0 for none
    // Positive bins, then negative, then places of zeros, which are 0 between calls; empty while
    // top_ is 0.
    std::vector<std::uint64_t> counts_;
};

}  // namespace intact
