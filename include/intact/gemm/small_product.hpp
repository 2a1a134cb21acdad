// Products of few rows and columns: one block, whose rows, starts and sums lie on the stack.
//
// part.hpp cuts a product to the caches and the threads; for a few hundred sums that takes longer
// than they do.
#pragma once

#include <cstdint>
#include <type_traits>

#include "intact/gemm/part.hpp"

namespace intact::gemm {

namespace detail {

inline constexpr Index small_rows = 16;
inline constexpr Index small_strip_bytes = 4096;

}  // namespace detail

/// Whether multiply_small() takes the product.
[[nodiscard]] inline bool is_small(const CanonicalRows& a, const Packed& b,
                                   const Kernel& kernel) noexcept {
    static_assert(detail::small_rows <= CanonicalRows::few_rows, "no row runs into the next one");
    return a.rows <= detail::small_rows && b.n() <= usual_block_columns &&
           kernel.enter == nullptr &&
           round_up(a.rows, kernel.read_rows) * strip_stride(a.k, kernel) <=
               detail::small_strip_bytes &&
           !rows_start_apart(a, b);
}

/// The whole product, with int32 sums.
template <Epilogue E>
[[gnu::noinline]] void multiply_small(const CanonicalRows& a, const Packed& b, const E& epilogue,
                                      const Output<typename E::Output>& out, const Kernel& kernel) {
    alignas(cache_line_bytes) std::uint8_t memory[detail::small_strip_bytes];
    alignas(cache_line_bytes) std::int32_t start[usual_block_columns];
    alignas(cache_line_bytes) std::int32_t sums[detail::small_rows * usual_block_columns];
    const Index padded = round_up(b.n(), panel_columns);
    // As take_strip(), which divides.
    Strip strip{a.data, a.row_stride, a.rows, a.flip, a.last_codes(kernel)};
    if (!a.lies_as_strip(kernel)) {
        strip = {memory, strip_stride(a.k, kernel), a.rows, 0, group};
        pack_strip(a, 0, a.rows, kernel, memory, strip.stride);
    }
    start_sums(b, a.zero_point_of(0), 0, initial_sums(epilogue), 0, padded, start);
    Block block{.strip = strip.codes,
                .strip_stride = strip.stride,
                .rows = a.rows,
                .panels = b.panel(0),
                .panel_stride = b.panel_stride(),
                .panel_count = padded / panel_columns,
                .groups = (a.k + group - 1) / group,
                .start = start,
                .sums = sums,
                .sums_stride = padded,
                .is_signed = a.is_signed,
                .flip = strip.flip,
                .last_codes = strip.last_codes};
    if constexpr (std::is_same_v<E, Raw>) {
        const bool fits = kernel.read_rows == 1 && (b.n() == padded || kernel.cuts);
        if (out.column_stride == 1 && fits) {
            block.sums = out.data;
            block.sums_stride = out.row_stride;
            block.last_columns = panel_columns - (padded - b.n());
            kernel.multiply(block);
            return;
        }
    }
    kernel.multiply(block);
    detail::store_piece(Sums<std::int32_t>{sums, padded}, {0, 0, a.rows, b.n()}, epilogue, out);
}

}  // namespace intact::gemm
