// What a clipping criterion sees of values themselves: each distinct value once, in order, and how
// often it was seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "intact/observers/ordered.hpp"

namespace intact {

/// Valid as long as the observer whose values it shows.
struct ValuesView {
    /// The observer that shows it.
    static constexpr const char* observer = "Values";

    std::uint64_t count = 0;                 ///< values, as often as they were seen
    std::span<const std::int32_t> keys;      ///< ordered() of each distinct value, ascending
    std::span<const std::uint64_t> weights;  ///< how often each was seen; empty where all once

    /// Number of distinct values.
    [[nodiscard]] std::size_t size() const noexcept { return keys.size(); }

    [[nodiscard]] double value(std::size_t i) const noexcept { return from_ordered(keys[i]); }
    [[nodiscard]] std::uint64_t weight(std::size_t i) const noexcept {
        return weights.empty() ? 1 : weights[i];
    }

    /// Smallest and largest value; there must be one.
    [[nodiscard]] double min() const noexcept { return value(0); }
    [[nodiscard]] double max() const noexcept { return value(size() - 1); }
};

}  // namespace intact
