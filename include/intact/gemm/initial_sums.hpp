// What the sums of a product start from, so that a kernel may ignore zero points:
//
//   sum (a - za)(b - zb) = sum ab - za * sum(b - zb) - zb * sum a,   all over p
//
// plus what the epilogue asks for. The sums of (b - zb) come from packing; those of a are only
// made if some zb differs from 0. Modulo 2^32 for int32 sums.
#pragma once

#include <cstdint>
#include <type_traits>

#include "intact/gemm/pack.hpp"
#include "intact/gemm/strip.hpp"

namespace intact::gemm {

/// The part that all rows share: bias - za * sum(b - zb), or bias alone if rows differ in za.
template <class Sum>
void shared_sums(const CanonicalRows& a, const Packed& b, const std::int32_t* bias, Sum* shared) {
    using Wrapping = std::make_unsigned_t<Sum>;
    const auto za = static_cast<Wrapping>(a.zero_points == nullptr ? a.zero_point_of(0) : 0);
    for (Index j = 0; j < b.panel_count() * panel_columns; ++j) {
        const auto start = static_cast<Wrapping>(bias == nullptr || j >= b.n() ? 0 : bias[j]);
        const auto column = static_cast<Wrapping>(b.column_sums()[j]);
        shared[j] = static_cast<Sum>(start - za * column);
    }
}

/// What the columns [column, column + count) of one row start from.
template <class Sum>
void start_row(const CanonicalRows& a, const Packed& b, Index row, std::int64_t sum_of_row,
               Index column, Index count, const Sum* shared, Sum* sums) {
    if (a.zero_points == nullptr && !b.has_zero_points()) {
        std::copy_n(shared + column, count, sums);
        return;
    }
    using Wrapping = std::make_unsigned_t<Sum>;
    const auto za = static_cast<Wrapping>(a.zero_points == nullptr ? 0 : a.zero_point_of(row));
    const auto of_row = static_cast<Wrapping>(sum_of_row);
    for (Index j = column; j < column + count; ++j) {
        const auto of_column = static_cast<Wrapping>(b.column_sums()[j]);
        const auto zb = static_cast<Wrapping>(b.zero_points()[j]);
        sums[j - column] =
            static_cast<Sum>(static_cast<Wrapping>(shared[j]) - za * of_column - zb * of_row);
    }
}

}  // namespace intact::gemm
