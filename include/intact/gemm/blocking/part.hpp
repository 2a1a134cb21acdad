// One part of a product, as one thread works it out: strips, blocks, steps (sizes.hpp).
//
// The epilogue of a step runs behind the kernel call of the next one, or within it where the kernel
// runs errands and the epilogue allows it, so that the processor has both under way at a time; two
// sets of sums take turns. Where the kernel itself makes codes of the sums, none is left to run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>

#include "intact/gemm/blocking/block_product.hpp"
#include "intact/gemm/blocking/initial_sums.hpp"
#include "intact/gemm/blocking/store_piece.hpp"
#include "intact/gemm/pack.hpp"
#include "intact/gemm/workspace.hpp"
#include "intact/simd/cache.hpp"

namespace intact::gemm {

/// Rows and columns of the product; columns begin at a whole block.
struct Part {
    Index row;
    Index rows;
    Index column;
    Index columns;
};

namespace detail {

/// Panels of the block that follows the one which ends before `column`, in the next strip behind
/// the last column of the part; none behind the last block of the last strip.
inline std::span<const std::int8_t> panels_after(const Packed& b, const Part& part, Index column,
                                                 bool is_last_strip, Index most_columns) {
    const Index end = part.column + part.columns;
    if (column >= end && is_last_strip) return {};
    const Index next = column < end ? column : part.column;
    const Index panels =
        round_up(std::min(most_columns, end - next), panel_columns) / panel_columns;
    return {b.panel(next / panel_columns), static_cast<std::size_t>(panels * b.panel_stride())};
}

}  // namespace detail

/// Works out a part with int32 or int64 sums.
template <class Sum, Epilogue E>
[[gnu::noinline]] void multiply_part(const CanonicalRows& a, const Packed& b, const E& epilogue,
                                     const Output<typename E::Output>& out, const Part& part,
                                     const Kernel& kernel, Workspace& workspace) {
    constexpr bool is_wide = !std::is_same_v<Sum, std::int32_t>;
    const bool is_raw = !is_wide && std::is_same_v<E, Raw> && out.column_stride == 1;
    // A tile's rows at least: blocks of fewer are wider than a kernel makes codes of.
    const bool to_codes = QuickEpilogue<E> && !is_wide && kernel.multiply_to_codes != nullptr &&
                          out.column_stride == 1 && part.rows >= kernel.rows;
    // Columns apart are stored in longer runs where a step is stored as a whole.
    const bool as_errand =
        kernel.runs_errands && InterleavedEpilogue<E> && !is_wide && out.column_stride == 1;
    const bool apart = rows_start_apart(a, b);
    const Index groups = (a.k + group - 1) / group;
    const Index most_groups = piece_groups(groups, row_stride_of(a, kernel), kernel);
    // Then the sums of a step have no place here, of which there may be any number.
    const bool keeps_sums = to_codes && kernel.passes_panels && !apart && groups <= most_groups;
    const Index part_panels = round_up(part.columns, panel_columns) / panel_columns;
    const Index panels_bytes = part_panels * b.panel_stride();
    const bool is_far = panels_bytes > simd::cache_sizes().l2;
    const bool panels_stay = panels_bytes <= simd::cache_sizes().l2 / 2;
    const std::int32_t* const bias = initial_sums(epilogue);
    const Index most_columns = columns_of_block(part.rows, a.k, kernel, keeps_sums);
    auto* const memory = workspace.reserve<std::uint8_t>(strip_bytes(a, part.rows, kernel));

    alignas(cache_line_bytes) Sum sums[2][most_step_sums];
    alignas(cache_line_bytes) std::int32_t start[block_columns];
    detail::Pending<Sum, E> pending(epilogue, out);
    int turn = 0;
    const KernelScope scope(kernel);

    Index rows = 0;
    for (Index row = part.row; row < part.row + part.rows; row += rows) {
        const Strip strip = take_strip(a, row, part.row + part.rows, kernel, memory, panels_stay);
        rows = strip.rows();
        Index packed = 0;
        for (Index column = part.column; column < part.column + part.columns;
             column += most_columns) {
            const Index columns = std::min(most_columns, part.column + part.columns - column);
            const Index padded = round_up(columns, panel_columns);
            const Index last_columns = panel_columns - (padded - columns);
            Index most_step = step_rows(rows, padded, kernel, keeps_sums);
            if (to_codes && !kernel.passes_panels) {
                most_step = std::min(most_step, most_code_rows / kernel.rows * kernel.rows);
            }
            const bool is_first = column == part.column;
            std::span<const std::int8_t> ahead;  // of one step: tiles fetch what is behind theirs
            if (kernel.fetches_ahead && !panels_stay && rows > most_step) {
                const bool is_last = row + rows == part.row + part.rows;
                ahead = detail::panels_after(b, part, column + columns, is_last, most_columns);
            } else if (kernel.fetches_ahead && panels_stay && is_first &&
                       strip.in_place.rows == 0) {
                ahead = rows_in_memory(a, row + rows, rows, part.row + part.rows);
            }
            if constexpr (!is_wide) {
                if (!apart) start_sums(b, a.zero_point_of(0), bias, column, padded, kernel, start);
            }
            Index piece_rows = 0;
            for (Index step = 0; step < rows; step += piece_rows) {
                const StripRows from = strip.from(step);
                piece_rows = std::min(most_step, from.rows);
                if (is_first) {
                    packed = pack_upto(a, row, strip, packed, step + piece_rows, kernel);
                }
                const Piece piece{row + step, column, piece_rows, columns};
                Sum* to = sums[turn];
                Index to_stride = padded;
                for (Index i = 0; (apart || is_wide) && i < piece.rows; ++i) {
                    const Index at = piece.row + i;
                    const std::int64_t of_row = b.has_zero_points() ? row_sum(a, at) : 0;
                    start_sums(b, a.zero_point_of(at), of_row, bias, column, padded,
                               to + i * padded);
                }
                Block block{.strip = from.codes,
                            .strip_stride = from.stride,
                            .rows = piece.rows,
                            .panels = b.panel(column / panel_columns),
                            .panel_stride = b.panel_stride(),
                            .panel_count = padded / panel_columns,
                            .groups = groups,
                            .start = nullptr,
                            .sums = nullptr,
                            .sums_stride = padded,
                            .is_signed = a.is_signed,
                            .flip = from.flip,
                            .last_codes =
                                piece.rows < from.rows && a.rows_adjoin() ? group : from.last_codes,
                            .last_columns = kernel.cuts ? panel_columns : last_columns,
                            .is_far = is_far};
                if (!ahead.empty()) detail::fetch_ahead(block, ahead, step, rows);
                if constexpr (is_wide) {
                    detail::add_product(block, kernel, to);
                } else {
                    const bool to_output = is_raw && !apart && (columns == padded || kernel.cuts) &&
                                           (piece.rows & (kernel.read_rows - 1)) == 0;
                    if constexpr (std::is_same_v<E, Raw>) {
                        if (to_output) {
                            to = out.at(piece.row, column);
                            to_stride = out.row_stride;
                            block.last_columns = last_columns;
                        }
                    }
                    // Rows of one tile share no panels with others.
                    const bool is_one =
                        piece.rows <= (kernel.passes_panels ? kernel.read_rows : kernel.rows);
                    const Index most = is_one ? groups : most_groups;
                    block.start = apart ? nullptr : start;
                    block.sums = to;
                    block.sums_stride = to_stride;
                    if constexpr (QuickEpilogue<E>) {
                        if (to_codes) {
                            detail::store_codes(block, most, piece, epilogue, out, kernel);
                            continue;
                        }
                    }
                    const Errand errand = pending.errand();
                    if (as_errand && pending.is_there()) block.errand = &errand;
                    detail::add_product(block, most, kernel);
                    if (as_errand) pending.drop();
                    if (to_output) continue;
                }
                pending.store();
                pending.set({to, to_stride}, piece);
                turn = 1 - turn;
            }
        }
    }
    pending.store();
}

}  // namespace intact::gemm
