// What a clipping criterion sees of a histogram: counts of log-linear bins, and where they lie.
//
// The magnitudes of each sign fall into D octaves of 2^m bins above one linear block of 2^m bins,
// so that one outlier cannot make the bins of all other values too wide:
//
//   bins      0 .. 2^m | 2^m .. 2 * 2^m | ... | D * 2^m .. (D + 1) * 2^m
//   width     1        | 1              | ... | 2^(D - 1)                   in units of unit()
//
// Units    edges are whole numbers of unit(), a power of two in the unit of the data; all exact
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace intact {

/// Where the bins of one sign lie: D octaves of 2^bin_bits bins above one linear block.
struct HistogramBins {
    int octaves = 8;
    int bin_bits = 8;
    std::uint32_t first_exponent = 1;  ///< exponent field of the float32 where the octaves begin

    /// The bins of data whose largest exponent field is `top` (1 for subnormal numbers, 0 for
    /// none).
    [[nodiscard]] static constexpr HistogramBins below(int octaves, int bin_bits,
                                                       std::uint32_t top) noexcept {
        const auto above_first = static_cast<std::uint32_t>(octaves) - 1;
        return {.octaves = octaves,
                .bin_bits = bin_bits,
                .first_exponent = top > above_first + 1 ? top - above_first : 1};
    }

    /// Number of bins of one sign.
    [[nodiscard]] constexpr std::size_t size() const noexcept {
        return static_cast<std::size_t>(octaves + 1) << bin_bits;
    }

    /// The bin of a float32 whose bits without the sign are `magnitude`, below the last octave's
    /// end.
    [[nodiscard]] constexpr std::size_t index_of(std::uint32_t magnitude) const noexcept {
        const auto bits = static_cast<std::uint32_t>(bin_bits);
        const std::uint32_t exponent = magnitude >> 23;
        if (exponent >= first_exponent || first_exponent == 1) {  // the bits as they are
            return (magnitude >> (23 - bits)) - ((first_exponent - 1) << bits);
        }
        const std::uint32_t hidden = exponent > 0 ? 0x00800000U : 0U;
        const std::uint32_t significand = (magnitude & 0x007fffffU) | hidden;
        const std::uint32_t below = first_exponent - std::max(exponent, 1U);
        return significand >> std::min(23 - bits + below, 31U);
    }

    /// Width of the narrowest bin, in the unit of the data: a power of two.
    [[nodiscard]] constexpr double unit() const noexcept {
        const int exponent = static_cast<int>(first_exponent) - 127 - bin_bits + 1023;
        return std::bit_cast<double>(static_cast<std::uint64_t>(exponent) << 52);
    }

    /// Lower edge of bin `i`, in units, with `i` in [0, size()].
    [[nodiscard]] constexpr std::uint64_t edge(std::size_t i) const noexcept {
        const std::size_t block = std::size_t{1} << bin_bits;
        if (i < 2 * block) return i;
        return static_cast<std::uint64_t>(block + (i & (block - 1))) << ((i >> bin_bits) - 1);
    }

    /// Width of bin `i`, in units.
    [[nodiscard]] constexpr std::uint64_t width(std::size_t i) const noexcept {
        const std::size_t octave = i >> bin_bits;
        return octave < 2 ? 1 : std::uint64_t{1} << (octave - 1);
    }

    /// The bin that holds a magnitude of `units` units, size() above the last one.
    [[nodiscard]] constexpr std::size_t index_at(double units) const noexcept {
        if (units < static_cast<double>(std::uint64_t{2} << bin_bits)) {
            return static_cast<std::size_t>(units);
        }
        const std::uint64_t first = static_cast<std::uint64_t>(1022 + bin_bits) << bin_bits;
        const std::uint64_t at = (std::bit_cast<std::uint64_t>(units) >> (52 - bin_bits)) - first;
        return std::min(static_cast<std::size_t>(at), size());
    }

    friend constexpr bool operator==(const HistogramBins&, const HistogramBins&) = default;
};

/// The statistics that a criterion chooses from; valid as long as the histogram it shows.
struct HistogramView {
    /// The observer that shows it.
    static constexpr const char* observer = "Histogram";

    HistogramBins bins;
    std::uint64_t count = 0;                  ///< finite values, zeros included
    std::uint64_t zeros = 0;                  ///< zeros, which no bin counts
    double min = 0.0;                         ///< smallest value, exact
    double max = 0.0;                         ///< largest value, exact
    std::span<const std::uint64_t> negative;  ///< bins of -x; empty where all values are zero
    std::span<const std::uint64_t> positive;  ///< bins of x
};

}  // namespace intact
