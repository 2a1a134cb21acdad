// One side of a product: 8- or 16-bit codes in memory, any strides, with their zero points.
//
// Shapes   rows x k: activations [batch, in] or weights [out, in]
// Units    strides count codes; qmin and qmax bound the codes and so the sums (limits.hpp)
//
//   const gemm::Operand<std::uint8_t> x{.data = codes, .rows = 64, .k = 100, .row_stride = 100,
//                                       .zero_point = 117};
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>

#include "intact/core/error.hpp"
#include "intact/gemm/kernel.hpp"

namespace intact::gemm {

template <class T>
concept Byte = std::same_as<T, std::int8_t> || std::same_as<T, std::uint8_t>;

template <class T>
concept ByteOrWord = Byte<T> || std::same_as<T, std::int16_t> || std::same_as<T, std::uint16_t>;

template <ByteOrWord T>
struct Operand {
    const T* data = nullptr;
    Index rows = 0;
    Index k = 0;
    Index row_stride = 0;     ///< codes from one row to the next
    Index column_stride = 1;  ///< codes from one k to the next
    std::int32_t zero_point = 0;
    const std::int32_t* zero_points = nullptr;  ///< one a row; stands in for zero_point if given
    std::int32_t qmin = std::numeric_limits<T>::min();
    std::int32_t qmax = std::numeric_limits<T>::max();

    [[nodiscard]] std::int32_t zero_point_of(Index row) const noexcept {
        return zero_points == nullptr ? zero_point : zero_points[row];
    }
};

/// Largest |code - zero point| of the operand; refuses a zero point that is not a code.
template <ByteOrWord T>
[[nodiscard]] std::int64_t largest_level(const Operand<T>& operand, const char* where) {
    const auto level = [&](std::int64_t zero_point) {
        require(operand.qmin <= zero_point && zero_point <= operand.qmax, where,
                "the zero point is not a code, expected ", operand.qmin, " to ", operand.qmax,
                ", given ", zero_point);
        return std::max(operand.qmax - zero_point, zero_point - operand.qmin);
    };
    if (operand.zero_points == nullptr) return level(operand.zero_point);
    std::int64_t largest = 0;
    for (Index i = 0; i < operand.rows; ++i) {
        largest = std::max(largest, level(operand.zero_points[i]));
    }
    return largest;
}

}  // namespace intact::gemm
