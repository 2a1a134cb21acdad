// Real numbers as wide integers times powers of two, and rounding written out: what IEEE arithmetic
// has to give, found without one floating-point operation. Shared by the digest and by tests that
// compute the codes of a network a second time.
//
// Errors   std::range_error  a number that needs more than 128 bits
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

namespace wide {

__extension__ using Wide = unsigned __int128;
__extension__ using Signed = __int128;

/// (-1)^negative * mantissa * 2^exponent, and where `more` is set a little more in magnitude.
struct Real {
    bool negative = false;
    Wide mantissa = 0;
    int exponent = 0;
    bool more = false;
};

[[nodiscard]] constexpr int width(Wide x) noexcept {
    const auto high = static_cast<std::uint64_t>(x >> 64);
    const auto low = static_cast<std::uint64_t>(x);
    return static_cast<int>(high != 0 ? 64 + std::bit_width(high) : std::bit_width(low));
}

/// The same number with an odd mantissa.
[[nodiscard]] constexpr Real stripped(Real x) noexcept {
    if (x.mantissa == 0 && !x.more) return {};
    while ((x.mantissa & 1) == 0 && !x.more) {
        x.mantissa >>= 1;
        ++x.exponent;
    }
    return x;
}

[[nodiscard]] constexpr Real of(std::int64_t x) noexcept {
    const auto bits = static_cast<std::uint64_t>(x);
    return stripped({.negative = x < 0, .mantissa = x < 0 ? 0 - bits : bits});
}

[[nodiscard]] constexpr Real of(float x) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t field = (bits >> 23) & 0xffU;
    const std::uint32_t fraction = bits & 0x7fffffU;
    return stripped({.negative = bits >> 31 != 0,
                     .mantissa = field == 0 ? fraction : fraction | 0x800000U,
                     .exponent = static_cast<int>(field == 0 ? 1 : field) - 150});
}

[[nodiscard]] constexpr Real of(double x) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t field = (bits >> 52) & 0x7ffU;
    const std::uint64_t fraction = bits & 0xfffffffffffffU;
    return stripped({.negative = bits >> 63 != 0,
                     .mantissa = field == 0 ? fraction : fraction | 0x10000000000000U,
                     .exponent = static_cast<int>(field == 0 ? 1 : field) - 1075});
}

/// x with its lowest `drop` bits rounded off, ties to even.
[[nodiscard]] constexpr Real without_bits(Real x, int drop) {
    if (drop <= 0) {
        if (x.more) throw std::range_error("wide: too few bits to round");
        return x;
    }
    if (drop > 127) return {.negative = x.negative};
    const Wide half = Wide{1} << (drop - 1);
    const Wide rest = x.mantissa & ((half << 1) - 1);
    x.mantissa >>= drop;
    x.exponent += drop;
    if (rest > half || (rest == half && (x.more || (x.mantissa & 1) != 0))) ++x.mantissa;
    x.more = false;
    return x;
}

/// x rounded to `bits` significant bits, ties to even; 53 for a double, 24 for a float.
[[nodiscard]] constexpr Real rounded(const Real& x, int bits) {
    const int drop = width(x.mantissa) - bits;
    return drop <= 0 && !x.more ? x : stripped(without_bits(x, drop));
}

/// x rounded to an integer, ties to even.
[[nodiscard]] constexpr Signed nearest_even(const Real& x) {
    Wide magnitude = 0;
    if (x.exponent < 0) {
        magnitude = without_bits(x, -x.exponent).mantissa;
    } else if (x.mantissa != 0) {
        if (x.more || width(x.mantissa) + x.exponent > 126) {
            throw std::range_error("wide: the integer is too large");
        }
        magnitude = x.mantissa << x.exponent;
    }
    return x.negative ? -static_cast<Signed>(magnitude) : static_cast<Signed>(magnitude);
}

