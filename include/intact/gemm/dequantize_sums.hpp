// Epilogue: sums to float32 reals, with float bias and activation clamp. Takes sums of any length.
//
//   y = fma(fl32(sum), scale, bias), rounded once, then cut to [min, max]
//
// Shapes   one scale and one bias a column, and one scale a row where rows have their own; the
//          memory is the caller's and outlives the product
// Units    scale = fl32(s_x * s_w[j]), given as such, or as row_scales[i] = s_x[i] and
//          scales[j] = s_w[j]
//
//   gemm::DequantizeSums epilogue{.scales = scales.data(), .bias = bias.data()};
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "intact/elementwise/dequantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/gemm/epilogue.hpp"

namespace intact::gemm {

struct DequantizeSums {
    using Output = float;
    using Interleaved = DequantizeSums;

    const float* scales = nullptr;
    const float* row_scales = nullptr;  ///< nullptr where `scales` is all there is
    const float* bias = nullptr;        ///< nullptr for none
    bool clamps = false;                ///< whether [min, max] cuts
    float min = std::numeric_limits<float>::lowest();
    float max = std::numeric_limits<float>::max();

    void store(Sums<std::int32_t> sums, const Piece& piece, float* out, Index stride) const {
        const auto& kernels = elementwise::best_kernels();
        const float* addend = bias == nullptr ? nullptr : bias + piece.column;
        const std::array limits{min, max};
        const float* cut = clamps ? limits.data() : nullptr;
        if (row_scales == nullptr) {
            kernels.dequantize_sums_block(sums.data, sums.stride, piece.rows, piece.columns,
                                          scales + piece.column, addend, cut, out, stride);
            return;
        }
        std::array<float, block_columns> products;
        for (Index i = 0; i < piece.rows; ++i) {
            kernels.dequantize_sums(sums.row(i), static_cast<std::size_t>(piece.columns),
                                    scales_of(piece, i, products.data()), addend, cut,
                                    out + i * stride);
        }
    }

    void store(Sums<std::int64_t> sums, const Piece& piece, float* out, Index stride) const {
        std::array<float, block_columns> products;
        for (Index i = 0; i < piece.rows; ++i) {
            const float* scale = scales_of(piece, i, products.data());
            for (Index j = 0; j < piece.columns; ++j) {
                const float addend = bias == nullptr ? 0.0F : bias[piece.column + j];
                const float y = elementwise::portable::fused(static_cast<float>(sums.row(i)[j]),
                                                             scale[j], addend);
                out[i * stride + j] = clamps ? clamped(y) : y;
            }
        }
    }

private:
    /// The scales of row `i` of a piece: those of its columns, or their products with the row's.
    [[nodiscard]] const float* scales_of(const Piece& piece, Index i, float* products) const {
        if (row_scales == nullptr) return scales + piece.column;
        const float of_row = row_scales[piece.row + i];
        for (Index j = 0; j < piece.columns; ++j) products[j] = of_row * scales[piece.column + j];
        return products;
    }

    /// `y` cut to [min, max] in the order of the bits, as elementwise::dequantize_sums cuts.
    [[nodiscard]] float clamped(float y) const {
        const auto bits = [](float x) {
            return elementwise::portable::ordered(std::bit_cast<std::int32_t>(x));
        };
        if (bits(y) < bits(min)) return min;
        return bits(y) > bits(max) ? max : y;
    }
};

static_assert(WideEpilogue<DequantizeSums>);

}  // namespace intact::gemm
