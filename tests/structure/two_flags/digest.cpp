// One of two copies of the same work in one program, compiled with flags of its own.
#include <bit>
#include <cstdint>

#include "intact/intact.hpp"

namespace UNIT {

/// Folds codes and their reals over ties, ends and odd scales into one number.
std::uint32_t digest() {
    const intact::Grid grid{.qmin = 0, .qmax = 255};
    std::uint32_t sum = 2166136261U;
    for (int i = -2000; i <= 2000; ++i) {
        // Each exact in one rounding: what differs between the flags can only come from the
        // library.
        const float scale = static_cast<float>(1234567 + 7919 * (i & 15)) * 0x1p-27F;
        const intact::QuantParams params{.scale = scale, .zero_point = i & 127};
        const std::int32_t code =
            intact::quantize_number(0.00125F * static_cast<float>(i), params, grid);
        const float real = intact::dequantize_number(code, params);
        sum = (sum ^ static_cast<std::uint32_t>(code)) * 16777619U;
        sum = (sum ^ std::bit_cast<std::uint32_t>(real)) * 16777619U;
    }
    return sum;
}

}  // namespace UNIT
