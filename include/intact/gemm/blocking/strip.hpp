// The left side of a product on its way into a kernel: canonical rows, packed into strips.
//
// A strip is packed once for a number of rows and serves every panel of weights. Rows that already
// lie as a kernel wants them are read in place; others are packed just before the first panels want
// them, so that they are copied among products.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>

#include "intact/core/transpose.hpp"
#include "intact/elementwise/sum_codes.hpp"
#include "intact/gemm/blocking/sizes.hpp"
#include "intact/gemm/operand.hpp"

namespace intact::gemm {

/// An 8-bit operand in the form that a kernel takes.
struct CanonicalRows {
    template <Byte T>
    CanonicalRows(const Operand<T>& a, const Kernel& kernel, bool packs_long_rows = false)
        : data(reinterpret_cast<const std::uint8_t*>(a.data)),
          rows(a.rows),
          k(a.k),
          row_stride(a.k == 0 ? 0 : a.row_stride),  // there may be no memory to step through
          column_stride(a.column_stride),
          zero_point(a.zero_point),
          zero_points(a.zero_points),
          is_signed(kernel.signs == Signs::both ? std::is_signed_v<T>
                                                : kernel.signs == Signs::int8),
          flip(is_signed == std::is_signed_v<T> ? 0 : 128),
          shift(flip == 0 ? 0 : (is_signed ? -128 : 128)),
          packs_long(packs_long_rows) {}

    const std::uint8_t* data;  ///< before the flip
    Index rows;
    Index k;
    Index row_stride;
    Index column_stride;
    std::int32_t zero_point;          ///< before the shift
    const std::int32_t* zero_points;  ///< before the shift
    bool is_signed;                   ///< whether the canonical codes are int8
    std::uint8_t flip;                ///< exclusive-or that makes codes canonical
    std::int32_t shift;               ///< what the flip adds to a code
    bool packs_long;                  ///< whether to pack long rows that are_crowded()

    /// The canonical zero point of one row.
    [[nodiscard]] std::int32_t zero_point_of(Index row) const noexcept {
        return (zero_points == nullptr ? zero_point : zero_points[row]) + shift;
    }
    /// Whether rows lie so far apart, by powers of two, that they are better packed: those of one
    /// tile and its panels would push each other out of the first-level cache. A kernel that
    /// passes over panels reads them as fast from the second, unless they are long.
    [[nodiscard]] bool are_crowded(const Kernel& kernel) const noexcept {
        constexpr Index few = 8;
        constexpr Index long_row = 2048;
        if (rows <= few) return false;
        if (kernel.passes_panels) return packs_long && k >= long_row && row_stride % 2048 == 0;
        const simd::CacheSizes& caches = simd::cache_sizes();
        return kernel.rows + kernel.columns / panel_columns > caches.l1_ways &&
               row_stride % (caches.l1 / caches.l1_ways) == 0;
    }
    /// Whether the kernel can read rows where they are, and had better: all but the last ones, if
    /// those are fewer than it reads.
    [[nodiscard]] bool lies_as_strip(const Kernel& kernel) const noexcept {
        return kernel.code_bytes == 1 && (flip == 0 || kernel.flips) && column_stride == 1 &&
               ((k & (kernel.read_k - 1)) == 0 || reads_next_row(kernel)) &&
               rows >= kernel.read_rows && !are_crowded(kernel);
    }
    /// Whether the last group of a row runs into the next row, which does no harm: panels are 0
    /// there. From two codes a row on only the last row would run out of the operand; it is packed
    /// by itself, which pays where there are many.
    [[nodiscard]] bool reads_next_row(const Kernel& kernel) const noexcept {
        return kernel.read_k == group && kernel.read_rows == 1 && k % group != 0 && k > 1 &&
               row_stride == k && rows > few_rows;
    }
    static constexpr Index few_rows = 64;  ///< of which none is read into the next

    /// Whether a group that begins in one row and ends in the next reads nothing but codes.
    [[nodiscard]] bool rows_adjoin() const noexcept { return row_stride == k && k >= group - 1; }

    /// Codes that may be read of a row's last group where no row adjoins.
    [[nodiscard]] Index last_codes(const Kernel& kernel) const noexcept {
        return kernel.read_k == 1 && k > 0 ? (k - 1) % group + 1 : group;
    }
};

/// Bytes from one row of a strip to the next: an odd number of cache lines, so that rows spread
/// over the whole cache.
[[nodiscard]] constexpr Index strip_stride(Index k, const Kernel& kernel) noexcept {
    constexpr Index line = 64;
    const Index lines = round_up(round_up(k, kernel.read_k) * kernel.code_bytes, line) / line;
    return (lines | 1) * line;
}

/// Bytes from one row to the next as a kernel reads most of them.
[[nodiscard]] inline Index row_stride_of(const CanonicalRows& a, const Kernel& kernel) noexcept {
    return a.lies_as_strip(kernel) ? a.row_stride : strip_stride(a.k, kernel);
}

/// Rows and columns of the squares in which rows are packed whose codes lie apart: column-major
/// codes are read by whole cache lines then.
inline constexpr Index square_rows = 64;

/// Packs `rows` rows of `a`, from `row` on, into `strip`.
inline void pack_strip(const CanonicalRows& a, Index row, Index rows, const Kernel& kernel,
                       std::uint8_t* strip, Index stride) {
    if (a.k == 0) return;  // there may be no memory either
    const std::uint8_t* first = a.data + row * a.row_stride;
    if (a.column_stride == 1) {
        kernel.pack_rows(first, a.row_stride, rows, a.k, a.flip, strip, stride);
        return;
    }
    std::uint8_t square[square_rows * square_rows];
    for (Index i = 0; i < rows; i += square_rows) {
        const Index height = std::min(square_rows, rows - i);
        for (Index p = 0; p < a.k; p += square_rows) {
            const Index width = std::min(square_rows, a.k - p);
            copy_rows(first + i * a.row_stride + p * a.column_stride, height, width, a.row_stride,
                      a.column_stride, square, square_rows);
            kernel.pack_rows(square, square_rows, height, width, a.flip,
                             strip + i * stride + p * kernel.code_bytes, stride);
        }
    }
}

/// Rows as a kernel reads them.
struct StripRows {
    const std::uint8_t* codes;
    Index stride;  ///< bytes from one row to the next
    Index rows;
    std::uint8_t flip = 0;     ///< what is left to flip
    Index last_codes = group;  ///< as in Block; before the last row also where rows adjoin

