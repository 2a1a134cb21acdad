// What a convolution kernel is: plain functions that turn one row of outputs into sums, straight
// from the image, without columns in between.
//
// Canonical codes, as in products of matrices: images uint8, weights int8, the zero points of both
// in what the sums start from. Only final sums must fit in int32, on the way they may wrap.
//
// Shapes   images [height, width, channels]; every pointer may be read up to a vector beyond its
//          last code or weight, sums may be written up to 15 beyond the last one
// Errors   none: a kernel checks nothing
#pragma once

#include <cstddef>
#include <cstdint>

#include "intact/simd/isa.hpp"

namespace intact::nn {

/// Sizes and strides, signed as in Eigen.
using Index = std::ptrdiff_t;

/// Codes that one 32-bit lane takes in one step, and output channels of one panel of weights.
inline constexpr Index group_codes = 4;
inline constexpr Index panel_columns = 16;

/// Output channels that a depthwise kernel makes in one step; periods are multiples of it.
inline constexpr Index depthwise_lanes = 16;

/// Outputs in a row of a convolution. Each is the largest of the sums of its windows, one window
/// without pooling:
///
///   max over w of start[j] + sum over g, c of
///       codes[i * step + windows[w] + offsets[g] + c] * panels[j / 16][g][j % 16][c]
struct ConvolutionRow {
    const std::uint8_t* codes;  ///< where the first output's first window begins
    Index step;                 ///< codes from one output to the next
    Index count;                ///< outputs
    const Index* windows;       ///< where the windows of an output begin
    Index window_count;
    const Index* offsets;  ///< where the groups of 4 codes of a window lie
    Index groups;
    const std::int8_t* panels;  ///< [panel][group][16 columns][4 codes], zero padded
    Index panel_count;
    const std::int32_t* start;  ///< [panel][16 columns]
    std::int32_t* sums;         ///< [output][panel][16 columns]
};

/// Outputs in a row of a depthwise convolution, in runs that use the same weights:
///
///   sums[r * run + e] = start[e] + sum over t of
///       codes[r * step + offsets[t] + e] * weights[t * period + e],   e in [0, run)
struct DepthwiseRow {
    const std::uint8_t* codes;  ///< first tap of the first output
    Index step;                 ///< codes from one run to the next
    Index run;                  ///< sums of one run
    Index count;                ///< sums in all; the last run may be short
    const Index* offsets;       ///< where the taps lie
    Index taps;
    const std::int32_t* weights;  ///< [tap][period], in [-255, 255]: code less zero point
    const std::int32_t* start;    ///< [period]
    Index period;                 ///< a multiple of 16, at least `run`
    std::int32_t* sums;           ///< [run][channel]
};

struct Kernels {
    simd::Isa isa;  ///< instruction set the functions are compiled for
    void (*convolve)(const ConvolutionRow& row);
    void (*convolve_depthwise)(const DepthwiseRow& row);
};

}  // namespace intact::nn
