// Weights [n, k] in the one layout that all kernels read: panels of 16 columns, groups of 4
// along k, zero padded, 64-byte aligned.
//
//   [n / 16][k / 4][16][4] int8, and for each column its zero point and sum of (b - zb)
//
// Behind the last panel lie packed_slack bytes that kernels may read.
//
// Errors   std::invalid_argument  a zero point that is not a code, a code outside [qmin, qmax]
// Cost     one pass over the codes; n * k bytes, rounded up to whole panels.
//
//   const gemm::Packed packed = gemm::pack(weights);   // an Operand: n rows of k codes
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "intact/gemm/aligned_vector.hpp"
#include "intact/gemm/operand.hpp"

namespace intact::gemm {

class Packed {
public:
    Packed() = default;

    /// Number of columns of the product: rows of W.
    [[nodiscard]] Index n() const noexcept { return n_; }
    /// Length of the sums: columns of W.
    [[nodiscard]] Index k() const noexcept { return k_; }
    [[nodiscard]] Index panel_count() const noexcept {
        return (n_ + panel_columns - 1) / panel_columns;
    }
    /// Bytes from one panel to the next.
    [[nodiscard]] Index panel_stride() const noexcept {
        return (k_ + group - 1) / group * panel_group_bytes;
    }
    [[nodiscard]] const std::int8_t* panel(Index index) const noexcept {
        return codes_.data() + index * panel_stride();
    }

    /// Zero point of each canonical column, zero padded to whole panels.
    [[nodiscard]] const std::int32_t* zero_points() const noexcept { return zero_points_.data(); }
    /// Whether any canonical zero point differs from 0: row sums are needed.
    [[nodiscard]] bool has_zero_points() const noexcept { return has_zero_points_; }
    /// Sum over k of (b - zb) for each column, zero padded to whole panels.
    [[nodiscard]] const std::int64_t* column_sums() const noexcept { return column_sums_.data(); }
    /// Largest |b - zb|.
    [[nodiscard]] std::int64_t level() const noexcept { return level_; }
    /// b - zb in row j of the weights.
    [[nodiscard]] std::int64_t difference(Index j, Index p) const noexcept {
        const std::int8_t* codes = panel(j / panel_columns) + j % panel_columns * group;
        return std::int64_t{codes[p / group * panel_group_bytes + p % group]} -
               zero_points_[static_cast<std::size_t>(j)];
    }
    /// Bytes held.
    [[nodiscard]] std::size_t bytes() const noexcept {
        return codes_.size() + zero_points_.size() * sizeof(std::int32_t) +
               column_sums_.size() * sizeof(std::int64_t);
    }

    template <Byte T>
    friend Packed pack(const Operand<T>& weights);

private:
    Index n_ = 0;
    Index k_ = 0;
    AlignedVector<std::int8_t> codes_;
    AlignedVector<std::int32_t> zero_points_;  // per padded column
    AlignedVector<std::int64_t> column_sums_;  // per padded column
    std::int64_t level_ = 0;
    bool has_zero_points_ = false;
};

/// Packs weights [n, k] for any number of products with them.
template <Byte T>
[[nodiscard]] Packed pack(const Operand<T>& weights) {
    Packed packed;
    packed.level_ = largest_level(weights, "gemm::pack");
    packed.n_ = weights.rows;
    packed.k_ = weights.k;
    const auto padded = static_cast<std::size_t>(packed.panel_count() * panel_columns);
    packed.codes_.resize(
        static_cast<std::size_t>(packed.panel_count() * packed.panel_stride() + packed_slack));
    packed.zero_points_.resize(padded);
    packed.column_sums_.resize(padded);

    constexpr std::int32_t shift = std::is_signed_v<T> ? 0 : 128;
    std::int32_t lowest = weights.qmax - shift;
    std::int32_t highest = weights.qmin - shift;
    for (Index j = 0; j < weights.rows; ++j) {
        const Index from = j * weights.row_stride;  // offsets: there is no memory where k is 0
        const Index to = j / panel_columns * packed.panel_stride() + j % panel_columns * group;
        std::int64_t sum = 0;
        for (Index p = 0; p < weights.k; ++p) {
            const std::int32_t code = weights.data[from + p * weights.column_stride] - shift;
            lowest = std::min(lowest, code);
            highest = std::max(highest, code);
            packed.codes_.data()[to + p / group * panel_group_bytes + p % group] =
                static_cast<std::int8_t>(code);
            sum += code;
        }
        const std::int32_t zero_point = weights.zero_point_of(j) - shift;
        packed.zero_points_[static_cast<std::size_t>(j)] = zero_point;
        packed.column_sums_[static_cast<std::size_t>(j)] = sum - weights.k * zero_point;
        packed.has_zero_points_ = packed.has_zero_points_ || zero_point != 0;
    }
    const bool fits = weights.qmin <= lowest + shift && highest + shift <= weights.qmax;
    require(fits, "gemm::pack", "a code lies outside the grid, expected ", weights.qmin, " to ",
            weights.qmax, ", given ", lowest + shift, " to ", highest + shift);
    return packed;
}

}  // namespace intact::gemm
