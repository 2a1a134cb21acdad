// Rounding: from the quotient real / scale to a whole number of steps.
//
// A policy is a struct with one static function. It acts on the quotient alone, before the zero
// point is added, and sees |q| <= largest_quotient only: everything beyond saturates anyway.
//
//   NearestEven   nearest, ties to even (default; IEEE 754 roundTiesToEven)
//   NearestAway   nearest, ties away from zero (std::round)
//   TowardZero    truncation
//   Floor         toward minus infinity
//   Stochastic    up with the probability of the fraction, reproducible: the random number depends
//                 on the seed and on the element's row-major index, never on the order of work
//
// All are integer arithmetic and exact subtractions: the caller's rounding mode, FMA contraction
// and -ffast-math do not reach them.
#pragma once

#include <concepts>
#include <cstdint>

namespace intact {

/// Quotients are cut to this magnitude before they are rounded: above every 16-bit code.
inline constexpr float largest_quotient = 1048576.0F;  // 2^20

struct NearestEven {
    [[nodiscard]] static std::int32_t round(float q, std::uint64_t /*index*/) noexcept {
        const auto whole = static_cast<std::int32_t>(q);
        const float rest = q - static_cast<float>(whole);
        const bool odd = (whole & 1) != 0;
        if (rest > 0.5F || (rest == 0.5F && odd)) return whole + 1;
        if (rest < -0.5F || (rest == -0.5F && odd)) return whole - 1;
        return whole;
    }
};

struct NearestAway {
    [[nodiscard]] static std::int32_t round(float q, std::uint64_t /*index*/) noexcept {
        const auto whole = static_cast<std::int32_t>(q);
        const float rest = q - static_cast<float>(whole);
        if (rest >= 0.5F) return whole + 1;
        if (rest <= -0.5F) return whole - 1;
        return whole;
    }
};

struct TowardZero {
    [[nodiscard]] static std::int32_t round(float q, std::uint64_t /*index*/) noexcept {
        return static_cast<std::int32_t>(q);
    }
};

struct Floor {
    [[nodiscard]] static std::int32_t round(float q, std::uint64_t /*index*/) noexcept {
        const auto whole = static_cast<std::int32_t>(q);
        return q < static_cast<float>(whole) ? whole - 1 : whole;
    }
};

template <std::uint64_t Seed = 0>
struct Stochastic {
    [[nodiscard]] static std::int32_t round(float q, std::uint64_t index) noexcept {
        const std::int32_t below = Floor::round(q, index);
        return below + (uniform(index) < q - static_cast<float>(below) ? 1 : 0);
    }

    /// Random number in [0, 1) with 24 bits, a function of the seed and `index` alone.
    ///
    /// Source: G. L. Steele et al., "Fast Splittable Pseudorandom Number Generators", 2014: the
    /// mixing function of SplitMix64 over seed and counter.
    [[nodiscard]] static float uniform(std::uint64_t index) noexcept {
        const std::uint64_t bits = mix(mix(Seed + golden) + golden * (index + 1));
        return static_cast<float>(bits >> 40) * 0x1p-24F;
    }

private:
    static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;

    [[nodiscard]] static constexpr std::uint64_t mix(std::uint64_t x) noexcept {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
        return x ^ (x >> 31);
    }
};

/// A rounding policy: |q| <= largest_quotient to an integer; `index` is row-major and logical.
template <class T>
concept Rounding = requires(float q, std::uint64_t index) {
    { T::round(q, index) } -> std::same_as<std::int32_t>;
};

/// Whether the code of a number is the same at every index.
template <class R>
inline constexpr bool ignores_index =
    std::same_as<R, NearestEven> || std::same_as<R, NearestAway> || std::same_as<R, TowardZero> ||
    std::same_as<R, Floor>;

}  // namespace intact
