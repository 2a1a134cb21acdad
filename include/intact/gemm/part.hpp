// One part of a product, as one thread works it out: strips, blocks, steps (blocking.hpp).
//
// The epilogue of a step runs behind the kernel call of the next one, or within it where the kernel
// runs errands, so that the processor has both under way at a time; two sets of sums take turns.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <type_traits>

#include "intact/gemm/epilogue.hpp"
#include "intact/gemm/initial_sums.hpp"
#include "intact/gemm/store_piece.hpp"
#include "intact/gemm/workspace.hpp"

namespace intact::gemm {

/// Rows and columns of the product; columns begin at a whole block.
struct Part {
    Index row;
    Index rows;
    Index column;
    Index columns;
};

namespace detail {

/// Works out the int32 sums of a block, a piece of k at a time where rows share the panels. Uses
/// the block up: a copy would be read before what it is made of has left the store buffer, and the
/// processor would wait for that with all that it has under way. With `codes` the kernel makes
/// codes of the sums; returns the rows that it leaves.
inline std::uint64_t add_product(Block& block, const Kernel& kernel, const Codes* codes = nullptr) {
    Index left = block.groups;
    const Index most = block.rows <= kernel.rows ? left : piece_groups(kernel);
    const std::int8_t* const ahead_end = block.ahead + block.ahead_bytes;
    if (left > most) {
        block.ahead_bytes = round_up(block.ahead_bytes * most / left, panel_group_bytes);
    }
    const Index last_codes = block.last_codes;
    std::uint64_t undecided = 0;
    do {
        block.groups = std::min(left, most);
        block.last_codes = left <= most ? last_codes : group;
        block.ahead_bytes = std::min(block.ahead_bytes, ahead_end - block.ahead);
        if (codes != nullptr && left <= most) {
            undecided = kernel.multiply_to_codes(block, *codes);
        } else {
            kernel.multiply(block);
        }
        block.start = nullptr;
        block.errand = nullptr;
        block.ahead += block.ahead_bytes;
        block.strip += most * group * kernel.code_bytes;
        block.panels += most * panel_group_bytes;
        left -= most;
    } while (left > 0);
    return undecided;
}

/// Works out the codes of a block, in the kernel where that decides; uses the block up.
template <QuickEpilogue E, class T = typename E::Output>
void store_codes(Block& block, const Piece& piece, const E& epilogue, const Output<T>& out,
                 const Kernel& kernel) {
    const Codes codes{.output = epilogue.quick_output(),
                      .multipliers = epilogue.factors + piece.column,
                      .out = reinterpret_cast<std::uint8_t*>(out.at(piece.row, piece.column)),
                      .out_stride = out.row_stride,
                      .columns = piece.columns};
    const Sums<std::int32_t> sums{block.sums, block.sums_stride};
    std::uint64_t undecided = add_product(block, kernel, &codes);
    for (; undecided != 0; undecided &= undecided - 1) {
        const Index i = std::countr_zero(undecided);
        const Piece row{piece.row + i, piece.column, 1, piece.columns};
        store_piece(Sums<std::int32_t>{sums.row(i), 0}, row, epilogue, out);
    }
}

/// Adds the product of a block to int64 sums of the same stride.
inline void add_product(Block block, const Kernel& kernel, std::int64_t* sums) {
    static constexpr std::int32_t zeros[block_columns] = {};
    alignas(cache_line_bytes) std::int32_t piece_sums[most_step_sums];
    block.start = zeros;
    block.sums = piece_sums;
    const Index most = piece_groups(kernel);
    const Index last_codes = block.last_codes;
    for (Index left = block.groups; left > 0; left -= most) {
        block.groups = std::min(left, most);
        block.last_codes = left <= most ? last_codes : group;
        kernel.multiply(block);
        for (Index i = 0; i < block.rows * block.sums_stride; ++i) sums[i] += piece_sums[i];
        block.strip += most * group * kernel.code_bytes;
        block.panels += most * panel_group_bytes;
    }
}

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

/// Gives one of the steps over a block its share of `panels`, to be fetched on the way.
inline void fetch_ahead(Block& block, std::span<const std::int8_t> panels, Index step,
                        Index steps) {
    const Index share = round_up((std::ssize(panels) + steps - 1) / steps, panel_group_bytes);
    const Index from = std::min(step * share, std::ssize(panels));
    block.ahead = panels.data() + from;
    block.ahead_bytes = std::min(share, std::ssize(panels) - from);
}

}  // namespace detail

/// Works out a part with int32 or int64 sums.
template <class Sum, Epilogue E>
[[gnu::noinline]] void multiply_part(const CanonicalRows& a, const Packed& b, const E& epilogue,
                                     const Output<typename E::Output>& out, const Part& part,
                                     const Kernel& kernel, Workspace& workspace) {
    constexpr bool is_wide = !std::is_same_v<Sum, std::int32_t>;
    // Rows of a tile that start at the same place of a 4 KiB page would push each other out.
    const bool collides = kernel.read_rows > 1 && out.row_stride % 256 == 0;
    const bool is_raw = !is_wide && std::is_same_v<E, Raw> && out.column_stride == 1 && !collides;
    // A tile's rows at least: blocks of fewer are wider than a kernel makes codes of.
    const bool to_codes = QuickEpilogue<E> && !is_wide && kernel.multiply_to_codes != nullptr &&
                          out.column_stride == 1 && part.rows >= kernel.rows;
    const bool on_the_way = kernel.runs_errands && InterleavedEpilogue<E> && !is_wide;
    const bool apart = rows_start_apart(a, b);
    const std::int32_t* const bias = initial_sums(epilogue);
    const Index most_columns = columns_of_block(part.rows, a.k, kernel);
    auto* const memory = workspace.reserve<std::uint8_t>(strip_bytes(a, part.rows, kernel));

    alignas(cache_line_bytes) Sum sums[2][most_step_sums];
    alignas(cache_line_bytes) Sum start[block_columns];
    detail::Pending<Sum, E> pending{&epilogue, &out};
    int turn = 0;
    const KernelScope scope(kernel);

    Index rows = 0;
    for (Index row = part.row; row < part.row + part.rows; row += rows) {
        const Strip strip = take_strip(a, row, part.row + part.rows, kernel, memory);
        rows = strip.rows;
        for (Index column = part.column; column < part.column + part.columns;
             column += most_columns) {
            const Index columns = std::min(most_columns, part.column + part.columns - column);
            const Index padded = round_up(columns, panel_columns);
            Index most_step = step_rows(rows, padded, a.k, kernel);
            if constexpr (QuickEpilogue<E>) {
                if (to_codes) {
                    most_step = std::min(most_step, most_code_rows / kernel.rows * kernel.rows);
                }
            }
            std::span<const std::int8_t> ahead;
            if (kernel.fetches_ahead && rows > most_step) {
                const bool is_last = row + rows == part.row + part.rows;
                ahead = detail::panels_after(b, part, column + columns, is_last, most_columns);
            }
            if (!apart) start_sums(b, a.zero_point_of(0), 0, bias, column, padded, start);
            for (Index step = 0; step < rows; step += most_step) {
                const Piece piece{row + step, column, std::min(most_step, rows - step), columns};
                Sum* to = sums[turn];
                Index to_stride = padded;
                for (Index i = 0; (apart || is_wide) && i < piece.rows; ++i) {
                    const Index at = piece.row + i;
                    const std::int64_t of_row = b.has_zero_points() ? row_sum(a, at) : 0;
                    start_sums(b, a.zero_point_of(at), of_row, bias, column, padded,
                               to + i * padded);
                }
                Block block{.strip = strip.codes + step * strip.stride,
                            .strip_stride = strip.stride,
                            .rows = piece.rows,
                            .panels = b.panel(column / panel_columns),
                            .panel_stride = b.panel_stride(),
                            .panel_count = padded / panel_columns,
                            .groups = (a.k + group - 1) / group,
                            .start = nullptr,
                            .sums = nullptr,
                            .sums_stride = padded,
                            .is_signed = a.is_signed,
                            .flip = strip.flip,
                            .last_codes = step + piece.rows < rows && a.rows_adjoin()
                                              ? group
                                              : strip.last_codes};
                if (!ahead.empty()) {
                    detail::fetch_ahead(block, ahead, step / most_step,
                                        (rows + most_step - 1) / most_step);
                }
                if constexpr (is_wide) {
                    detail::add_product(block, kernel, to);
                } else {
                    const bool to_output = is_raw && !apart && (columns == padded || kernel.cuts) &&
                                           (piece.rows & (kernel.read_rows - 1)) == 0;
                    if constexpr (std::is_same_v<E, Raw>) {
                        if (to_output) {
                            to = out.at(piece.row, column);
                            to_stride = out.row_stride;
                            block.last_columns = panel_columns - (padded - columns);
                        }
                    }
                    block.start = apart ? nullptr : start;
                    block.sums = to;
                    block.sums_stride = to_stride;
                    if constexpr (QuickEpilogue<E>) {
                        if (to_codes) {
                            detail::store_codes(block, piece, epilogue, out, kernel);
                            continue;
                        }
                    }
                    const Errand errand = pending.errand();
                    if (on_the_way && pending.is_there()) block.errand = &errand;
                    detail::add_product(block, kernel);
                    if (on_the_way) pending.sums.data = nullptr;
                    if (to_output) continue;
                }
                pending.store();
                pending.sums = {to, to_stride};
                pending.piece = piece;
                turn = 1 - turn;
            }
        }
    }
    pending.store();
}

}  // namespace intact::gemm
