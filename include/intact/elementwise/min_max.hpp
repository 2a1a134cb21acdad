// Smallest and largest of many floats, in one pass, with NaN and infinities counted apart.
//
// Units    -0 counts as +0; subnormals keep their value whatever the caller's environment.
// Cost     three integer operations a vector; a second pass only where a value is not finite.
//
//   const Extremes seen = min_max(batch);
//   if (seen.non_finite > 0) ...   // seen.first_non_finite is the index of the first one
#pragma once

#include <bit>
#include <cstring>
#include <span>

#include "intact/elementwise/dispatch.hpp"

namespace intact::elementwise {

/// What min_max() saw; `min` and `max` mean nothing where `count` is 0.
struct Extremes {
    float min = 0.0F;
    float max = 0.0F;
    std::size_t count = 0;             ///< finite values, those that min and max cover
    std::size_t non_finite = 0;        ///< NaN and infinities
    std::size_t first_non_finite = 0;  ///< index of the first of them, if there is one
};

namespace detail {

inline constexpr std::uint32_t infinity_bits = 0x7f800000U;

/// The float of these bits, with -0 made +0.
[[nodiscard]] constexpr float real_of(std::uint32_t bits) noexcept {
    return std::bit_cast<float>(bits == 0x80000000U ? 0U : bits);
}

[[nodiscard]] constexpr bool all_finite(const ExtremeBits& bits) noexcept {
    return bits.signed_max < static_cast<std::int32_t>(infinity_bits) &&
           bits.unsigned_max < (infinity_bits | 0x80000000U);
}

inline void set_ends(Extremes& extremes, const ExtremeBits& bits) noexcept {
    const bool has_negative = bits.unsigned_max >> 31 != 0;
    const bool has_positive = bits.signed_max >= 0;
    extremes.min = real_of(has_negative ? bits.unsigned_max : bits.unsigned_min);
    extremes.max =
        real_of(has_positive ? static_cast<std::uint32_t>(bits.signed_max) : bits.unsigned_min);
}

/// The same over data known to hold something that is not finite.
[[gnu::noinline]] inline Extremes min_max_of_finite(std::span<const float> x) {
    Extremes extremes;
    ExtremeBits found;
    for (std::size_t i = 0; i < x.size(); ++i) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, x.data() + i, sizeof(bits));
        if ((bits & infinity_bits) == infinity_bits) {
            if (extremes.non_finite++ == 0) extremes.first_non_finite = i;
        } else {
            found.add(bits);
            ++extremes.count;
        }
    }
    if (extremes.count > 0) set_ends(extremes, found);
    return extremes;
}

}  // namespace detail

/// Extremes of `x`; finds NaN and infinities by their bits and leaves them out.
[[nodiscard]] inline Extremes min_max(std::span<const float> x,
                                      const Kernels& kernels = best_kernels()) {
    if (x.empty()) return {};
    const ExtremeBits bits = kernels.extremes(x.data(), x.size());
    if (!detail::all_finite(bits)) return detail::min_max_of_finite(x);
    Extremes extremes;
    extremes.count = x.size();
    detail::set_ends(extremes, bits);
    return extremes;
}

}  // namespace intact::elementwise
