// What a product kernel is: one function that adds a block of A * B to int32 sums.
//
//   sums (rows x 16 * panel_count) += strip (rows x k) * panels (k x 16 * panel_count)
//
// Every pair of 8-bit types takes one canonical form, which leaves all differences
// (a - za)(b - zb) as they are:
//   A   uint8; signed codes have their top bit flipped, their zero point grows by 128
//   B   int8; unsigned codes have their top bit flipped, their zero point shrinks by 128
//
// Shapes   strip   [row][k], each row contiguous, code_bytes a code, readable up to a whole group;
//                  codes past k may be anything, the panels are zero there
//          panels  [panel][group][16 columns][4 codes along k], 64-byte aligned, zero padded
// Errors   none: a kernel checks nothing. Sums wrap modulo 2^32, no instruction saturates.
#pragma once

#include <cstddef>
#include <cstdint>

#include "intact/simd/isa.hpp"

namespace intact::gemm {

/// Sizes and strides, signed as in Eigen.
using Index = std::ptrdiff_t;

/// Codes along k that one 32-bit lane takes in one step.
inline constexpr Index group = 4;

/// Columns of one panel of packed weights.
inline constexpr Index panel_columns = 16;

/// Bytes of one group in a panel: one cache line.
inline constexpr Index panel_group_bytes = group * panel_columns;

/// What a kernel is given to do.
struct Block {
    const std::uint8_t* strip;  ///< first row of packed A
    Index strip_stride;         ///< bytes from one row to the next
    Index rows;                 ///< any number
    const std::int8_t* panels;  ///< first group of the first panel
    Index panel_stride;         ///< bytes from one panel to the next
    Index panel_count;          ///< any number
    Index groups;               ///< groups of 4 codes along k
    std::int32_t* sums;         ///< added to
    Index sums_stride;          ///< int32s from one row to the next
};

struct Kernel {
    simd::Isa isa;     ///< instruction set the functions are compiled for
    Index rows;        ///< rows of one register tile (mr)
    Index columns;     ///< columns of one register tile (nr)
    Index code_bytes;  ///< a code in a strip: 1 (uint8) or 2 (int16)

    /// Writes `count` 8-bit codes, each exclusive-or `flip`, to a row of a strip.
    void (*pack_row)(const std::uint8_t* codes, Index count, std::uint8_t flip,
                     std::uint8_t* strip);
    void (*multiply)(const Block& block);
};

}  // namespace intact::gemm
