// Whether some data give a histogram view: asked of one that comes from a file, before a state is
// made of it.
//
// Errors   std::invalid_argument  what no data give: another number of bins, ends outside the
//                                 outermost bins that count something, counts of another sum
// Cost     one pass over the bins
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "intact/core/error.hpp"
#include "intact/observers/histogram_view.hpp"
#include "intact/observers/ordered.hpp"

namespace intact {

/// Counts of what no bin holds.
struct NonFinite {
    std::uint64_t nans = 0;
    std::uint64_t positive_infinities = 0;
    std::uint64_t negative_infinities = 0;

    friend bool operator==(const NonFinite&, const NonFinite&) = default;
};

namespace detail {

/// Largest exponent field between two ordered() ends; 1 for subnormal numbers, 0 for zeros alone.
[[nodiscard]] constexpr std::uint32_t top_exponent(std::int32_t min, std::int32_t max) noexcept {
    const auto largest = static_cast<std::uint32_t>(std::max(-min, max));
    return largest > 0 ? std::max(largest >> 23, 1U) : 0;
}

/// Which bin an ordered() value falls in, counted from 0 for zeros: 1 is the first bin of positive
/// values, -1 that of negative ones.
[[nodiscard]] constexpr std::int64_t place_of(const HistogramBins& bins,
                                              std::int32_t order) noexcept {
    if (order == 0) return 0;
    const auto magnitude = static_cast<std::uint32_t>(order < 0 ? -order : order);
    const auto place = static_cast<std::int64_t>(bins.index_of(magnitude)) + 1;
    return order < 0 ? -place : place;
}

/// The outermost place of `outer` that counts something, else zeros, else the innermost of `inner`:
/// the places of `outer` are positive here. There must be some value.
[[nodiscard]] inline std::int64_t end_place(std::span<const std::uint64_t> outer,
                                            std::uint64_t zeros,
                                            std::span<const std::uint64_t> inner) noexcept {
    for (std::size_t i = outer.size(); i-- > 0;) {
        if (outer[i] > 0) return static_cast<std::int64_t>(i) + 1;
    }
    if (zeros > 0) return 0;
    const auto first =
        std::find_if(inner.begin(), inner.end(), [](auto count) { return count > 0; });
    return -(first - inner.begin()) - 1;
}

/// Refuses counts that are not those of `count` values from `min` to `max`, which are ordered().
inline void require_possible(const HistogramView& seen, std::int32_t min, std::int32_t max) {
    const char* const where = "HistogramState";
    const std::size_t size = top_exponent(min, max) > 0 ? seen.bins.size() : 0;
    require(seen.positive.size() == size && seen.negative.size() == size, where,
            "the number of bins does not fit the ends, expected ", size, " for each sign, given ",
            seen.positive.size(), " and ", seen.negative.size());
    std::uint64_t missing = seen.count;
    const auto subtract = [&](std::uint64_t count) {
        require(count <= missing, where, "the counts add up to more than expected, ", seen.count);
        missing -= count;
    };
    subtract(seen.zeros);
    for (const std::uint64_t count : seen.positive) subtract(count);
    for (const std::uint64_t count : seen.negative) subtract(count);
    require(missing == 0, where, "the counts do not add up, expected ", seen.count, ", given ",
            seen.count - missing);
    if (seen.count == 0) {
        require(min == 0 && max == 0, where, "no value has ends, expected 0 and 0");
        return;
    }
    const std::int64_t lowest = -end_place(seen.negative, seen.zeros, seen.positive);
    const std::int64_t highest = end_place(seen.positive, seen.zeros, seen.negative);
    require(place_of(seen.bins, min) == lowest && place_of(seen.bins, max) == highest, where,
            "the ends lie outside the bins that count something, expected places ", lowest, " and ",
            highest, ", given ", place_of(seen.bins, min), " and ", place_of(seen.bins, max));
    require(min == max || (min < max && seen.count > 1), where,
            "the ends are those of no data, expected min at most max, and equal for one value");
}

}  // namespace detail
}  // namespace intact
