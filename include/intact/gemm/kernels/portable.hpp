// The product kernel for any machine: plain C++, 4 x 16 tile.
#pragma once

#include <cstdint>
#include <cstring>

#include "intact/gemm/kernels/tiles.hpp"

namespace intact::gemm::portable {

inline void pack_rows(const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                      std::uint8_t flip, std::uint8_t* strip, Index strip_stride) {
    const std::uint64_t flips = flip * 0x0101010101010101U;
    for (Index i = 0; i < rows; ++i) {
        const std::uint8_t* from = codes + i * row_stride;
        std::uint8_t* to = strip + i * strip_stride;
        Index left = count;
        for (; left >= 8; left -= 8, from += 8, to += 8) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, from, sizeof(eight));
            eight ^= flips;
            std::memcpy(to, &eight, sizeof(eight));
        }
        if (left > 0) std::memset(to, 0, 8);
        for (; left > 0; --left) *to++ = static_cast<std::uint8_t>(*from++ ^ flip);
    }
}

/// Sum of four products; unsigned, so that adding it wraps.
inline std::uint32_t dot(const std::uint8_t* a, const std::int8_t* b) {
    return static_cast<std::uint32_t>(a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]);
}

template <int Rows>
inline void tile(const std::uint8_t* strip, Index strip_stride, const std::int8_t* panel,
                 [[maybe_unused]] Index panel_stride, Index groups, const std::int32_t* start,
                 std::int32_t* sums, Index sums_stride) {
    std::uint32_t sum[std::size_t{Rows}][panel_columns] = {};
    for (Index g = 0; g < groups; ++g) {
        for (Index j = 0; j < panel_columns; ++j) {
            for (Index i = 0; i < Rows; ++i) {
                sum[i][j] += dot(strip + i * strip_stride, panel + j * group);
            }
        }
        strip += group;
        panel += panel_group_bytes;
    }
    for (Index i = 0; i < Rows; ++i) {
        std::int32_t* to = sums + i * sums_stride;
        const std::int32_t* from = start != nullptr ? start : to;
        for (Index j = 0; j < panel_columns; ++j) {
            to[j] = static_cast<std::int32_t>(static_cast<std::uint32_t>(from[j]) + sum[i][j]);
        }
    }
}

inline void multiply(const Block& block) {
    static constexpr std::array tiles{TilesOfWidth<4>{1, {tile<1>, tile<2>, tile<3>, tile<4>}}};
    run_tiles(block, tiles);
}

inline constexpr Kernel kernel{.isa = simd::Isa::portable,
                               .gops = 10,
                               .rows = 4,
                               .columns = panel_columns,
                               .code_bytes = 1,
                               .pack_rows = pack_rows,
                               .multiply = multiply};

}  // namespace intact::gemm::portable
