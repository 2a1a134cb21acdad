// What becomes of a row of sums [output][channel]: codes or reals, all outputs at a call.
//
// Shapes   one factor, or scale and bias, a channel, repeated to whole vectors (repeated_length)
// Units    as gemm::RequantizeSums and gemm::DequantizeSums, whose results these are bit for bit
#pragma once

#include <cstdint>
#include <numeric>

#include "intact/elementwise/dequantize.hpp"
#include "intact/elementwise/requantize.hpp"
#include "intact/nn/kernel.hpp"

namespace intact::nn {

/// Where the sums of a row lie, and which channels they are.
struct SumRow {
    const std::int32_t* sums;
    Index stride;  ///< sums from one output to the next
    Index outputs;
    Index first;  ///< the first channel
    Index channels;
};

/// Length of what is repeated: whole outputs in whole vectors, unless that would be long.
[[nodiscard]] constexpr Index repeated_length(Index channels) noexcept {
    constexpr Index lanes = 16;
    constexpr Index longest = 256;
    const Index length = std::lcm(channels, lanes);
    return length <= longest ? length : channels;
}

/// Repeats the first `period` values up to `length`.
template <class T>
void repeat(T* values, Index period, Index length) noexcept {
    for (Index i = period; i < length; ++i) values[i] = values[i - period];
}

/// Cuts a row into blocks of columns that have parameters of their own:
/// visit(sums, sums_stride, rows, columns, first parameter, first output, output_stride).
template <class Visit>
void for_each_block(const SumRow& row, Index all_channels, Index period, Visit&& visit) {
    if (row.stride != all_channels || row.channels != all_channels) {
        visit(row.sums, row.stride, row.outputs, row.channels, row.first, row.first, all_channels);
        return;
    }
    const Index count = row.outputs * all_channels;
    const Index whole = count / period * period;
    visit(row.sums, period, count / period, period, Index{0}, Index{0}, period);
    if (whole < count) {
        visit(row.sums + whole, period, Index{1}, count - whole, Index{0}, whole, period);
    }
}

/// Sums to codes of type T.
template <class T>
struct CodeRow {
    using Output = T;

    Index channels;         ///< of an output
    const double* factors;  ///< [period]
    Index period;
    elementwise::Output limits;

    void store(const SumRow& row, T* out) const {
        const auto& kernels = elementwise::best_kernels();
        for_each_block(row, channels, period,
                       [&](const std::int32_t* sums, Index stride, Index rows, Index columns,
                           Index parameter, Index output, Index out_stride) {
                           elementwise::unguarded::requantize_block(
                               sums, stride, rows, columns, factors + parameter, limits,
                               out + output, out_stride, kernels);
                       });
    }
};

/// Sums to reals.
struct RealRow {
    using Output = float;

    Index channels;       ///< of an output
    const float* scales;  ///< [period]
    const float* bias;    ///< [period]
    Index period;
    const float* limits;  ///< two reals that cut, or nullptr

    void store(const SumRow& row, float* out) const {
        const auto& kernels = elementwise::best_kernels();
        for_each_block(row, channels, period,
                       [&](const std::int32_t* sums, Index stride, Index rows, Index columns,
                           Index parameter, Index output, Index out_stride) {
                           kernels.dequantize_sums_block(sums, stride, rows, columns,
                                                         scales + parameter, bias + parameter,
                                                         limits, out + output, out_stride);
                       });
    }
};

}  // namespace intact::nn
