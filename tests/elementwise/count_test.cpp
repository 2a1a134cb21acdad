// Counting into the bins of a histogram against the definition of the bins in exact arithmetic.

#include <cmath>
#include <cstring>
#include <numeric>
#include <string>

#include <doctest/doctest.h>

#include "cases.hpp"

using namespace elementwise_cases;

namespace {

/// Bins of `octaves` octaves.
Bins bins_of(std::uint32_t octaves, std::uint32_t bin_bits, std::uint32_t first_exponent) {
    return {bin_bits, first_exponent, (octaves + 1) << bin_bits};
}

/// The index of the count of x: bins one unit wide up to 2^(m + 1), then 2^m an octave.
std::size_t expected_index(float x, const Bins& bins) {
    const int m = static_cast<int>(bins.bin_bits);
    const std::uint32_t magnitude = bits(x) & ~sign;
    const double exact = std::ldexp(
        static_cast<double>(magnitude & 0x7fffffU) + (magnitude >> 23 > 0 ? 0x1p23 : 0.0),
        static_cast<int>(std::max(magnitude >> 23, 1U)) - 23);
    const double units = std::ldexp(exact, m - static_cast<int>(bins.first_exponent));
    int exponent = 0;
    (void)std::frexp(units, &exponent);  // units in [2^(exponent - 1), 2^exponent)
    const int octave = std::max(exponent - m, 1);
    const auto place = static_cast<std::int64_t>(std::ldexp(units, 1 - octave));
    const std::int64_t index = place + (std::int64_t{octave - 1} << m);
    return static_cast<std::size_t>(index) + (bits(x) >> 31) * bins.size;
}

/// Finite values below the end of the last octave: of all exponents, many at the edges of bins.
std::vector<float> values_for(std::uint32_t octaves, const Bins& bins, std::mt19937& random) {
    std::vector<float> values;
    const std::uint32_t end = std::min(bins.first_exponent + octaves, 255U);
    for (int i = 0; i < 3000; ++i) {
        const auto draw = static_cast<std::uint32_t>(random());
        const std::uint32_t exponent =
            i % 3 == 0 ? draw % end : end - 1 - std::min(draw % (octaves + bins.bin_bits), end - 1);
        std::uint32_t fraction = static_cast<std::uint32_t>(random()) & 0x7fffffU;
        if (i % 5 == 1) fraction &= ~((1U << (23 - bins.bin_bits)) - 1);
        if (i % 5 == 2) fraction |= (1U << (23 - bins.bin_bits)) - 1;
        values.push_back(real((exponent << 23) | fraction | (random() % 2 == 0 ? sign : 0)));
    }
    for (const std::uint32_t magnitude : {0U, 1U, 0x7fffffU, 0x800000U}) {
        values.push_back(real(magnitude));
        values.push_back(real(magnitude | sign));
    }
    return values;
}

/// The function of `kernels` that counts in C.
template <BinCount C>
auto count_in(const Kernels& kernels) {
    if constexpr (std::same_as<C, std::uint16_t>) {
        return kernels.count_few;
    } else {
        return kernels.count;
    }
}

/// The counts in C with all zeros in the first of their places; the memory is used again, for it is
/// a large part of the work to ask the system for it.
template <BinCount C>
const std::vector<C>& counted(const Kernels& kernels, std::span<const float> x, const Bins& bins) {
    static std::vector<C> counts;
    counts.assign(2 * bins.size + zero_places, 0);
    count_in<C>(kernels)(x.data(), x.size(), bins, counts.data());
    const auto zeros = counts.begin() + 2 * static_cast<std::ptrdiff_t>(bins.size);
    *zeros = static_cast<C>(std::accumulate(zeros, counts.end(), std::uint64_t{0}));
    std::fill(zeros + 1, counts.end(), 0);
    return counts;
}

template <BinCount C>
const std::vector<C>& expected_counts(std::span<const float> x, const Bins& bins) {
    static std::vector<C> counts;
    counts.assign(2 * bins.size + zero_places, 0);
    for (const float& value : x) {
        const bool is_zero = (bits(value) & ~sign) == 0;
        ++counts[is_zero ? 2 * bins.size : expected_index(value, bins)];
    }
    return counts;
}

}  // namespace

TEST_CASE_TEMPLATE("Kernels: every value is counted in its bin, whatever the bins", C,
                   std::uint64_t, std::uint16_t) {
    std::mt19937 random(1);
    for (const std::uint32_t octaves : {1U, 8U, 32U}) {
        for (const std::uint32_t bin_bits : {1U, 5U, 8U, 16U}) {
            for (const std::uint32_t first_exponent : {1U, 2U, 9U, 40U, 120U, 254U}) {
                const Bins bins = bins_of(octaves, bin_bits, first_exponent);
                const std::vector<float> values = values_for(octaves, bins, random);
                const auto& expected = expected_counts<C>(values, bins);
                for (const Kernels& kernels : runnable()) {
                    const std::string isa = simd::name(kernels.isa);
                    CAPTURE(isa);
                    CAPTURE(bin_bits);
                    CAPTURE(first_exponent);
                    CHECK(first_difference(counted<C>(kernels, values, bins), expected) == none);
                }
            }
        }
    }
}

TEST_CASE_TEMPLATE("Kernels: counting at every length", C, std::uint64_t, std::uint16_t) {
    std::mt19937 random(2);
    const Bins bins = bins_of(8, 5, 100);
    const std::vector<float> values = values_for(8, bins, random);
    for (std::size_t n = 0; n < 600; n += n < 300 ? 1 : 17) {
        const std::span<const float> some = std::span<const float>(values).last(n);
        const auto& expected = expected_counts<C>(some, bins);
        for (const Kernels& kernels : runnable()) {
            REQUIRE(first_difference(counted<C>(kernels, some, bins), expected) == none);
        }
    }
}

TEST_CASE_TEMPLATE("Kernels: zeros of both signs take turns among their places", C, std::uint64_t,
                   std::uint16_t) {
    const Bins bins = bins_of(8, 8, 100);
    std::vector<float> values(1000, 0.0F);
    for (std::size_t i = 0; i < values.size(); i += 3) values[i] = real(sign);
    for (const Kernels& kernels : runnable()) {
        std::vector<C> counts(2 * bins.size + zero_places);
        count_in<C>(kernels)(values.data(), values.size(), bins, counts.data());
        for (std::size_t i = 0; i < zero_places; ++i) {
            CHECK(counts[2 * bins.size + i] == (i < 1000 % zero_places ? 63 : 62));
        }
    }
}
