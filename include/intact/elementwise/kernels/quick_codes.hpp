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

/// What makes a code of T unsigned and back.
template <StoredCode T>
inline constexpr std::int32_t flip = T(-1) < T(0) ? 128 : 0;

/// Added to the products: 256, half a step for rounding, 2 steps of 2^-15, the zero point. Exact.
template <StoredCode T>
[[nodiscard]] constexpr float offset(const Output& output) noexcept {
    return 256.5F + 0x1p-14F + static_cast<float>(output.zero_point + flip<T>);
}

}  // namespace intact::elementwise::quick
