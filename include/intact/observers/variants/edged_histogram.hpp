// Histogram between edges that are given one by one, as the calibrators of other projects
// keep it: bin i counts edges[i] <= x < edges[i + 1], the last bin x <= its end too, and what lies
// outside is not counted.
//
// It serves the named variants (onnx_runtime_histogram.hpp, nvidia_histogram.hpp), whose edges
// depend on the order of the batches, so it does not merge; HistogramState does.
//
// Units    edges in the unit of the data
// Errors   std::length_error   an outlier so far out that the bins would fill the memory
// Cost     16 bytes a bin; one multiplication and two comparisons a value where edges are even
// Source   the definition of numpy.histogram and of numpy.linspace for float32 data, NumPy 1.24
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/core/exact.hpp"

namespace intact {

struct EdgedHistogram {
    std::vector<double> edges;          ///< ascending, one more than bins
    std::vector<std::uint64_t> counts;  ///< of the bins

    /// Counts each of `values`, all finite; the search of a bin begins where it would be if all
    /// bins were of one width.
    void count(std::span<const float> values) {
        const double first = edges.front();
        const double last = edges.back();
        const double per_unit =
            last > first ? static_cast<double>(counts.size()) / (last - first) : 0.0;
        for (const float each : values) {
            const auto value = static_cast<double>(each);
            if (value < first || last < value) continue;
            std::size_t bin =
                std::min(static_cast<std::size_t>((value - first) * per_unit), counts.size() - 1);
            while (value < edges[bin]) --bin;
            while (bin + 1 < counts.size() && edges[bin + 1] <= value) ++bin;
            ++counts[bin];
        }
    }

    /// The first bin up to whose end at least a share of all counts lies, the number of bins where
    /// rounding leaves none.
    [[nodiscard]] std::size_t bin_of_share(double share) const noexcept {
        std::uint64_t total = 0;
        for (const std::uint64_t count : counts) total += count;
        double sum = 0.0;  // of shares, each rounded: others' thresholds are what this gives
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const double own =
                exact_quotient(static_cast<double>(counts[i]), static_cast<double>(total));
            sum = exactly(sum + own);
            if (sum >= share) return i;
        }
        return counts.size();
    }

    friend bool operator==(const EdgedHistogram&, const EdgedHistogram&) = default;
};

namespace detail {

/// x rounded to float32; as it is beyond all of these, where the originals go on with infinity.
[[nodiscard]] inline double as_float(double x) noexcept {
    constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
    if (x > largest || x < -largest) return x;
    return static_cast<double>(static_cast<float>(x));
}

/// Edges of bins of one width: fl32(first + i * ((last - first) / bins)).
[[nodiscard]] inline std::vector<double> even_edges(double first, double last, std::size_t bins) {
    std::vector<double> edges(bins + 1);
    const double width = exact_quotient(exactly(last - first), static_cast<double>(bins));
    for (std::size_t i = 0; i < bins; ++i) {
        const double offset = exactly(static_cast<double>(i) * width);
        edges[i] = as_float(exactly(offset + first));
    }
    edges[bins] = as_float(last);
    return edges;
}

/// Refuses to grow by so many bins of `width` as `beyond` takes, where they would be more than
/// `most`.
inline void require_few_bins(std::size_t old, double beyond, double width, const char* where,
                             std::size_t most = std::size_t{1} << 24) {
    const double room = exactly(width * static_cast<double>(most - std::min(old, most)));
    require<std::length_error>(width > 0.0 && beyond < room, where, "a value lies ", beyond,
                               " beyond the bins, which are ", width,
                               " wide as the first batch made them, expected at most ", most,
                               " bins; show the widest batch first, or use a Histogram");
}

/// The magnitudes of a batch.
[[nodiscard]] inline std::vector<float> magnitudes(std::span<const float> batch) {
    std::vector<float> all(batch.begin(), batch.end());
    for (float& value : all) value = std::abs(value);
    return all;
}

}  // namespace detail

}  // namespace intact
