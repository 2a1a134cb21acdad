// The product of one block: a piece of k at a time, to sums or to codes, and what is fetched on the
// way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "intact/gemm/aligned_vector.hpp"
#include "intact/gemm/blocking/sizes.hpp"
#include "intact/gemm/blocking/store_piece.hpp"

namespace intact::gemm::detail {

/// Works out the int32 sums of a block, a piece of k of at most `most` groups at a time. Uses
/// the block up: a copy would be read before what it is made of has left the store buffer, and the
/// processor would wait for that with all that it has under way. With `codes` the kernel makes
/// codes of the sums.
inline void add_product(Block& block, Index most, const Kernel& kernel,
                        const Codes* codes = nullptr) {
    Index left = block.groups;
    const std::int8_t* const ahead_end = block.ahead + block.ahead_bytes;
    if (left > most) {
        block.ahead_bytes = round_up(block.ahead_bytes * most / left, panel_group_bytes);
    }
    const Index last_codes = block.last_codes;
    for (;;) {
        block.groups = std::min(left, most);
        block.last_codes = left <= most ? last_codes : group;
        block.ahead_bytes = std::min(block.ahead_bytes, ahead_end - block.ahead);
        if (codes != nullptr && left <= most) {
            kernel.multiply_to_codes(block, *codes);
        } else {
            kernel.multiply(block);
        }
        left -= most;
        if (left <= 0) return;
        block.start = nullptr;
        block.errand = nullptr;
        block.ahead += block.ahead_bytes;
        block.strip += most * group * kernel.code_bytes;
        block.panels += most * panel_group_bytes;
    }
}

/// Works out the codes of a block in the kernel; uses the block up.
template <QuickEpilogue E, class T = typename E::Output>
void store_codes(Block& block, Index most, const Piece& piece, const E& epilogue,
                 const Output<T>& out, const Kernel& kernel) {
    const Codes codes{.output = epilogue.quick_output(),
                      .multipliers = epilogue.factors + piece.column,
                      .out = reinterpret_cast<std::uint8_t*>(out.at(piece.row, piece.column)),
                      .out_stride = out.row_stride,
                      .columns = piece.columns};
    add_product(block, most, kernel, &codes);
}

/// Adds the product of a block to int64 sums of the same stride.
inline void add_product(Block block, const Kernel& kernel, std::int64_t* sums) {
    static constexpr std::int32_t zeros[block_columns] = {};
    alignas(cache_line_bytes) std::int32_t piece_sums[most_step_sums];
    block.start = zeros;
    block.sums = piece_sums;
    block.last_columns = panel_columns;  // sums of whole panels are added
    const Index most = most_piece_groups;
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

/// Gives a step of some rows, of all over a block, its share of what is to be fetched on the way.
inline void fetch_ahead(Block& block, std::span<const std::int8_t> codes, Index row, Index rows) {
    const auto upto = [&](Index count) {
        return std::ssize(codes) / panel_group_bytes * count / rows * panel_group_bytes;
    };
    block.ahead = codes.data() + upto(row);
    block.ahead_bytes = upto(row + block.rows) - upto(row);
}

}  // namespace intact::gemm::detail
