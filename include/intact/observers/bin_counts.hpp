// Counts of log-linear bins whose octaves end at the largest exponent field that was asked for.
//
// When it grows, bins are added in pairs and moved down, which gives the very counts that the data
// would have given at once.
//
// Units    counts of values; histogram_view.hpp says where the bins lie
// Cost     16 * (Octaves + 1) * 2^BinBits bytes and at most 256 more, allocated once, with the
//          first raise()
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "intact/elementwise/dispatch.hpp"
#include "intact/observers/histogram_view.hpp"

namespace intact::detail {

template <int Octaves, int BinBits>
class BinCounts {
    static constexpr std::size_t size = std::size_t{Octaves + 1} << BinBits;  // of one sign
    static constexpr std::size_t places = 2 * size + elementwise::zero_places;

public:
    /// Counts of 65535 values or fewer: in memory a quarter of the others.
    using Few = std::array<std::uint16_t, places>;

    /// Exponent field of the largest magnitude that finds a bin, 0 for none.
    [[nodiscard]] std::uint32_t top() const noexcept { return top_; }

    [[nodiscard]] HistogramBins bins() const noexcept {
        return HistogramBins::below(Octaves, BinBits, top_);
    }

    /// Counts of x; empty while top() is 0.
    [[nodiscard]] std::span<const std::uint64_t> positive() const noexcept {
        return std::span(counts_).first(counts_.empty() ? 0 : size);
    }

    /// Counts of -x; empty while top() is 0.
    [[nodiscard]] std::span<const std::uint64_t> negative() const noexcept {
        return counts_.empty() ? positive() : std::span(counts_).subspan(size, size);
    }

    /// The count of a value with these bits, finite, not zero and not above top().
    [[nodiscard]] std::uint64_t& operator[](std::uint32_t bits) noexcept {
        return counts_[(bits >> 31) * size + bins().index_of(bits & 0x7fffffffU)];
    }

    /// Makes room for magnitudes with the exponent field `top`.
    void raise(std::uint32_t top) {
        if (top <= top_) return;
        if (counts_.empty()) counts_.resize(places);
        const std::uint32_t before = bins().first_exponent;
        top_ = top;
        const std::uint32_t steps = bins().first_exponent - before;
        if (steps == 0) return;
        for (const std::size_t half : {std::size_t{0}, size}) {
            for (std::size_t i = 1; i < size; ++i) {
                const std::uint64_t count = std::exchange(counts_[half + i], 0);
                counts_[half + lowered(i, steps)] += count;
            }
        }
    }

    /// Counts values that are finite and not above top(); returns how many are zero.
    [[nodiscard]] std::uint64_t count(std::span<const float> values) noexcept {
        if (top_ == 0) return values.size();
        elementwise::best_kernels().count(values.data(), values.size(), where(), counts_.data());
        return take_zeros();
    }

    /// Counts them into `few`, for add() before the next raise(); top() is not 0.
    void count(std::span<const float> values, Few& few) const noexcept {
        elementwise::best_kernels().count_few(values.data(), values.size(), where(), few.data());
    }

    /// Adds counts and sets them to 0; returns how many were of zeros.
    [[nodiscard]] std::uint64_t add(Few& few) noexcept {
        if (top_ == 0) return 0;
        for (std::size_t i = 0; i < places; ++i) {
            counts_[i] += std::exchange(few[i], std::uint16_t{0});
        }
        return take_zeros();
    }

    /// Adds the counts of another.
    void add(const BinCounts& other) {
        if (other.top_ == 0) return;
        raise(other.top_);
        const std::uint32_t steps = bins().first_exponent - other.bins().first_exponent;
        for (const std::size_t half : {std::size_t{0}, size}) {
            for (std::size_t i = 0; i < size; ++i) {
                counts_[half + lowered(i, steps)] += other.counts_[half + i];
            }
        }
    }

    /// The counts of a view of such bins, after raise(); none where top() is 0.
    void copy(const HistogramView& seen) {
        if (counts_.empty()) return;
        std::ranges::copy(seen.positive, counts_.begin());
        std::ranges::copy(seen.negative, counts_.begin() + static_cast<std::ptrdiff_t>(size));
    }

    void operator*=(std::uint64_t times) noexcept {
        for (std::uint64_t& count : counts_) count *= times;
    }

    friend bool operator==(const BinCounts&, const BinCounts&) = default;

private:
    /// bins(), as the kernels know them.
    [[nodiscard]] elementwise::Bins where() const noexcept {
        return {BinBits, bins().first_exponent, static_cast<std::uint32_t>(size)};
    }

    std::uint64_t take_zeros() noexcept {
        std::uint64_t zeros = 0;
        for (std::size_t i = 2 * size; i < places; ++i) zeros += std::exchange(counts_[i], 0);
        return zeros;
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

    std::uint32_t top_ = 0;
    // Positive bins, then negative, then places of zeros, which are 0 between calls; empty while
    // top_ is 0.
    std::vector<std::uint64_t> counts_;
};

}  // namespace intact::detail
