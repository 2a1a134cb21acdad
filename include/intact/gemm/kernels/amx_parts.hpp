// How sums of 2 x 2 tiles (AMX) become codes: in parts of 2 rows, from memory.
#pragma once

#include <cstdint>

#include "intact/elementwise/kernels/avx512_quick_codes.hpp"
#include "intact/gemm/kernels/amx_rows.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::amx_int8 {

/// The sums of 32 rows of two panels, in parts of 2 rows.
struct Parts {
    static constexpr Index columns = 2 * panel_columns;
    static constexpr Index rows_of_one = 2;
    static constexpr Index all = 2 * tile_rows / rows_of_one;
    static constexpr Index sums_of_one = rows_of_one * columns;
    static constexpr Index all_sums = all * sums_of_one;
};

/// What a block to codes needs in memory, for the sums of so many 2 x 2 tiles at a time.
template <int Squares>
struct CodesPlace {
    alignas(64) std::int32_t
        sums[std::size_t{Squares}][Parts::all_sums];  ///< of 2 x 2 tiles, or those at an edge
    alignas(64) float multipliers[block_columns];
    elementwise::avx512::QuickConstants constants;
};

/// Makes codes of a part of the sums of two panels, whose multipliers are `left` and `right`.
/// Returns the lanes in which float32 decides them.
[[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline __mmask16
    make_codes(const std::int32_t* sums, __m512 left, __m512 right,
               const elementwise::avx512::QuickConstants& constants, std::uint8_t* out,
               Index out_stride) {
    using elementwise::avx512::Beside;
    __m512i bits[4] = {};
#pragma GCC unroll 4
    for (int p = 0; p < 4; ++p) {
        bits[p] = elementwise::avx512::quick_bits(_mm512_load_si512(sums + p * panel_columns),
                                                  p % 2 == 0 ? left : right, constants);
    }
    const __m512i codes = elementwise::avx512::quick_codes<Beside::nothing>(bits, constants);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out),
                        _mm512_maskz_extracti64x4_epi64(0xff, codes, 0));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + out_stride),
                        _mm512_maskz_extracti64x4_epi64(0xff, codes, 1));
    return elementwise::avx512::decided_lanes<4>(bits, constants);
}

/// The sums of 2 x 2 tiles that become codes, in registers.
struct MakingCodes {
    elementwise::avx512::QuickConstants constants;
    __m512 left;
    __m512 right;
    const std::int32_t* sums;  ///< of the next part
    std::uint8_t* out;         ///< likewise
    Index out_stride;
    Index parts = Parts::all;     ///< that are left
    std::uint32_t undecided = 0;  ///< bits of those that float32 leaves open, the last one in bit 0

    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl")
        MakingCodes(const elementwise::avx512::QuickConstants& from, const float* multipliers,
                    const std::int32_t* first, std::uint8_t* to, Index to_stride)
        : constants(from),
          left(_mm512_load_ps(multipliers)),
          right(_mm512_load_ps(multipliers + panel_columns)),
          sums(first),
          out(to),
          out_stride(to_stride) {}

    /// Makes codes of Count parts, which are left.
    template <int Count>
    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void make() {
#pragma GCC unroll 2
        for (int i = 0; i < Count; ++i) {
            const __mmask16 decided = make_codes(sums, left, right, constants, out, out_stride);
            undecided = 2 * undecided + (decided == 0xffff ? 0 : 1);
            sums += Parts::sums_of_one;
            out += Parts::rows_of_one * out_stride;
            asm("" : "+r"(out));  // one register, not one for each of several parts
        }
        parts -= Count;
    }
};

}  // namespace intact::gemm::amx_int8
#endif
