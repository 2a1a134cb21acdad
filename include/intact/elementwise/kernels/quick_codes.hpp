// How float32 decides nearly all 8-bit codes of sums of products, and tells where it cannot.
//
// For a code from 0 to 255, y = fl32(fl32(sum) * fl32(M) + 256.5 + zero point) lies in [256, 512),
// where floats stand 2^-15 apart: bits 15 to 22 of y are the code, the bits below say how far
// beyond a tie the product is. Where the code is not cut, |sum * M| is at most 256.5, so the two
// conversions are off by at most 2^-23 of that and the addition by 2^-16, together less than 2
// steps of 2^-15. Products within 2 steps of a tie are left to the exact form: one in 8192.
//
// The bits of floats sort as the floats do, and saturation on the way to 16 and to 8 bits cuts
// what lies outside of [256, 512), also negative floats. Signed codes are worked out 128 higher.
#pragma once

#include <cstdint>

#include "intact/elementwise/kernel.hpp"

namespace intact::elementwise::quick {

/// Bits behind the point of y.
inline constexpr int fraction_bits = 15;

/// The bits of 256.0F without the fraction; the code is added to them.
inline constexpr std::uint16_t base = 0x8700;

/// All of these bits are 0 where y is within 2 steps of a tie, of which 2 are part of the offset.
inline constexpr std::int32_t undecided = 0x7ffc;

/// How the codes of one output come about, codes from 0 to 255.
struct Output {
    float offset;  ///< 256, half a step for rounding, 2 steps of 2^-15, the zero point; exact
    std::uint8_t qmin;
    std::uint8_t qmax;
    std::uint8_t flip;  ///< exclusive-or that makes them codes of the output's type
};

/// The same for codes of type T.
template <StoredCode T>
[[nodiscard]] constexpr Output output(const elementwise::Output& of) noexcept {
    static_assert(sizeof(T) == 1);
    constexpr std::int32_t flip = T(-1) < T(0) ? 128 : 0;
    return {.offset = 256.5F + 0x1p-14F + static_cast<float>(of.zero_point + flip),
            .qmin = static_cast<std::uint8_t>(of.qmin + flip),
            .qmax = static_cast<std::uint8_t>(of.qmax + flip),
            .flip = static_cast<std::uint8_t>(flip)};
}

}  // namespace intact::elementwise::quick
