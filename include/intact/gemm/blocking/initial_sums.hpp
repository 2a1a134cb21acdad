// What the sums of a product start from, so that a kernel may ignore zero points:
//
//   sum (a - za)(b - zb) = sum ab - za * sum(b - zb) - zb * sum a,   all over p
//
// plus what the epilogue asks for. The sums of (b - zb) come from packing; those of a are only
// made if some zb differs from 0. Modulo 2^32 for int32 sums.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "intact/gemm/blocking/strip.hpp"
#include "intact/gemm/pack.hpp"

namespace intact::gemm {

/// Whether rows differ in what their sums start from, those of an operand or of CanonicalRows.
template <class Rows>
[[nodiscard]] bool rows_start_apart(const Rows& a, const Packed& b) noexcept {
    return a.zero_points != nullptr || b.has_zero_points();
}

/// What the columns [column, column + count) of one row start from; `sum_of_row` only counts where
/// b has zero points, and is 0 for what all rows share. Padding columns, which have no bias, may be
/// among them.
template <class Sum>
void start_sums(const Packed& b, std::int32_t za, std::int64_t sum_of_row, const std::int32_t* bias,
                Index column, Index count, Sum* sums) {
    using Wrapping = std::make_unsigned_t<Sum>;
    const std::int64_t* of_columns = b.column_sums() + column;
    const auto zero_point = static_cast<Wrapping>(za);
    const Index with_bias = bias == nullptr ? 0 : std::min(count, b.n() - column);
    for (Index j = 0; j < with_bias; ++j) sums[j] = bias[column + j];
    std::fill(sums + with_bias, sums + count, Sum{0});
    for (Index j = 0; za != 0 && j < count; ++j) {
        sums[j] = static_cast<Sum>(static_cast<Wrapping>(sums[j]) -
                                   zero_point * static_cast<Wrapping>(of_columns[j]));
    }
    if (sum_of_row == 0) return;
    const std::int32_t* zero_points = b.zero_points() + column;
    for (Index j = 0; j < count; ++j) {
        const auto zb = static_cast<Wrapping>(zero_points[j]);
        sums[j] = static_cast<Sum>(static_cast<Wrapping>(sums[j]) -
                                   zb * static_cast<Wrapping>(sum_of_row));
    }
}

/// The same for int32 sums that all rows share, in the way of a kernel.
inline void start_sums(const Packed& b, std::int32_t za, const std::int32_t* bias, Index column,
                       Index count, const Kernel& kernel, std::int32_t* starts) {
    if (kernel.start_sums == nullptr) {
        start_sums(b, za, 0, bias, column, count, starts);
    } else if (bias == nullptr) {
        kernel.start_sums(b.column_sums() + column, za, nullptr, 0, count, starts);
    } else {
        kernel.start_sums(b.column_sums() + column, za, bias + column,
                          std::min(count, b.n() - column), count, starts);
    }
}

}  // namespace intact::gemm