/// The bits of the float32 nearest to x; a zero is positive.
[[nodiscard]] constexpr std::uint32_t float_bits(const Real& x) {
    if (x.mantissa == 0) return 0;
    const int lowest = x.exponent + width(x.mantissa) - 24;
    const int drop = (lowest < -149 ? -149 : lowest) - x.exponent;
    Real y = x;
    if (drop > 0) {
        y = without_bits(x, drop);
    } else {
        if (x.more) throw std::range_error("wide: too few bits to round");
        y.mantissa <<= -drop;
        y.exponent += drop;
    }
    if (y.mantissa == 0x1000000U) {
        y.mantissa >>= 1;
        ++y.exponent;
    }
    const std::uint32_t sign = x.negative ? 0x80000000U : 0U;
    if (y.exponent > 104) return sign | 0x7f800000U;
    const auto mantissa = static_cast<std::uint32_t>(y.mantissa);
    if (mantissa == 0) return 0;
    if (mantissa < 0x800000U) return sign | mantissa;
    return sign | (static_cast<std::uint32_t>(y.exponent + 150) << 23) | (mantissa & 0x7fffffU);
}

[[nodiscard]] constexpr Real negated(Real x) noexcept {
    x.negative = !x.negative;
    return x;
}

[[nodiscard]] constexpr Real product(const Real& a, const Real& b) {
    if (a.more || b.more || width(a.mantissa) + width(b.mantissa) > 128) {
        throw std::range_error("wide: the product is too wide");
    }
    return stripped({.negative = a.negative != b.negative,
                     .mantissa = a.mantissa * b.mantissa,
                     .exponent = a.exponent + b.exponent});
}

/// a / b to at least 64 bits, with the rest told by `more`.
[[nodiscard]] constexpr Real quotient(const Real& a, const Real& b) {
    if (a.more || b.more || b.mantissa == 0 || width(b.mantissa) > 63) {
        throw std::range_error("wide: no such quotient");
    }
    if (a.mantissa == 0) return {};
    const int shift = 128 - width(a.mantissa);
    const Wide top = a.mantissa << shift;
    return {.negative = a.negative != b.negative,
            .mantissa = top / b.mantissa,
            .exponent = a.exponent - shift - b.exponent,
            .more = top % b.mantissa != 0};
}

/// a + b, exact as long as the lower end of the smaller one lies within 120 bits of the top; beyond
/// that `more` tells of the rest.
[[nodiscard]] constexpr Real sum(Real a, Real b) {
    if (a.more || b.more) throw std::range_error("wide: a sum of inexact numbers");
    if (a.mantissa == 0) return b;
    if (b.mantissa == 0) return a;
    if (width(a.mantissa) + a.exponent < width(b.mantissa) + b.exponent) std::swap(a, b);
    const int room = 120 - width(a.mantissa);
    const int shift = a.exponent - b.exponent < room ? std::max(a.exponent - b.exponent, 0) : room;
    a.mantissa <<= shift;
    a.exponent -= shift;
    bool lost = false;
    if (b.exponent >= a.exponent) {
        b.mantissa <<= b.exponent - a.exponent;
    } else {
        const int drop = a.exponent - b.exponent;
        const Wide kept = drop < 128 ? b.mantissa >> drop : 0;
        lost = drop >= 128 || (kept << drop) != b.mantissa;
        b.mantissa = kept;
    }
    Real total{.negative = a.negative, .mantissa = 0, .exponent = a.exponent, .more = lost};
    if (a.negative == b.negative) {
        total.mantissa = a.mantissa + b.mantissa;
    } else {
        const Wide subtrahend = b.mantissa + (lost ? 1 : 0);
        total.negative = a.mantissa >= subtrahend ? a.negative : b.negative;
        total.mantissa =
            a.mantissa >= subtrahend ? a.mantissa - subtrahend : subtrahend - a.mantissa;
    }
    return stripped(total);
}

[[nodiscard]] constexpr Real difference(const Real& a, const Real& b) { return sum(a, negated(b)); }

/// Whether a < b.
[[nodiscard]] constexpr bool less(const Real& a, const Real& b) {
    const Real d = difference(a, b);
    return d.negative && (d.mantissa != 0 || d.more);
}

[[nodiscard]] constexpr bool equal(const Real& a, const Real& b) {
    const Real d = difference(a, b);
    return d.mantissa == 0 && !d.more;
}

}  // namespace wide
