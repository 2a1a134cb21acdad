// The definition of the product, for tests and readers:
//
//   sum(i, j) = sum over p of (a(i, p) - za(i)) * (b(j, p) - zb(j))
//
// in int64, which no sum of 8- or 16-bit codes leaves.
#pragma once

#include <cstdint>

#include "intact/gemm/operand.hpp"

namespace intact::gemm {

/// One sum of the product of `a` [m, k] with the transpose of `b` [n, k].
template <ByteOrWord A, ByteOrWord B>
[[nodiscard]] std::int64_t reference_sum(const Operand<A>& a, const Operand<B>& b, Index i,
                                         Index j) {
    std::int64_t sum = 0;
    for (Index p = 0; p < a.k; ++p) {
        const std::int64_t left =
            a.data[i * a.row_stride + p * a.column_stride] - a.zero_point_of(i);
        const std::int64_t right =
            b.data[j * b.row_stride + p * b.column_stride] - b.zero_point_of(j);
        sum += left * right;
    }
    return sum;
}

}  // namespace intact::gemm
