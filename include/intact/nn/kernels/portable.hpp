// The convolution kernels for any machine: plain C++.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "intact/nn/kernel.hpp"

namespace intact::nn::portable {

/// Adds the product of one group of codes with one group of a panel; unsigned, so that it wraps.
inline void add_group(const std::uint8_t* codes, const std::int8_t* weights, std::uint32_t* sums) {
    for (Index j = 0; j < panel_columns; ++j, weights += group_codes) {
        sums[j] += static_cast<std::uint32_t>(codes[0] * weights[0] + codes[1] * weights[1] +
                                              codes[2] * weights[2] + codes[3] * weights[3]);
    }
}

inline void convolve(const ConvolutionRow& row) {
    for (Index i = 0; i < row.count; ++i) {
        for (Index p = 0; p < row.panel_count; ++p) {
            const std::int8_t* panel = row.panels + p * row.groups * group_codes * panel_columns;
            std::int32_t* to = row.sums + (i * row.panel_count + p) * panel_columns;
            std::fill_n(to, panel_columns, std::numeric_limits<std::int32_t>::min());
            for (Index w = 0; w < row.window_count; ++w) {
                const std::uint8_t* window = row.codes + i * row.step + row.windows[w];
                std::uint32_t sums[panel_columns];
                std::copy_n(row.start + p * panel_columns, panel_columns, sums);
                for (Index g = 0; g < row.groups; ++g) {
                    add_group(window + row.offsets[g], panel + g * group_codes * panel_columns,
                              sums);
                }
                for (Index j = 0; j < panel_columns; ++j) {
                    to[j] = std::max(to[j], static_cast<std::int32_t>(sums[j]));
                }
            }
        }
    }
}

inline void convolve_depthwise(const DepthwiseRow& row) {
    for (Index first = 0; first < row.count; first += row.run) {
        const std::uint8_t* codes = row.codes + first / row.run * row.step;
        const Index length = std::min(row.run, row.count - first);
        for (Index e = 0; e < length; e += depthwise_lanes) {
            std::uint32_t sums[depthwise_lanes];
            std::copy_n(row.start + e, depthwise_lanes, sums);
            for (Index t = 0; t < row.taps; ++t) {
                const std::uint8_t* from = codes + row.offsets[t] + e;
                const std::int32_t* weights = row.weights + t * row.period + e;
                for (Index lane = 0; lane < depthwise_lanes; ++lane) {
                    sums[lane] += static_cast<std::uint32_t>(from[lane] * weights[lane]);
                }
            }
            std::copy_n(sums, depthwise_lanes, row.sums + first + e);
        }
    }
}

inline constexpr Kernels kernels{
    .isa = simd::Isa::portable, .convolve = convolve, .convolve_depthwise = convolve_depthwise};

}  // namespace intact::nn::portable
