// How float32 decides nearly all 8-bit codes of sums of products, and tells where it cannot.
//
// y = int32(fl32(sum) * fl32(2^16 M) + 2^16 (zero point + 1/2) + 4), the product and sum fused, has
// 16 bits behind the point: its high word is the code, its low word says how far beyond a tie the
// product is. Where the code is not cut, |sum * M| is at most 255.5 and |y| hardly more than 2^24:
// the two conversions to float32 are off by at most 2^-23 of that, 2.01 steps of 2^-16, the fused
// addition and the conversion to int32 together by at most 3/4 step. Products within 4 steps of a
// tie are left to the exact form: one in 8192.
//
// Saturation on the way from words to bytes cuts what lies outside of the codes. What no int32
// holds becomes -2^31, whose low word is 0: undecided too. Signed codes are worked out 128 higher.
#pragma once

#include <cstdint>

#include "intact/elementwise/kernel.hpp"

namespace intact::elementwise::quick {

/// Where the point of y is: its steps are 2^-16.
inline constexpr float one = 0x1p16F;

/// Steps added to y, so that those from 0 to 7 behind the point lie around a tie.
inline constexpr float middle = 4.0F;

/// All of these bits are 0 where y is undecided.
inline constexpr std::int32_t undecided = 0xfff8;

/// How the codes of one output come about, codes from 0 to 255.
struct Output {
    std::int32_t zero_point;
    std::uint8_t qmin;
    std::uint8_t qmax;
    std::uint8_t flip;  ///< exclusive-or to codes of the output's type: 0, or 128 for int8

    /// Added to products in y: half a code for rounding, and the middle. Exact.
    [[nodiscard]] constexpr float offset() const noexcept {
        return one * (static_cast<float>(zero_point) + 0.5F) + middle;
    }
};

/// The same for codes of type T.
template <StoredCode T>
[[nodiscard]] constexpr Output output(const elementwise::Output& of) noexcept {
    static_assert(sizeof(T) == 1);
    constexpr std::int32_t flip = T(-1) < T(0) ? 128 : 0;
    return {.zero_point = of.zero_point + flip,
            .qmin = static_cast<std::uint8_t>(of.qmin + flip),
            .qmax = static_cast<std::uint8_t>(of.qmax + flip),
            .flip = static_cast<std::uint8_t>(flip)};
}

/// Calls f(output, out) for codes of the output's type: what other kernels than quick ones take.
template <class F>
void plainly(const Output& of, std::uint8_t* out, F&& f) {
    const elementwise::Output plain{of.zero_point - of.flip, of.qmin - of.flip, of.qmax - of.flip};
    of.flip == 0 ? f(plain, out) : f(plain, reinterpret_cast<std::int8_t*>(out));
}

}  // namespace intact::elementwise::quick
