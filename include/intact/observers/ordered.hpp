// Finite float32 numbers as integers in the same order, -0 and +0 the same: comparisons that
// neither -ffast-math nor a caller's flush-to-zero can bend.
#pragma once

#include <bit>
#include <cstdint>

namespace intact {

/// A finite float32 as an integer: a < b exactly where ordered(a) < ordered(b).
[[nodiscard]] constexpr std::int32_t ordered(float x) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const auto magnitude = static_cast<std::int32_t>(bits & 0x7fffffffU);
    return bits >> 31 != 0 ? -magnitude : magnitude;
}

/// The number of an ordered integer, by its bits: a subnormal number survives everywhere.
[[nodiscard]] constexpr double from_ordered(std::int32_t order) noexcept {
    const std::int32_t magnitude = order < 0 ? -order : order;
    const bool subnormal = magnitude < 0x00800000;
    const double number =
        subnormal
            ? static_cast<double>(magnitude) * 0x1p-149
            : static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(magnitude)));
    return order < 0 ? -number : number;
}

/// The other way round: the ordered integer of a double that some finite float32 equals.
[[nodiscard]] constexpr std::int32_t to_ordered(double x) noexcept {
    const double magnitude = x < 0.0 ? -x : x;
    const bool subnormal = magnitude < 0x1p-126;
    const std::int32_t order = subnormal
                                   ? static_cast<std::int32_t>(magnitude * 0x1p149)
                                   : std::bit_cast<std::int32_t>(static_cast<float>(magnitude));
    return x < 0.0 ? -order : order;
}

}  // namespace intact
