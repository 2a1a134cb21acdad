// How sums of 2 x 2 tiles (AMX) become codes: in parts of 4 rows, from memory.
//
// While tile instructions are under way, only one of the two vector pipes does arithmetic of floats
// (measured: conversions, fused products, also multiplication of integers), shifts and minima; a
// tile store takes the other one for 16 cycles. So what counts are operations on the first pipe, 25
// for a part: nothing here shifts, and what float32 leaves undecided is tested vector by vector,
// into one mask.
#pragma once

#include <cstdint>

#include "intact/elementwise/kernels/avx512_quick_codes.hpp"
#include "intact/gemm/kernels/amx_rows.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::amx_int8 {

/// The sums of 32 rows of two panels, in parts of 4 rows.
struct Parts {
    static constexpr Index columns = 2 * panel_columns;
    static constexpr Index rows_of_one = 4;
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

/// The sums of 2 x 2 tiles that become codes, in registers.
struct MakingCodes {
    elementwise::avx512::QuickConstants constants;
    __mmask64 low;  ///< low_words()
    __m512i order;  ///< brings pairs of codes back into the order of the sums
    __m512 left;    ///< multipliers of the two panels
    __m512 right;
    const std::int32_t* sums;  ///< of the next part
    std::uint8_t* out;         ///< likewise
    Index out_stride;
    Index parts = Parts::all;     ///< that are left
    std::uint32_t undecided = 0;  ///< bits of those that float32 leaves open, the last one in bit 0

    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")
        MakingCodes(const elementwise::avx512::QuickConstants& from, const float* multipliers,
                    const std::int32_t* first, std::uint8_t* to, Index to_stride)
        : constants(from),
          low(elementwise::avx512::low_words()),
          order(_mm512_load_si512(order_of_pairs)),
          left(_mm512_load_ps(multipliers)),
          right(_mm512_load_ps(multipliers + panel_columns)),
          sums(first),
          out(to),
          out_stride(to_stride) {}

    /// Makes codes of Count parts, which are left.
    template <int Count>
    [[gnu::always_inline]] INTACT_TARGET(
        "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void make() {
#pragma GCC unroll 2
        for (int i = 0; i < Count; ++i) {
            __mmask16 decided = 0xffff;
            make_two_rows(decided);
            make_two_rows(decided);
            undecided = 2 * undecided + (decided == 0xffff ? 0 : 1);
        }
        parts -= Count;
    }

private:
    [[gnu::always_inline]] INTACT_TARGET(
        "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void make_two_rows(__mmask16& decided) {
        __m512i y[4] = {};
#pragma GCC unroll 4
        for (int p = 0; p < 4; ++p) {
            y[p] = elementwise::avx512::quick_values(_mm512_load_si512(sums + p * panel_columns),
                                                     p % 2 == 0 ? left : right, constants);
            decided = _mm512_mask_test_epi32_mask(decided, y[p], constants.undecided);
        }
        const __m512i codes = _mm512_maskz_permutexvar_epi8(
            ~__mmask64{0}, order, elementwise::avx512::quick_code_pairs(y, low, constants));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out),
                            _mm512_maskz_extracti64x4_epi64(0xff, codes, 0));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + out_stride),
                            _mm512_maskz_extracti64x4_epi64(0xff, codes, 1));
        sums += 2 * Parts::columns;
        out += 2 * out_stride;
        asm("" : "+r"(out));  // one register, not one for each of several parts
    }

    alignas(64) static constexpr std::uint8_t order_of_pairs[64] = {
        0, 2,  4,  6,  16, 18, 20, 22, 32, 34, 36, 38, 48, 50, 52, 54,  // first panel, first row
        1, 3,  5,  7,  17, 19, 21, 23, 33, 35, 37, 39, 49, 51, 53, 55,
        8, 10, 12, 14, 24, 26, 28, 30, 40, 42, 44, 46, 56, 58, 60, 62,
        9, 11, 13, 15, 25, 27, 29, 31, 41, 43, 45, 47, 57, 59, 61, 63};
};

}  // namespace intact::gemm::amx_int8
#endif
