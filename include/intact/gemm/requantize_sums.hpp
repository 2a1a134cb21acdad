// Epilogue: sums to 8- or 16-bit codes of the output, with int32 bias and activation clamp.
//
//   code = clamp(round((sum + bias) * factor) + zero_point, qmin, qmax)
//
// Shapes   one factor and one bias a column; the memory is the caller's and outlives the product
// Units    factor of column j = Policy::factor(double(s_x) * s_w[j] / s_y)
//
//   gemm::RequantizeSums<std::uint8_t> epilogue{.factors = factors.data(), .bias = bias.data(),
//                                               .zero_point = 117, .qmin = 117};   // with ReLU
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "intact/elementwise/requantize.hpp"
#include "intact/gemm/epilogue.hpp"

namespace intact::gemm {

template <elementwise::StoredCode T, elementwise::Requantizing Policy = elementwise::ExactRounding>
struct RequantizeSums {
    using Output = T;
    using Quick = RequantizeSums;
    using Interleaved = RequantizeSums;  // a policy leaves tiles alone

    const typename Policy::Factor* factors = nullptr;
    const std::int32_t* bias = nullptr;  ///< added to the sums; nullptr for none
    std::int32_t zero_point = 0;
    std::int32_t qmin = std::numeric_limits<T>::min();
    std::int32_t qmax = std::numeric_limits<T>::max();

    [[nodiscard]] const std::int32_t* initial_sums() const noexcept { return bias; }

    /// For kernels that make codes themselves; only of 8 bits, and of exact products.
    [[nodiscard]] elementwise::quick::Output quick_output() const noexcept
        requires(sizeof(T) == 1 && std::same_as<Policy, elementwise::ExactRounding>) {
        return elementwise::quick::output<T>({zero_point, qmin, qmax});
    }

    void store(Sums<std::int32_t> sums, const Piece& piece, Output* out, Index stride) const {
        elementwise::unguarded::requantize_block<Policy>(sums.data, sums.stride, piece.rows,
                                                         piece.columns, factors + piece.column,
                                                         {zero_point, qmin, qmax}, out, stride);
    }
};

static_assert(Epilogue<RequantizeSums<std::int8_t>> && !WideEpilogue<RequantizeSums<std::int8_t>>);
static_assert(InterleavedEpilogue<RequantizeSums<std::int8_t>>);
static_assert(QuickEpilogue<RequantizeSums<std::int8_t>>);
static_assert(!QuickEpilogue<RequantizeSums<std::int16_t>>);

}  // namespace intact::gemm
