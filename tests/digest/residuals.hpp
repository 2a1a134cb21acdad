// The part of the digest that adds a residual, given in codes, to the sums of a product before they
// become codes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "inputs.hpp"

#include "intact/gemm/add_residual_to_sums.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/requantize_sums.hpp"

/// A multiplier of 31 random bits, at least 2^low and below 2^(high + 1).
inline double random_multiplier(Random& random, int low, int high) {
    constexpr std::int32_t lowest = std::int32_t{1} << 30;
    const auto mantissa = static_cast<double>(lowest + random.integer(0, lowest - 1));
    const auto exponent = static_cast<std::uint64_t>(1023 - 30 + random.integer(low, high));
    return mantissa * std::bit_cast<double>(exponent << 52);
}

/// Sums of m x k codes with n x k, a residual of codes R, codes of T.
template <class R, class T>
void record_residual(Record& record, Random& random, Index m, Index k, Index n) {
    using intact::elementwise::ExactRounding;
    const Params x_params{.zero_point = random.integer(0, 255)};
    const Params w_params{.zero_point = 0, .qmin = -128, .qmax = 127};
    const Params r_params{.qmin = std::numeric_limits<R>::min(),
                          .qmax = std::numeric_limits<R>::max()};
    const Params y_params{.zero_point = random.integer(0, 100),
                          .qmin = std::numeric_limits<T>::min(),
                          .qmax = std::numeric_limits<T>::max()};
    const Codes<std::uint8_t> x = random_codes<std::uint8_t>(random, m, k, x_params);
    const Codes<std::int8_t> w = random_codes<std::int8_t>(random, n, k, w_params);
    const Codes<R> residual = random_codes<R>(random, m, n, r_params);
    const std::int32_t middle = random.integer(0, 127);
    std::vector<double> of_residual;
    std::vector<double> of_sums;
    for (Index j = 0; j < n; ++j) {  // steps from far below the sums to far beyond int32
        of_residual.push_back(ExactRounding::factor(random_multiplier(random, -20, 19)));
        of_sums.push_back(ExactRounding::factor(random_multiplier(random, -24, -6)));
    }

    Codes<T> codes(m, n);
    const intact::gemm::Operand<std::uint8_t> a{
        .data = x.data(),
        .rows = m,
        .k = k,
        .row_stride = k,
        .zero_point = static_cast<std::int32_t>(x_params.zero_point)};
    const intact::gemm::Operand<std::int8_t> b{
        .data = w.data(), .rows = n, .k = k, .row_stride = k};
    const intact::gemm::AddResidualToSums epilogue{
        residual.data(), n, middle, of_residual.data(),
        intact::gemm::RequantizeSums<T>{
            .factors = of_sums.data(),
            .zero_point = static_cast<std::int32_t>(y_params.zero_point)}};
    intact::gemm::multiply(a, intact::gemm::pack(b), epilogue, codes.data(), n, 1);

    for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
            const auto column = static_cast<std::size_t>(j);
            std::int64_t sum = 0;
            for (Index p = 0; p < k; ++p) {
                sum += (std::int64_t{x(i, p)} - x_params.zero_point) * std::int64_t{w(j, p)};
            }
            const wide::Real steps = wide::product(wide::of(std::int64_t{residual(i, j)} - middle),
                                                   wide::of(of_residual[column]));
            sum = std::clamp<std::int64_t>(sum + static_cast<std::int64_t>(nearest_even(steps)),
                                           std::numeric_limits<std::int32_t>::min(),
                                           std::numeric_limits<std::int32_t>::max());
            record.add(std::int64_t{codes(i, j)},
                       wide::code_of_sum(sum, wide::of(of_sums[column]), y_params));
        }
    }
}

inline void record_residuals(Record& record) {
    Random random(12);
    record_residual<std::uint8_t, std::uint8_t>(record, random, 7, 67, 35);
    record_residual<std::int8_t, std::uint8_t>(record, random, 30, 16, 64);
    record_residual<std::uint8_t, std::uint8_t>(record, random, 67, 130, 66);
    record_residual<std::uint8_t, std::int8_t>(record, random, 1, 300, 259);
    record_residual<std::int8_t, std::int8_t>(record, random, 19, 5, 9);
}
