// The left side of a product on its way into a kernel: canonical uint8 rows, packed into strips.
//
// A strip is packed once for a block of rows and serves every panel of weights. Rows that already
// lie as a kernel wants them are read in place.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "intact/gemm/operand.hpp"

namespace intact::gemm {

/// An 8-bit operand as uint8: signed codes have their top bit flipped as they are read.
struct CanonicalRows {
    template <Byte T>
    explicit CanonicalRows(const Operand<T>& a)
        : data(reinterpret_cast<const std::uint8_t*>(a.data)),
          rows(a.rows),
          k(a.k),
          row_stride(a.row_stride),
          column_stride(a.column_stride),
          zero_point(a.zero_point),
          zero_points(a.zero_points),
          flip(std::is_signed_v<T> ? 128 : 0) {}

    const std::uint8_t* data;  ///< before the flip
    Index rows;
    Index k;
    Index row_stride;
    Index column_stride;
    std::int32_t zero_point;          ///< before the shift by `flip`
    const std::int32_t* zero_points;  ///< before the shift by `flip`
    std::uint8_t flip;

    /// The canonical zero point of one row.
    [[nodiscard]] std::int32_t zero_point_of(Index row) const noexcept {
        return (zero_points == nullptr ? zero_point : zero_points[row]) + flip;
    }
    /// Whether a kernel with strips of uint8 can read the rows where they are.
    [[nodiscard]] bool lies_as_strip() const noexcept {
        return flip == 0 && column_stride == 1 && k % group == 0;
    }
};

/// Bytes from one row of a strip to the next: whole cache lines, one spare, so that a row length
/// that is a power of two does not send all rows to the same place in the cache.
[[nodiscard]] constexpr Index strip_stride(Index k, const Kernel& kernel) noexcept {
    constexpr Index line = 64;
    const Index bytes = (k + group - 1) / group * group * kernel.code_bytes;
    return (bytes + line - 1) / line * line + line;
}

/// Packs `rows` rows of `a`, from `row` on, into `strip`.
inline void pack_strip(const CanonicalRows& a, Index row, Index rows, const Kernel& kernel,
                       std::uint8_t* strip, Index stride) {
    if (a.column_stride == 1) {
        for (Index i = 0; i < rows; ++i) {
            kernel.pack_row(a.data + (row + i) * a.row_stride, a.k, a.flip, strip + i * stride);
        }
        return;
    }
    // A few columns at a time, so that column-major codes are read line by line.
    std::array<std::uint8_t, 64> codes{};
    for (Index p = 0; p < a.k; p += std::ssize(codes)) {
        const Index count = std::min(std::ssize(codes), a.k - p);
        for (Index i = 0; i < rows; ++i) {
            const std::uint8_t* from = a.data + (row + i) * a.row_stride + p * a.column_stride;
            for (std::size_t c = 0; c < static_cast<std::size_t>(count); ++c) {
                codes[c] = from[static_cast<Index>(c) * a.column_stride];
            }
            kernel.pack_row(codes.data(), count, a.flip,
                            strip + i * stride + p * kernel.code_bytes);
        }
    }
}

/// Sum of the canonical codes of one row.
[[nodiscard]] inline std::int64_t row_sum(const CanonicalRows& a, Index row) {
    const std::uint8_t* codes = a.data + row * a.row_stride;
    std::uint64_t sum = 0;
    for (Index p = 0; p < a.k; ++p) {
        sum += static_cast<std::uint8_t>(codes[p * a.column_stride] ^ a.flip);
    }
    return static_cast<std::int64_t>(sum);
}

}  // namespace intact::gemm
