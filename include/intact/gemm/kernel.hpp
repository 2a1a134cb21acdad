// What a product kernel is: one function that works out a block of int32 sums of A * B.
//
//   sums (rows x 16 * panel_count)  =  start + strip (rows x k) * panels (k x 16 * panel_count)
//
// Every pair of 8-bit types takes one canonical form, which leaves all differences
// (a - za)(b - zb) as they are:
//   A   uint8 or int8, as the kernel wants it; codes of the other type have their top bit flipped,
//       their zero point moves by 128
//   B   int8; unsigned codes have their top bit flipped, their zero point shrinks by 128
//
// Shapes   strip   [row][k], each row contiguous, code_bytes a code; rows and k are readable up to
//                  whole multiples of read_rows and read_k (where that is 1, as far as
//                  Block::last_codes says); codes past k are 0, or anything where read_k is one
//                  group or 1: panels are 0 there; one that pack_rows wrote is readable up to its
//                  next whole cache line
//          panels  [panel][group][16 columns][4 codes along k], 64-byte aligned, zero padded to
//                  whole groups; packed_slack bytes behind the last one are readable
// Errors   none: a kernel checks nothing. Sums wrap modulo 2^32, no instruction saturates.
#pragma once

#include <cstddef>
#include <cstdint>

#include "intact/elementwise/kernels/quick_codes.hpp"
#include "intact/simd/isa.hpp"

namespace intact::gemm {

/// Sizes and strides, signed as in Eigen.
using Index = std::ptrdiff_t;

/// Codes along k that one 32-bit lane takes in one step.
inline constexpr Index group = 4;

/// Columns of one panel of packed weights.
inline constexpr Index panel_columns = 16;

/// Most columns of a block.
inline constexpr Index block_columns = 256;

/// Bytes of one group in a panel: one cache line.
inline constexpr Index panel_group_bytes = group * panel_columns;

/// Readable bytes behind packed weights: a whole tile of 16 groups may begin in the last one.
inline constexpr Index packed_slack = 16 * panel_group_bytes;

/// Work apart from the block, some rows at a time: a kernel calls run(work, row, rows) for every
/// row from 0 to `rows` once, in its thread, before multiply() returns. What the block reads or
/// writes it does not touch.
struct Errand {
    void (*run)(const void* work, Index row, Index rows);
    const void* work;
    Index rows;  ///< in all
};

/// What a kernel is given to do.
struct Block {
    const std::uint8_t* strip;  ///< first row of A
    Index strip_stride;         ///< bytes from one row to the next
    Index rows;                 ///< any number from 1
    const std::int8_t* panels;  ///< first group of the first panel
    Index panel_stride;         ///< bytes from one panel to the next
    Index panel_count;          ///< from 1 to those of block_columns
    Index groups;               ///< groups of 4 codes along k, also 0
    const std::int32_t* start;  ///< what the sums of each column start from; nullptr: from `sums`
    std::int32_t* sums;         ///< rows of whole panels; readable and writable up to read_rows
    Index sums_stride;          ///< int32s from one row to the next
    bool is_signed;             ///< whether the codes of the strip are int8
    std::uint8_t flip = 0;      ///< exclusive-or for codes of the strip, where the kernel flips
    Index last_codes = group;   ///< that are read of each row's last group; fewer than a group only
                                ///< where read_k is 1
    Index last_columns = panel_columns;  ///< whose sums are wanted of the last panel; a kernel that
                                         ///< cuts leaves the others alone
    bool is_far = false;  ///< whether its panels come from beyond the second-level cache
    const std::int8_t* ahead = nullptr;  ///< codes that are read after it; worth fetching
    Index ahead_bytes = 0;
    const Errand* errand = nullptr;  ///< only where the kernel runs errands
};

/// What becomes of the sums of a block that a kernel makes 8-bit codes of (quick_codes.hpp).
struct Codes {
    elementwise::quick::Output output;
    const double* multipliers;  ///< one a column, none of those behind `columns`
    std::uint8_t* out;
    Index out_stride;
    Index columns;  ///< without those that fill the last panel
};

/// Most rows of a block to codes, of a kernel that does not take all rows of a strip.
inline constexpr Index most_code_rows = 64;

/// What a kernel keeps for a thread while a part of a product is under way.
struct alignas(64) KernelState {
    std::byte bytes[64];
};

/// The types of A that a kernel takes as they are.
enum class Signs { uint8, int8, both };

struct Kernel {
    simd::Isa isa;         ///< instruction set the functions are compiled for
    Index gops;            ///< 10^9 operations that it does in a second on one core, about
    Index rows;            ///< rows of one register tile (mr)
    Index columns;         ///< columns of one register tile (nr)
    Index code_bytes;      ///< a code in a strip: 1, or 2 (the uint8 code widened to int16)
    Index read_rows = 1;   ///< rows are read up to a whole multiple, a power of two
    Index read_k = group;  ///< likewise; 1: a kernel that heeds Block::last_codes
    Signs signs = Signs::uint8;
    bool passes_panels = false;  ///< reads the panels of a block anew for each tile of rows, from
                                 ///< the second-level cache; makes codes of any number of rows
    bool fetches_ahead = false;  ///< whether it makes use of Block::ahead
    bool runs_errands = false;   ///< whether it runs Block::errand
    bool cuts = false;           ///< leaves alone the sums behind Block::last_columns
    bool flips = false;  ///< multiplies as if the codes of a strip were exclusive-or Block::flip