    /// Those from `row` on.
    [[nodiscard]] StripRows from(Index row) const noexcept {
        return {codes + row * stride, stride, rows - row, flip, last_codes};
    }
};

/// Rows of one operand, read in place or packed: first these, then those, either may be none.
/// Packed rows are there once pack_upto() was called for them.
struct Strip {
    StripRows in_place;
    StripRows packed;
    std::uint8_t* memory;  ///< of the packed rows

    [[nodiscard]] Index rows() const noexcept { return in_place.rows + packed.rows; }
    /// Those from `row` on that lie alike.
    [[nodiscard]] StripRows from(Index row) const noexcept {
        return row < in_place.rows ? in_place.from(row) : packed.from(row - in_place.rows);
    }
};

/// The rows from `row` on that fit one strip, of those before `end`; to be packed to `memory` where
/// they are not read in place. `panels_stay`: whether all panels stay in the second-level cache.
[[nodiscard]] inline Strip take_strip(const CanonicalRows& a, Index row, Index end,
                                      const Kernel& kernel, std::uint8_t* memory,
                                      bool panels_stay) {
    const bool in_place = a.lies_as_strip(kernel);
    const Index packed_stride = strip_stride(a.k, kernel);
    const bool stays_near = panels_stay && !in_place && !kernel.passes_panels;
    const Index rows = strip_rows(end - row, row_stride_of(a, kernel), kernel, stays_near);
    Index packed = rows;
    if (in_place) {
        const bool runs_out = row + rows == a.rows && a.reads_next_row(kernel);
        packed = runs_out ? 1 : rows & (kernel.read_rows - 1);
    }
    const Index direct = rows - packed;
    const bool is_followed = row + direct < a.rows && a.rows_adjoin();
    return {.in_place = {.codes = a.data + row * a.row_stride,
                         .stride = a.row_stride,
                         .rows = direct,
                         .flip = a.flip,
                         .last_codes = is_followed ? group : a.last_codes(kernel)},
            .packed = {.codes = memory, .stride = packed_stride, .rows = packed},
            .memory = memory};
}

/// Packs rows of a strip that begins at row `first` of `a`: those before `upto`, and more where
/// that makes a call worth while. `packed` are there already; returns how many are then.
[[nodiscard]] inline Index pack_upto(const CanonicalRows& a, Index first, const Strip& strip,
                                     Index packed, Index upto, const Kernel& kernel) {
    constexpr Index worth_a_call = 4096;  // bytes
    const Index from = std::max(packed, strip.in_place.rows);
    if (upto <= from) return packed;
    const Index stride = strip.packed.stride;
    const Index worth_rows = a.column_stride == 1 ? worth_a_call / stride : square_rows;
    const Index to = std::min(strip.rows(), std::max(upto, from + worth_rows));
    pack_strip(a, first + from, to - from, kernel,
               strip.memory + (from - strip.in_place.rows) * stride, stride);
    return to;
}

/// The codes of at most `rows` rows from `row` on, before `end`, as one piece of memory; none where
/// much else lies between them.
[[nodiscard]] inline std::span<const std::int8_t> rows_in_memory(const CanonicalRows& a, Index row,
                                                                 Index rows, Index end) {
    if (row >= end || a.column_stride != 1 || a.row_stride < a.k || a.row_stride >= 2 * a.k) {
        return {};
    }
    const Index bytes = (std::min(rows, end - row) - 1) * a.row_stride + a.k;
    const std::uint8_t* const first = a.data + row * a.row_stride;
    return {reinterpret_cast<const std::int8_t*>(first), static_cast<std::size_t>(bytes)};
}

/// Bytes of workspace that a part with that many rows takes.
[[nodiscard]] inline std::size_t strip_bytes(const CanonicalRows& a, Index rows,
                                             const Kernel& kernel) {
    if (a.lies_as_strip(kernel)) {
        rows = a.reads_next_row(kernel) ? 1 : std::min(rows, kernel.read_rows - 1);
    }
    const Index stride = strip_stride(a.k, kernel);
    return static_cast<std::size_t>(
        round_up(strip_rows(rows, stride, kernel, false), kernel.read_rows) * stride);
}

/// Sum of the canonical codes of one row.
[[nodiscard]] inline std::int64_t row_sum(const CanonicalRows& a, Index row) {
    if (a.k == 0) return 0;
    const std::uint8_t* codes = a.data + row * a.row_stride;
    const bool from_signed = a.is_signed != (a.flip != 0);
    std::int64_t sum = 0;
    if (a.column_stride == 1) {
        const auto count = static_cast<std::size_t>(a.k);
        sum = from_signed
                  ? elementwise::sum_codes(reinterpret_cast<const std::int8_t*>(codes), count)
                  : elementwise::sum_codes(codes, count);
    } else {
        for (Index p = 0; p < a.k; ++p) {
            const std::uint8_t code = codes[p * a.column_stride];
            sum += from_signed ? static_cast<std::int8_t>(code) : int{code};
        }
    }
    return sum + a.k * a.shift;
}

}  // namespace intact::gemm
