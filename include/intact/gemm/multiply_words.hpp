// The product where one side has 16-bit codes: int64 sums, plain C++.
//
// One product of int16 codes fills an int32, so the sums are int64 from the start and only
// epilogues that take those are accepted (float32 or int64 outputs).
//
// Shapes   as in multiply.hpp
// Errors   std::invalid_argument  k differs; a zero point is not a code
// Cost     one multiplication at a time: for correctness, not for speed.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "intact/core/error.hpp"
#include "intact/gemm/aligned_vector.hpp"
#include "intact/gemm/blocking/store_piece.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/operand.hpp"

namespace intact::gemm {

/// Weights [n, k] as differences (b - zb), for products with 16-bit codes on either side.
class PackedWords {
public:
    PackedWords() = default;

    template <ByteOrWord T>
    explicit PackedWords(const Operand<T>& weights)
        : n_(weights.rows), k_(weights.k), level_(largest_level(weights, "gemm::pack")) {
        differences_.reserve(static_cast<std::size_t>(n_ * k_));
        for (Index j = 0; j < n_ && k_ > 0; ++j) {  // there may be no memory
            const T* codes = weights.data + j * weights.row_stride;
            for (Index p = 0; p < k_; ++p) {
                differences_.push_back(codes[p * weights.column_stride] - weights.zero_point_of(j));
            }
        }
    }

    [[nodiscard]] Index n() const noexcept { return n_; }
    [[nodiscard]] Index k() const noexcept { return k_; }
    [[nodiscard]] std::int64_t level() const noexcept { return level_; }
    /// b - zb in row j of the weights.
    [[nodiscard]] std::int64_t difference(Index j, Index p) const noexcept {
        return differences_[static_cast<std::size_t>(j * k_ + p)];
    }

private:
    Index n_ = 0;
    Index k_ = 0;
    std::int64_t level_ = 0;
    AlignedVector<std::int32_t> differences_;  // [n][k]
};

namespace detail {

template <ByteOrWord T, class Weights, WideEpilogue E>
[[gnu::noinline]] void multiply_words(const Operand<T>& a, const Weights& b, const E& epilogue,
                                      const Output<typename E::Output>& out) {
    std::array<std::int64_t, usual_block_columns> sums{};
    const std::int32_t* starts = initial_sums(epilogue);
    for (Index i = 0; i < a.rows; ++i) {
        const T* row = a.k == 0 ? a.data : a.data + i * a.row_stride;  // there may be no memory
        const std::int64_t zero_point = a.zero_point_of(i);
        for (Index column = 0; column < b.n(); column += usual_block_columns) {
            const Piece piece{i, column, 1, std::min(usual_block_columns, b.n() - column)};
            for (Index j = 0; j < piece.columns; ++j) {
                std::int64_t sum = starts == nullptr ? 0 : starts[column + j];
                for (Index p = 0; p < a.k; ++p) {
                    sum += (row[p * a.column_stride] - zero_point) * b.difference(column + j, p);
                }
                sums[static_cast<std::size_t>(j)] = sum;
            }
            store_piece(Sums<std::int64_t>{sums.data(), 0}, piece, epilogue, out);
        }
    }
}

}  // namespace detail

/// out(i, j) = epilogue(sum over p of (a(i, p) - za(i)) * (b(j, p) - zb(j))), in int64.
/// `Weights` is PackedWords, or Packed for 8-bit weights.
template <ByteOrWord T, class Weights, WideEpilogue E>
void multiply_words(const Operand<T>& a, const Weights& b, const E& epilogue,
                    typename E::Output* out, Index row_stride, Index column_stride) {
    constexpr const char* where = "gemm::multiply_words";
    require(a.k == b.k(), where, "the summed dimensions differ, expected ", b.k(), ", given ", a.k);
    (void)largest_level(a, where);
    const simd::DefaultEnvironment guard;
    detail::multiply_words(a, b, epilogue,
                           Output<typename E::Output>{out, row_stride, column_stride});
}

}  // namespace intact::gemm
