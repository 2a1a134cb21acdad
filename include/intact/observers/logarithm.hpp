// Logarithms and powers whose bits are the same everywhere: the C library's differ between
// versions, and a decision that compares sums of them would differ too.
//
// Errors   none
// Cost     natural_logarithm: one division and 24 dependent operations
// Source   ln(z) = 2 atanh((z - 1) / (z + 1)) and its Taylor series
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "intact/core/exact.hpp"

namespace intact {

/// ln(x) of a positive normal number, to 1e-15 of itself or of 1.
[[nodiscard]] inline double natural_logarithm(double x) noexcept {
    constexpr double ln2_high = 0x1.62e42fefa0000p-1;  // 37 bits: times an exponent it is exact
    constexpr double ln2_low = 0x1.cf79abc9e3b3ap-40;
    constexpr std::uint64_t root_of_two = 0x3ff6a09e667f3bcdU;
    constexpr std::uint64_t fraction_bits = 0x000fffffffffffffU;
    constexpr std::uint64_t one = 0x3ff0000000000000U;

    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t in_1_to_2 = (bits & fraction_bits) | one;
    const bool upper = in_1_to_2 > root_of_two;
    const auto z = std::bit_cast<double>(in_1_to_2 - (upper ? std::uint64_t{1} << 52 : 0));
    const double power = static_cast<double>(static_cast<int>(bits >> 52) - 1023 + (upper ? 1 : 0));

    const double f = exact_quotient(exactly(z - 1.0), exactly(z + 1.0));
    const double square = exactly(f * f);  // at most 0.0295
    double series = 1.0 / 19.0;
    for (const double term : {1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0,
                              1.0 / 5.0, 1.0 / 3.0}) {
        series = exactly(exactly(series * square) + term);
    }
    const double twice = exactly(f + f);
    const double rest = exactly(exactly(twice * square) * series);
    const double low = exactly(exactly(power * ln2_low) + rest);
    return exactly(exactly(power * ln2_high) + exactly(low + twice));
}

namespace detail {

/// The upper 64 bits of the product, rounded.
constexpr std::uint64_t mul_high(std::uint64_t a, std::uint64_t b) noexcept {
    constexpr std::uint64_t half = 0xffffffffU;
    const std::uint64_t low = (a & half) * (b & half);
    const std::uint64_t cross = (a >> 32) * (b & half) + (low >> 32);
    const std::uint64_t other = (a & half) * (b >> 32) + (cross & half);
    const std::uint64_t below = (low & half) | other << 32;
    return (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32) + (below >> 63);
}

}  // namespace detail

/// 2^(-steps / 256), correctly rounded, for steps in [0, 256 * 1000].
[[nodiscard]] constexpr double falling_power_of_two(int steps) noexcept {
    // 2^(-1/256), 2^(-1/128), ... 2^(-1/2) in units of 2^-64.
    constexpr std::array<std::uint64_t, 8> roots{
        0xff4ecb59511ec8a5U, 0xfe9e115c7b8f884cU, 0xfd3e0c0cf486c175U, 0xfa83b2db722a033aU,
        0xf5257d152486cc2cU, 0xeac0c6e7dd24392fU, 0xd744fccad69d6af4U, 0xb504f333f9de6484U};
    const auto exponent = static_cast<std::uint64_t>(1023 - steps / 256);
    std::uint64_t product = 0;  // 0 for the empty one
    for (std::size_t i = 0; i < roots.size(); ++i) {
        if ((steps >> i & 1) == 0) continue;
        product = product == 0 ? roots[i] : detail::mul_high(product, roots[i]);
    }
    if (product == 0) return std::bit_cast<double>(exponent << 52);
    // The product lies in [1/2, 1): its leading bit is the hidden one of the exponent below.
    const std::uint64_t significand = (product >> 11) + (product >> 10 & 1);
    return std::bit_cast<double>(((exponent - 2) << 52) + significand);
}

}  // namespace intact
