// Sum of many codes: the row and column sums that zero points multiply.
//
//   const std::int64_t row_sum = sum_codes(row, k);
#pragma once

#include "intact/elementwise/dispatch.hpp"

namespace intact::elementwise {

/// Sum of codes[0] to codes[n - 1], exact.
template <StoredCode T>
[[nodiscard]] std::int64_t sum_codes(const T* codes, std::size_t n,
                                     const Kernels& kernels = best_kernels()) {
    return kernels.of<T>().sum(codes, n);
}

}  // namespace intact::elementwise
