// One of two copies of the same work in one program, compiled with flags of its own.
#include <bit>
#include <cstdint>
#include <vector>

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

    // The same functions in both units: codes, packed weights, a product and its reals. No matrix
    // of Eigen: its own functions do not survive units of different flags in one program.
    constexpr intact::gemm::Index n = 20;
    constexpr intact::gemm::Index k = 70;
    std::vector<float> reals;
    for (int i = 0; i < n * k; ++i) reals.push_back(static_cast<float>(i % 251 - 125) * 0x1p-7F);
    std::vector<std::int8_t> codes(reals.size());
    const intact::Grid narrow{.qmin = -127, .qmax = 127};
    intact::elementwise::quantize(reals, {.scale = 0.0079F, .zero_point = 0}, narrow, codes.data());
    const intact::gemm::Operand<std::int8_t> operand{
        .data = codes.data(), .rows = n, .k = k, .row_stride = k};
    const std::vector<float> scales(n, 0.37F);
    std::vector<float> y(n * n);
    intact::gemm::multiply(operand, intact::gemm::pack(operand),
                           intact::gemm::DequantizeSums{.scales = scales.data()}, y.data(), n, 1);
    for (const float real : y) sum = (sum ^ std::bit_cast<std::uint32_t>(real)) * 16777619U;
    return sum;
}

}  // namespace UNIT
