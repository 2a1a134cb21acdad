// The product kernel for any machine: plain C++, 4 x 16 tile.
#pragma once

#include <cstdint>
#include <cstring>

#include "intact/gemm/kernel.hpp"

namespace intact::gemm::portable {

inline constexpr int rows = 4;

inline void pack_row(const std::uint8_t* codes, Index count, std::uint8_t flip,
                     std::uint8_t* strip) {
    const std::uint64_t flips = flip * 0x0101010101010101U;
    for (; count >= 8; count -= 8, codes += 8, strip += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, codes, sizeof(eight));
        eight ^= flips;
        std::memcpy(strip, &eight, sizeof(eight));
    }
    for (; count > 0; --count) *strip++ = static_cast<std::uint8_t>(*codes++ ^ flip);
}

/// Sum of four products; unsigned, so that adding it wraps.
inline std::uint32_t dot(const std::uint8_t* a, const std::int8_t* b) {
    return static_cast<std::uint32_t>(a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]);
}

template <int Rows>
inline void tile(const Block& block, Index row, const std::int8_t* panel, std::int32_t* sums) {
    const std::uint8_t* strip = block.strip + row * block.strip_stride;
    std::uint32_t sum[std::size_t{Rows}][panel_columns] = {};
    for (Index g = 0; g < block.groups; ++g) {
        for (Index j = 0; j < panel_columns; ++j) {
            for (Index i = 0; i < Rows; ++i) {
                sum[i][j] += dot(strip + i * block.strip_stride, panel + j * group);
            }
        }
        strip += group;
        panel += panel_group_bytes;
    }
    for (Index i = 0; i < Rows; ++i) {
        std::int32_t* to = sums + (row + i) * block.sums_stride;
        for (Index j = 0; j < panel_columns; ++j) {
            to[j] = static_cast<std::int32_t>(static_cast<std::uint32_t>(to[j]) + sum[i][j]);
        }
    }
}

inline void multiply(const Block& block) {
    for (Index p = 0; p < block.panel_count; ++p) {
        const std::int8_t* panel = block.panels + p * block.panel_stride;
        std::int32_t* sums = block.sums + p * panel_columns;
        Index row = 0;
        for (; row + rows <= block.rows; row += rows) tile<rows>(block, row, panel, sums);
        for (; row < block.rows; ++row) tile<1>(block, row, panel, sums);
    }
}

inline constexpr Kernel kernel{.isa = simd::Isa::portable,
                               .rows = rows,
                               .columns = panel_columns,
                               .code_bytes = 1,
                               .pack_row = pack_row,
                               .multiply = multiply};

}  // namespace intact::gemm::portable
