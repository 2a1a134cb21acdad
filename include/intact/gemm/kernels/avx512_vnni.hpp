// The product kernel for AVX-512 VNNI: vpdpbusd adds four uint8 x int8 products to each 32-bit
// lane. Exact: it does not saturate (vpdpbusds would). The tile is 12 rows x 2 panels.
//
// Source   Intel Intrinsics Guide, _mm512_dpbusd_epi32.
#pragma once

#include "intact/gemm/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::avx512_vnni {

INTACT_TARGET("avx512f,avx512bw,avx512vnni")
inline void pack_row(const std::uint8_t* codes, Index count, std::uint8_t flip,
                     std::uint8_t* strip) {
    const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
    for (; count >= 64; count -= 64, codes += 64, strip += 64) {
        _mm512_storeu_si512(strip, _mm512_xor_si512(_mm512_loadu_si512(codes), flips));
    }
    for (; count > 0; --count) *strip++ = static_cast<std::uint8_t>(*codes++ ^ flip);
}

/// Adds the product of Rows rows and Panels panels to `sums`.
template <int Rows, int Panels>
INTACT_TARGET("avx512f,avx512bw,avx512vnni")
inline void tile(const Block& block, Index first_row, Index first_panel) {
    const std::uint8_t* strip = block.strip + first_row * block.strip_stride;
    const std::int8_t* panel = block.panels + first_panel * block.panel_stride;
    const Index strip_stride = block.strip_stride;
    const Index panel_stride = block.panel_stride;
    std::int32_t* sums = block.sums + first_row * block.sums_stride + first_panel * panel_columns;
    const Index sums_stride = block.sums_stride;
    __m512i sum[std::size_t{Rows * Panels}];
#pragma GCC unroll 12
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 2
        for (int p = 0; p < Panels; ++p) {
            sum[i * Panels + p] = _mm512_loadu_si512(sums + i * sums_stride + p * panel_columns);
        }
    }
    for (Index g = 0; g < block.groups; ++g) {
        __m512i columns[std::size_t{Panels}];
#pragma GCC unroll 2
        for (int p = 0; p < Panels; ++p) columns[p] = _mm512_load_si512(panel + p * panel_stride);
#pragma GCC unroll 12
        for (int i = 0; i < Rows; ++i) {
            std::int32_t four = 0;
            std::memcpy(&four, strip + i * strip_stride, sizeof(four));
            const __m512i row = _mm512_set1_epi32(four);
#pragma GCC unroll 2
            for (int p = 0; p < Panels; ++p) {
                __m512i& to = sum[i * Panels + p];
                to = _mm512_dpbusd_epi32(to, row, columns[p]);
            }
        }
        strip += group;
        panel += panel_group_bytes;
    }
#pragma GCC unroll 12
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 2
        for (int p = 0; p < Panels; ++p) {
            _mm512_storeu_si512(sums + i * sums_stride + p * panel_columns, sum[i * Panels + p]);
        }
    }
}

/// All rows of Panels panels.
template <int Panels>
inline void column(const Block& block, Index panel) {
    Index row = 0;
    for (; row + 12 <= block.rows; row += 12) tile<12, Panels>(block, row, panel);
    for (; row + 4 <= block.rows; row += 4) tile<4, Panels>(block, row, panel);
    for (; row + 2 <= block.rows; row += 2) tile<2, Panels>(block, row, panel);
    for (; row < block.rows; ++row) tile<1, Panels>(block, row, panel);
}

inline void multiply(const Block& block) {
    Index panel = 0;
    for (; panel + 2 <= block.panel_count; panel += 2) column<2>(block, panel);
    for (; panel < block.panel_count; ++panel) column<1>(block, panel);
}

inline constexpr Kernel kernel{.isa = simd::Isa::avx512_vnni,
                               .rows = 12,
                               .columns = 2 * panel_columns,
                               .code_bytes = 1,
                               .pack_row = pack_row,
                               .multiply = multiply};

}  // namespace intact::gemm::avx512_vnni
#endif
