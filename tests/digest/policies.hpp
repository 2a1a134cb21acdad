// The part of the digest that turns sums into codes as other libraries round them: twice, once with
// halves up, or in float32.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "contract.hpp"
#include "record.hpp"

#include "intact/elementwise/requantize.hpp"

namespace policies {

using Wide = wide::Signed;

/// a / 2^bits, halves up.
[[nodiscard]] inline Wide shifted_halves_up(Wide a, int bits) {
    return bits == 0 ? a : (a + (Wide{1} << (bits - 1))) >> bits;
}

[[nodiscard]] inline Wide shifted_halves_away(Wide a, int bits) {
    return a < 0 ? -shifted_halves_up(-a, bits) : shifted_halves_up(a, bits);
}

/// A real as mantissa * 2^-bits, the mantissa of 31 bits.
struct FixedPoint {
    std::int64_t mantissa;
    int bits;

    explicit FixedPoint(double real) {
        const wide::Real rounded = wide::rounded(wide::of(real), 31);
        mantissa = static_cast<std::int64_t>(rounded.mantissa);
        bits = -rounded.exponent;
        for (; mantissa < std::int64_t{1} << 30; ++bits) mantissa *= 2;
        for (; mantissa >= std::int64_t{1} << 31; --bits) mantissa /= 2;
    }
};

struct Double {
    using Policy = intact::elementwise::GemmlowpDoubleRounding;
    static std::int64_t rounded(std::int64_t sum, double real) {
        const FixedPoint factor(real);
        const int left = std::max(31 - factor.bits, 0);
        const Wide high = shifted_halves_up(Wide{sum} * (Wide{1} << left) * factor.mantissa, 31);
        return static_cast<std::int64_t>(shifted_halves_away(high, factor.bits + left - 31));
    }
};

struct TiesUp {
    using Policy = intact::elementwise::SingleRoundingTiesUp;
    static std::int64_t rounded(std::int64_t sum, double real) {
        const FixedPoint factor(real);
        return static_cast<std::int64_t>(
            shifted_halves_up(Wide{sum} * factor.mantissa, factor.bits));
    }
};

struct Float32 {
    using Policy = intact::elementwise::Float32Multiply;
    static std::int64_t rounded(std::int64_t sum, double real) {
        const wide::Real product =
            wide::product(wide::rounded(wide::of(sum), 24), wide::rounded(wide::of(real), 24));
        return static_cast<std::int64_t>(wide::nearest_even(wide::rounded(product, 24)));
    }
};

/// A multiplier of 53 random bits or a power of two, that brings `magnitude` bits near a code.
inline double multiplier(Random& random, int magnitude) {
    const int exponent = std::min(7 - magnitude + random.integer(-3, 2), 3);
    const std::uint64_t field = static_cast<std::uint64_t>(1022 + exponent) << 52;
    const std::uint64_t high = random.bits() & 0xfffffU;
    const std::uint64_t low = random.bits();
    return std::bit_cast<double>(random.integer(0, 2) == 0 ? field : field | high << 32 | low);
}

template <class Reference, class T>
void record_policy(Record& record) {
    using Policy = typename Reference::Policy;
    Random random(21);
    const std::int64_t qmin = std::numeric_limits<T>::min();
    const std::int64_t qmax = std::numeric_limits<T>::max();
    for (int trial = 0; trial < 120; ++trial) {
        constexpr std::size_t n = 23;
        const int magnitude = random.integer(3, 31);
        std::array<std::int32_t, n> sums{};
        std::array<double, n> reals{};
        std::array<typename Policy::Factor, n> factors{};
        std::array<T, n> codes{};
        for (std::size_t i = 0; i < n; ++i) {
            sums[i] = static_cast<std::int32_t>(random.bits()) >> (31 - magnitude);
            reals[i] = multiplier(random, magnitude);
            factors[i] = Policy::factor(reals[i]);
        }
        const std::int32_t zero_point = random.integer(-20, 20) + (qmin == 0 ? 100 : 0);
        intact::elementwise::requantize<Policy>(sums.data(), n, factors.data(), zero_point,
                                                static_cast<std::int32_t>(qmin) + trial % 9,
                                                static_cast<std::int32_t>(qmax), codes.data());
        for (std::size_t i = 0; i < n; ++i) {
            const std::int64_t code = Reference::rounded(sums[i], reals[i]) + zero_point;
            record.add(std::int64_t{codes[i]}, std::clamp(code, qmin + trial % 9, qmax));
        }
    }
}

inline void record(Record& record) {
    record_policy<Double, std::uint8_t>(record);
    record_policy<Double, std::int8_t>(record);
    record_policy<TiesUp, std::uint8_t>(record);
    record_policy<TiesUp, std::int8_t>(record);
    record_policy<Float32, std::uint8_t>(record);
    record_policy<Float32, std::int8_t>(record);
}

}  // namespace policies
