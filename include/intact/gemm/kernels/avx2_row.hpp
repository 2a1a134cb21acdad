// One row times panels with AVX2: 9 operations for 64 weights, where tiles take 12, a third of them
// for widening weights, which is work that rows share. With AVX-512 those 9 are 512 bits wide and
// serve twice the weights (avx512_bw_row.hpp).
//
// Codes of the row are cut into halves of 4 bits, a = low + 16 high. vpmaddubsw sums two products
// of a half with int8 in 16 bits, at most 2 * 15 * 128 in magnitude, so that 8 of them fit before
// vpmaddwd takes them to 32 bits. Nothing saturates.
//
// Source   Intel Intrinsics Guide, _mm256_maddubs_epi16.
#pragma once

#include "intact/gemm/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <algorithm>
#include <cstring>

#include <immintrin.h>

namespace intact::gemm::avx2 {

/// Groups of a row that are cut at a time, whose halves take 64 KiB of the stack; 8 KiB where rows
/// are short. Longer rows go in pieces, and so do the panels, which come from memory at three
/// quarters of the rate then.
inline constexpr Index row_groups = 8192;
inline constexpr Index short_row_groups = 1024;

/// Groups whose products 16 bits hold.
inline constexpr Index short_groups = 8;

static_assert(short_groups * 2 * 15 * 128 <= 32767);

/// Bytes of the halves of a group: 4 low ones, then its 4 high ones.
inline constexpr Index halves_bytes = 2 * group;

/// Cuts `groups` groups of a strip of int16, in whole cache lines, as pack_rows leaves them; `to`
/// is aligned to 32 bytes.
INTACT_TARGET("avx2")
inline void cut_row(const std::uint8_t* strip, Index groups, std::uint8_t* to) {
    const __m256i mask = _mm256_set1_epi8(15);
    for (Index p = 0; p < groups * halves_bytes; p += 64) {
        const auto* words = reinterpret_cast<const __m256i*>(strip + p);
        // Groups 0 1 4 5 and 2 3 6 7, which unpacking brings in order.
        const __m256i codes =
            _mm256_packus_epi16(_mm256_loadu_si256(words), _mm256_loadu_si256(words + 1));
        const __m256i low = _mm256_and_si256(codes, mask);
        const __m256i high = _mm256_and_si256(_mm256_srli_epi16(codes, 4), mask);
        auto* out = reinterpret_cast<__m256i*>(to + p);
        _mm256_store_si256(out, _mm256_unpacklo_epi32(low, high));
        _mm256_store_si256(out + 1, _mm256_unpackhi_epi32(low, high));
    }
}

/// How far ahead of weights from beyond the second-level cache those are fetched that come next, in
/// their panel or behind it. Left to the processor that took 8 to 46 % longer (Zen 3),
/// since 16 operations come between two lines.
inline constexpr Index fetched_ahead = 2048;

/// Adds up to short_groups groups of a panel to its 16 sums.
template <bool Fetches>
[[gnu::always_inline]] INTACT_TARGET("avx2") inline void add_short(const std::uint8_t* row,
                                                                   const std::int8_t* panel,
                                                                   Index groups, __m256i* sums) {
    constexpr int reading = 0;
    constexpr int second_level = 2;
    __m256i of_low[2] = {};
    __m256i of_high[2] = {};
#pragma GCC unroll 8
    for (Index g = 0; g < groups; ++g, row += halves_bytes, panel += panel_group_bytes) {
        if constexpr (Fetches) {
            __builtin_prefetch(panel + fetched_ahead, reading, second_level);
        }
        std::int32_t four[2] = {};
        std::memcpy(&four[0], row, sizeof(four[0]));
        std::memcpy(&four[1], row + group, sizeof(four[1]));
        const __m256i a_low = _mm256_set1_epi32(four[0]);
        const __m256i a_high = _mm256_set1_epi32(four[1]);
#pragma GCC unroll 2
        for (int r = 0; r < 2; ++r) {
            __m256i columns = _mm256_load_si256(reinterpret_cast<const __m256i*>(panel + r * 32));
            INTACT_NEW_VALUE(columns);  // else it is loaded twice
            of_low[r] = _mm256_add_epi16(of_low[r], _mm256_maddubs_epi16(a_low, columns));
            of_high[r] = _mm256_add_epi16(of_high[r], _mm256_maddubs_epi16(a_high, columns));
            INTACT_NEW_VALUE(of_low[r]);
            INTACT_NEW_VALUE(of_high[r]);
        }
    }
    const __m256i one = _mm256_set1_epi16(1);
    const __m256i sixteen = _mm256_set1_epi16(16);
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r) {
        const __m256i both = _mm256_add_epi32(_mm256_madd_epi16(of_low[r], one),
                                              _mm256_madd_epi16(of_high[r], sixteen));
        sums[r] = _mm256_add_epi32(sums[r], both);
    }
}

/// sums = start + row * panel, for the halves of a row and 16 columns; `sums` may be `start`.
using MultiplyPanel = void (*)(const std::uint8_t* row, const std::int8_t* panel, Index groups,
                               const std::int32_t* start, std::int32_t* sums);

template <bool Fetches>
INTACT_TARGET("avx2")
inline void multiply_panel(const std::uint8_t* row, const std::int8_t* panel, Index groups,
                           const std::int32_t* start, std::int32_t* sums) {
    const auto* from = reinterpret_cast<const __m256i*>(start);
    __m256i sum[2] = {_mm256_loadu_si256(from), _mm256_loadu_si256(from + 1)};
    for (; groups >= short_groups; groups -= short_groups) {
        add_short<Fetches>(row, panel, short_groups, sum);
        row += short_groups * halves_bytes;
        panel += short_groups * panel_group_bytes;
    }
    add_short<Fetches>(row, panel, groups, sum);
    auto* to = reinterpret_cast<__m256i*>(sums);
    _mm256_storeu_si256(to, sum[0]);
    _mm256_storeu_si256(to + 1, sum[1]);
}

/// A block of one row, which is cut `Most` groups at a time.
template <MultiplyPanel Multiply, Index Most>
[[gnu::noinline]] inline void multiply_pieces(const Block& block) {
    alignas(32) std::uint8_t halves[std::size_t{Most * halves_bytes}];
    const std::int32_t* from = block.start != nullptr ? block.start : block.sums;
    for (Index first = 0; first == 0 || first < block.groups; first += Most) {
        const Index groups = std::min(Most, block.groups - first);
        cut_row(block.strip + first * group * 2, groups, halves);
        for (Index p = 0; p < block.panel_count; ++p) {
            Multiply(halves, block.panels + p * block.panel_stride + first * panel_group_bytes,
                     groups, from + p * panel_columns, block.sums + p * panel_columns);
        }
        from = block.sums;
    }
}

/// A block of one row, by a function for one panel.
template <MultiplyPanel Multiply>
inline void multiply_row(const Block& block) {
    if (block.groups <= short_row_groups) {
        multiply_pieces<Multiply, short_row_groups>(block);
    } else {
        multiply_pieces<Multiply, row_groups>(block);
    }
}

}  // namespace intact::gemm::avx2
#endif
