// How histograms are written and read: the counts between the bins of the ends, a run of empty bins
// as 0 and its length less 1. Most counts take one or two bytes.
//
// Cost     10 bytes where all values are equal, about 6 KB for a million Gaussian values and 2^8
//          bins an octave; one pass over the bins
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "intact/io/format.hpp"
#include "intact/observers/histogram.hpp"

namespace intact::io {

namespace detail {

/// The bins of one sign that can hold values between two magnitudes, by their bits.
template <class Count>
std::span<Count> bins_between(std::span<Count> all, const HistogramBins& bins,
                              std::int32_t smallest, std::int32_t largest) {
    if (largest <= 0) return {};
    const std::size_t last = bins.index_of(static_cast<std::uint32_t>(largest));
    const std::size_t first =
        smallest > 0 ? bins.index_of(static_cast<std::uint32_t>(smallest)) : 0;
    return all.subspan(first, last - first + 1);
}

inline void write_counts(Writer& to, std::span<const std::uint64_t> counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        to.count(counts[i]);
        if (counts[i] > 0) continue;
        const std::size_t start = i;
        while (i + 1 < counts.size() && counts[i + 1] == 0) ++i;
        to.count(i - start);
    }
}

inline void read_counts(Reader& from, std::span<std::uint64_t> counts) {
    bool after_run = false;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        counts[i] = from.count();
        const bool run = counts[i] == 0;
        if (run && after_run) refuse("a run of empty bins is cut in two, expected one");
        after_run = run;
        if (!run) continue;
        const std::uint64_t more = from.count();
        if (more >= counts.size() - i) {
            refuse("a run of empty bins is too long, expected at most ", counts.size() - i,
                   " bins, given ", more, " and one");
        }
        i += static_cast<std::size_t>(more);
    }
}

}  // namespace detail

template <int Octaves, int BinBits>
struct Format<HistogramState<Octaves, BinBits>> {
    using State = HistogramState<Octaves, BinBits>;

    static std::string kind() {
        return "Histogram<" + std::to_string(Octaves) + ", " + std::to_string(BinBits) + ">";
    }

    static void write(Writer& to, const State& state) {
        const HistogramView seen = state.view();
        to.count(state.nans());
        to.count(state.positive_infinities());
        to.count(state.negative_infinities());
        to.flag(seen.count > 0);
        if (seen.count == 0) return;
        const detail::Ends ends{to_ordered(seen.min), to_ordered(seen.max)};
        ends.write(to);
        to.count(seen.zeros);
        detail::write_counts(to,
                             detail::bins_between(seen.negative, seen.bins, -ends.max, -ends.min));
        detail::write_counts(to,
                             detail::bins_between(seen.positive, seen.bins, ends.min, ends.max));
    }

    static State read(Reader& from) {
        NonFinite others;
        others.nans = from.count();
        others.positive_infinities = from.count();
        others.negative_infinities = from.count();
        HistogramView seen;
        seen.bins = HistogramBins::below(Octaves, BinBits, 0);
        if (!from.flag()) return State::from(seen, others);
        const auto ends = detail::Ends::read(from);
        const std::uint32_t top = intact::detail::top_exponent(ends.min, ends.max);
        seen.bins = HistogramBins::below(Octaves, BinBits, top);
        seen.min = from_ordered(ends.min);
        seen.max = from_ordered(ends.max);
        seen.zeros = from.count();
        std::vector<std::uint64_t> counts(top > 0 ? 2 * seen.bins.size() : 0);
        const std::span<std::uint64_t> all(counts);
        const auto negative = all.first(counts.size() / 2);
        const auto positive = all.last(counts.size() / 2);
        detail::read_counts(from, detail::bins_between(negative, seen.bins, -ends.max, -ends.min));
        detail::read_counts(from, detail::bins_between(positive, seen.bins, ends.min, ends.max));
        seen.negative = negative;
        seen.positive = positive;
        seen.count = sum(counts, seen.zeros);
        if (seen.count == 0) refuse("a histogram of values has none, expected at least one");
        return State::from(seen, others);
    }

private:
    static std::uint64_t sum(std::span<const std::uint64_t> counts, std::uint64_t zeros) {
        std::uint64_t total = zeros;
        for (const std::uint64_t count : counts) {
            if (count > UINT64_MAX - total) refuse("there are too many values, expected 2^64 - 1");
            total += count;
        }
        return total;
    }
};

template <class Clip, int Octaves, int BinBits>
struct Format<Histogram<Clip, Octaves, BinBits>> {
    using Observer = Histogram<Clip, Octaves, BinBits>;
    using State = typename Observer::State;

    static std::string kind() { return Format<State>::kind(); }
    static void write(Writer& to, const Observer& observer) {
        Format<State>::write(to, observer.state());
    }
    static Observer read(Reader& from) { return Observer(Format<State>::read(from)); }
};

}  // namespace intact::io
