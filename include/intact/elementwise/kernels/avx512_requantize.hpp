// Blocks of sums of products to codes with AVX-512: 8-bit codes by float32 where that decides
// (quick_codes.hpp), else by products exact in double.
#pragma once

#include "intact/elementwise/kernels/avx512_quick_codes.hpp"
#include "intact/elementwise/kernels/avx512_requantize_exactly.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::elementwise::avx512 {

/// The first `columns` columns, at most 16 * Groups, of a block.
template <std::size_t Groups, StoredCode T>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl") inline void requantize_quickly(const std::int32_t* sums,
                                                                         std::ptrdiff_t sums_stride,
                                                                         std::ptrdiff_t rows,
                                                                         std::ptrdiff_t columns,
                                                                         const double* multipliers,
                                                                         const QuickConstants& to,
                                                                         const Output& output,
                                                                         T* out,
                                                                         std::ptrdiff_t
                                                                             out_stride) {
    constexpr std::ptrdiff_t step = 4 / static_cast<std::ptrdiff_t>(Groups);  // rows
    const __mmask64 mask = ~std::uint64_t{0} >> (64 - columns);
    __m512 factors[Groups] = {};
#pragma GCC unroll 4
    for (std::size_t k = 0; k < Groups; ++k) {
        factors[k] =
            quick_multipliers(multipliers + 16 * k, static_cast<__mmask16>(mask >> (16 * k)));
    }
    const __mmask64 low = low_words();
    for (std::ptrdiff_t i = 0; i < rows; i += step) {
        const std::int32_t* from[4] = {};
        T* to_rows[4] = {};
#pragma GCC unroll 4
        for (std::ptrdiff_t r = 0; r < step; ++r) {  // rows beyond the last one repeat it
            const std::ptrdiff_t row = i + r < rows ? i + r : rows - 1;
            from[r] = sums + row * sums_stride;
            to_rows[r] = out + row * out_stride;
        }
        __m512i y[4] = {};
#pragma GCC unroll 4
        for (std::size_t k = 0; k < 4; ++k) {
            const auto lanes = static_cast<__mmask16>(mask >> (16 * (k % Groups)));
            const __m512i sum =
                _mm512_maskz_loadu_epi32(lanes, from[k / Groups] + 16 * (k % Groups));
            y[k] = quick_values(sum, factors[k % Groups], to);
        }
        if (!are_decided<4>(y, to)) [[unlikely]] {
            const std::ptrdiff_t left = rows - i < step ? rows - i : step;
            requantize_exactly<Groups>(from[0], sums_stride, left, columns, multipliers, output,
                                       to_rows[0], out_stride);
            continue;
        }
        const __m512i codes = quick_codes(y, low, to);
        store_rows<Groups, T>(to_rows, mask, codes, codes);
    }
}

template <std::size_t Groups, StoredCode T>
[[gnu::always_inline]] INTACT_TARGET(
    "avx512f,avx512bw,avx512dq,avx512vl") inline void requantize_columns(const std::int32_t* sums,
                                                                         std::ptrdiff_t sums_stride,
                                                                         std::ptrdiff_t rows,
                                                                         std::ptrdiff_t columns,
                                                                         const double* multipliers,
                                                                         const Output& output,
                                                                         T* out,
                                                                         std::ptrdiff_t
                                                                             out_stride) {
    if constexpr (sizeof(T) == 1) {
        QuickConstants to;
        set_constants(quick::output<T>(output), to);
        requantize_quickly<Groups>(sums, sums_stride, rows, columns, multipliers, to, output, out,
                                   out_stride);
    } else {
        requantize_exactly<Groups>(sums, sums_stride, rows, columns, multipliers, output, out,
                                   out_stride);
    }
}

template <StoredCode T>
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void requantize_block(
    const std::int32_t* sums, std::ptrdiff_t sums_stride, std::ptrdiff_t rows,
    std::ptrdiff_t columns, const double* multipliers, const Output& output, T* out,
    std::ptrdiff_t out_stride) {
    while (columns > 0) {
        std::ptrdiff_t width = columns;
        if (columns > 48) {
            width = columns < 64 ? columns : 64;
            requantize_columns<4>(sums, sums_stride, rows, width, multipliers, output, out,
                                  out_stride);
        } else if (columns > 16) {
            width = columns < 32 ? columns : 32;
            requantize_columns<2>(sums, sums_stride, rows, width, multipliers, output, out,
                                  out_stride);
        } else {
            requantize_columns<1>(sums, sums_stride, rows, width, multipliers, output, out,
                                  out_stride);
        }
        sums += width;
        multipliers += width;
        out += width;
        columns -= width;
    }
}

}  // namespace intact::elementwise::avx512
#endif
