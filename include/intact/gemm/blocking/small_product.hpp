// Products of few rows and columns: one block, whose rows, starts and sums lie on the stack.
//
// part.hpp cuts a product to the caches and the threads; for a few hundred sums that takes longer
// than they do. Here each instruction counts: what is not needed is not written down, and the form
// of the rows is worked out where it is used, so that it stays in registers.
#pragma once

#include <cstdint>
#include <type_traits>

#include "intact/gemm/blocking/part.hpp"
#include "intact/gemm/blocking/store_piece.hpp"

namespace intact::gemm {

namespace detail {

inline constexpr Index small_rows = 16;
inline constexpr Index small_codes = 2048;  // rows x k, as many as a kernel reads

/// Bytes of a strip of small_codes codes, 2 each, in rows of an odd number of cache lines.
inline constexpr Index small_strip_bytes = 2 * small_codes + small_rows * 2 * cache_line_bytes;

/// Packs all rows of `a`; apart, so that multiply_small() keeps their form in registers.
template <Byte T>
[[gnu::noinline]] void pack_small(const Operand<T>& a, const Kernel& kernel, std::uint8_t* strip) {
    pack_strip(CanonicalRows(a, kernel), 0, a.rows, kernel, strip, strip_stride(a.k, kernel));
}

}  // namespace detail

/// Whether multiply_small() takes the product; if so, all rows start alike.
template <Byte T>
[[nodiscard]] bool is_small(const Operand<T>& a, const Packed& b, const Kernel& kernel) noexcept {
    static_assert(detail::small_rows <= CanonicalRows::few_rows, "no row runs into the next one");
    const Index rows = round_up(a.rows, kernel.read_rows);
    return rows <= detail::small_rows && b.n() <= usual_block_columns &&
           a.k <= detail::small_codes &&
           rows * round_up(a.k, kernel.read_k) <= detail::small_codes && kernel.enter == nullptr &&
           !rows_start_apart(a, b);
}

/// The whole product, with int32 sums.
template <Byte T, Epilogue E>
[[gnu::noinline]] void multiply_small(const Operand<T>& a, const Packed& b, const E& epilogue,
                                      const Output<typename E::Output>& out, const Kernel& kernel) {
    alignas(cache_line_bytes) std::uint8_t memory[detail::small_strip_bytes];
    alignas(cache_line_bytes) std::int32_t start[usual_block_columns];
    alignas(cache_line_bytes) std::int32_t sums[detail::small_rows * usual_block_columns];
    alignas(cache_line_bytes) static constexpr std::int32_t zeros[usual_block_columns] = {};
    const CanonicalRows rows(a, kernel);
    const Index padded = round_up(b.n(), panel_columns);
    const Index last_columns = panel_columns - (padded - b.n());
    const std::int32_t* const bias = initial_sums(epilogue);
    const bool from_zero = bias == nullptr && rows.zero_point_of(0) == 0;
    if (!from_zero) start_sums(b, rows.zero_point_of(0), bias, 0, padded, kernel, start);
    const bool in_place = rows.lies_as_strip(kernel);
    if (!in_place) detail::pack_small(a, kernel, memory);
    Block block{.strip = in_place ? rows.data : memory,
                .strip_stride = in_place ? rows.row_stride : strip_stride(a.k, kernel),
                .rows = a.rows,
                .panels = b.panel(0),
                .panel_stride = b.panel_stride(),
                .panel_count = padded / panel_columns,
                .groups = (a.k + group - 1) / group,
                .start = from_zero ? zeros : start,
                .sums = sums,
                .sums_stride = padded,
                .is_signed = rows.is_signed,
                .flip = in_place ? rows.flip : std::uint8_t{0},
                .last_codes = in_place ? rows.last_codes(kernel) : group,
                .last_columns = kernel.cuts ? panel_columns : last_columns};
    if constexpr (std::is_same_v<E, Raw>) {
        const bool fits = kernel.read_rows == 1 && (b.n() == padded || kernel.cuts);
        if (out.column_stride == 1 && fits) {
            block.sums = out.data;
            block.sums_stride = out.row_stride;
            block.last_columns = last_columns;
            kernel.multiply(block);
            return;
        }
    }
    kernel.multiply(block);
    detail::store_piece(Sums<std::int32_t>{sums, padded}, {0, 0, a.rows, b.n()}, epilogue, out);
}

}  // namespace intact::gemm