    /// Writes `count` 8-bit codes of each row, exclusive-or `flip`, to a strip, and zeros up to a
    /// multiple of read_k; may write up to the next whole cache line.
    void (*pack_rows)(const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                      std::uint8_t flip, std::uint8_t* strip, Index strip_stride);
    void (*multiply)(const Block& block);

    /// What the sums of `count` columns, whole panels, start from: the bias, which only the first
    /// `with_bias` have, less za times what packing has summed, modulo 2^32. nullptr where a kernel
    /// knows no better than blocking/initial_sums.hpp.
    void (*start_sums)(const std::int64_t* column_sums, std::int32_t za, const std::int32_t* bias,
                       Index with_bias, Index count, std::int32_t* starts) = nullptr;

    /// As multiply, but sums become codes: by float32 where that decides, else exactly. Blocks of
    /// at most most_code_rows and 4 panels, or, where a kernel passes panels, of any rows and
    /// without Block::sums unless that is what they start from; under a simd::DefaultEnvironment.
    /// nullptr where a kernel has no such form.
    void (*multiply_to_codes)(const Block& block, const Codes& codes) = nullptr;

    /// multiply and multiply_to_codes for processors whose products take the pipes of all vectors
    /// (dispatch.hpp); nullptr where they would not differ. They flip nothing.
    void (*multiply_sharing)(const Block& block) = nullptr;
    void (*multiply_to_codes_sharing)(const Block& block, const Codes& codes) = nullptr;

    /// Prepare a thread for calls of multiply, and undo that; nullptr where there is nothing to do.
    /// Epilogues run in between: one that uses tiles itself gives their configuration back, and is
    /// no errand, which runs while tiles hold data.
    void (*enter)(KernelState& state) = nullptr;
    void (*leave)(KernelState& state) = nullptr;
};

/// Calls of multiply stand within the life of one of these, in the same thread.
class KernelScope {
public:
    explicit KernelScope(const Kernel& kernel) : leave_(kernel.leave) {
        if (kernel.enter != nullptr) kernel.enter(state_);
    }
    KernelScope(const KernelScope&) = delete;
    KernelScope& operator=(const KernelScope&) = delete;
    ~KernelScope() {
        if (leave_ != nullptr) leave_(state_);
    }

private:
    void (*leave_)(KernelState& state);
    KernelState state_;  // set by enter
};

}  // namespace intact::gemm
