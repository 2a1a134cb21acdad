// The product of 8-bit codes with packed weights: y = x * transpose(W), exact integer sums, handed
// to an epilogue while they are in the first-level cache.
//
// Shapes   x [m, k], W [n, k] packed, out [m, n] with any strides (it must not overlap x)
// Errors   std::invalid_argument  k differs; a zero point is not a code; the sums can leave int32
//                                 and the epilogue takes no int64 (limits.hpp)
// Cost     2 m n k operations; allocates only until the workspace has grown to its size.
//
//   gemm::multiply(x, packed, gemm::Raw(), sums, n, 1);
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "intact/core/error.hpp"
#include "intact/gemm/dispatch.hpp"
#include "intact/gemm/epilogue.hpp"
#include "intact/gemm/initial_sums.hpp"
#include "intact/gemm/limits.hpp"
#include "intact/gemm/workspace.hpp"
#include "intact/simd/environment.hpp"

namespace intact::gemm {

/// Where outputs go; strides count outputs.
template <class T>
struct Output {
    T* data;
    Index row_stride;
    Index column_stride;
};

namespace detail {

/// Hands a block of sums to the epilogue, by way of `scratch` where a row's outputs lie apart.
template <class Sum, Epilogue E, class T = typename E::Output>
void store_block(const Sum* sums, const Piece& first, Index rows, const E& epilogue,
                 const Output<T>& out, T* scratch) {
    T* corner = out.data + first.row * out.row_stride + first.column * out.column_stride;
    const bool direct = out.column_stride == 1;
    for (Index i = 0; i < rows; ++i) {
        const Piece piece{first.row + i, first.column, first.count};
        epilogue.store(sums + i * block_columns, piece,
                       direct ? corner + i * out.row_stride : scratch + i * block_columns);
    }
    if (direct) return;
    for (Index j = 0; j < first.count; ++j) {
        for (Index i = 0; i < rows; ++i) {
            corner[i * out.row_stride + j * out.column_stride] = scratch[i * block_columns + j];
        }
    }
}

/// Adds the product of a block to its sums: straight away, or piece by piece to wider ones.
template <class Sum>
void add_product(Block block, const Kernel& kernel, Sum* sums, std::int32_t* piece_sums) {
    constexpr bool is_wide = !std::is_same_v<Sum, std::int32_t>;
    for (Index left = block.groups; left > 0; left -= piece_groups) {
        block.groups = std::min(left, piece_groups);
        if constexpr (is_wide) {
            std::fill_n(piece_sums, block.rows * block_columns, 0);
            block.sums = piece_sums;
        } else {
            block.sums = sums;
        }
        kernel.multiply(block);
        if constexpr (is_wide) {
            for (Index i = 0; i < block.rows * block_columns; ++i) sums[i] += piece_sums[i];
        }
        block.strip += piece_groups * group * kernel.code_bytes;
        block.panels += piece_groups * panel_group_bytes;
    }
}

template <class Sum, Epilogue E>
[[gnu::noinline]] void multiply_blocks(const CanonicalRows& a, const Packed& b, const E& epilogue,
                                       const Output<typename E::Output>& out, const Kernel& kernel,
                                       Workspace& workspace) {
    const bool in_place = kernel.code_bytes == 1 && a.lies_as_strip();
    const Index stride = in_place ? a.row_stride : strip_stride(a.k, kernel);
    const Index most_rows = block_rows(a.rows, strip_stride(a.k, kernel), kernel);
    const Index most_sums = most_rows * block_columns;
    const Index padded_n = b.panel_count() * panel_columns;
    const Index strip_size = in_place ? 0 : most_rows * stride;
    const Index scratch_size = out.column_stride == 1 ? 0 : most_sums;
    const Index piece_size = sizeof(Sum) == sizeof(std::int32_t) ? 0 : most_sums;

    using Result = typename E::Output;
    workspace.begin(Workspace::bytes<std::uint8_t>(strip_size) + Workspace::bytes<Sum>(padded_n) +
                    Workspace::bytes<Sum>(most_sums) + Workspace::bytes<std::int32_t>(piece_size) +
                    Workspace::bytes<std::int64_t>(most_rows) +
                    Workspace::bytes<Result>(scratch_size));
    auto* strip = workspace.take<std::uint8_t>(strip_size);
    auto* shared = workspace.take<Sum>(padded_n);
    auto* sums = workspace.take<Sum>(most_sums);
    auto* piece_sums = workspace.take<std::int32_t>(piece_size);
    auto* row_sums = workspace.take<std::int64_t>(most_rows);
    auto* scratch = workspace.take<Result>(scratch_size);

    shared_sums(a, b, initial_sums(epilogue), shared);
    for (Index row = 0; row < a.rows; row += most_rows) {
        const Index rows = std::min(most_rows, a.rows - row);
        if (!in_place) pack_strip(a, row, rows, kernel, strip, stride);
        for (Index i = 0; i < rows; ++i) {
            row_sums[i] = b.has_zero_points() ? row_sum(a, row + i) : 0;
        }
        for (Index column = 0; column < b.n(); column += block_columns) {
            const Index padded = std::min(block_columns, padded_n - column);
            for (Index i = 0; i < rows; ++i) {
                start_row(a, b, row + i, row_sums[i], column, padded, shared,
                          sums + i * block_columns);
            }
            add_product({.strip = in_place ? a.data + row * a.row_stride : strip,
                         .strip_stride = stride,
                         .rows = rows,
                         .panels = b.panel(column / panel_columns),
                         .panel_stride = b.panel_stride(),
                         .panel_count = padded / panel_columns,
                         .groups = (a.k + group - 1) / group,
                         .sums = nullptr,
                         .sums_stride = block_columns},
                        kernel, sums, piece_sums);
            const Piece first{row, column, std::min(block_columns, b.n() - column)};
            store_block(sums, first, rows, epilogue, out, scratch);
        }
    }
}

/// Largest magnitude of `count` int32s, 0 for nullptr.
[[nodiscard]] inline std::int64_t largest_magnitude(const std::int32_t* values, Index count) {
    std::int64_t largest = 0;
    for (Index j = 0; values != nullptr && j < count; ++j) {
        const std::int64_t value = values[j];
        largest = std::max(largest, value < 0 ? -value : value);
    }
    return largest;
}

}  // namespace detail

/// out(i, j) = epilogue(sum over p of (a(i, p) - za(i)) * (b(j, p) - zb(j))).
template <Byte T, Epilogue E>
void multiply(const Operand<T>& a, const Packed& b, const E& epilogue, typename E::Output* out,
              Index row_stride, Index column_stride, const Kernel& kernel = best_kernel(),
              Workspace& workspace = thread_workspace()) {
    constexpr const char* where = "gemm::multiply";
    require(a.k == b.k(), where, "the summed dimensions differ, expected ", b.k(), ", given ", a.k);
    const Index limit = largest_k(largest_level(a, where), b.level(),
                                  detail::largest_magnitude(initial_sums(epilogue), b.n()));
    const Output<typename E::Output> to{out, row_stride, column_stride};
    const CanonicalRows rows(a);
    if (a.rows == 0 || b.n() == 0) return;

    const simd::DefaultEnvironment guard;
    if (a.k <= limit) {
        detail::multiply_blocks<std::int32_t>(rows, b, epilogue, to, kernel, workspace);
    } else if constexpr (WideEpilogue<E>) {
        detail::multiply_blocks<std::int64_t>(rows, b, epilogue, to, kernel, workspace);
    } else {
        fail(where, "the sums can leave int32, expected at most ", limit, " terms (more only ",
             "with float or int64 outputs), given ", a.k);
    }
}

}  // namespace intact::gemm
