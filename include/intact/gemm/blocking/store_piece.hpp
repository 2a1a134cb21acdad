// The epilogue of a piece: at once, or of some rows at a time while a kernel multiplies.
#pragma once

#include <cassert>

#include "intact/core/transpose.hpp"
#include "intact/gemm/epilogue.hpp"

namespace intact::gemm {

/// Where outputs go; strides count outputs.
template <class T>
struct Output {
    T* data;
    Index row_stride;
    Index column_stride;

    [[nodiscard]] T* at(Index row, Index column) const noexcept {
        return data + row * row_stride + column * column_stride;
    }
};

namespace detail {

/// Hands sums to the epilogue, by way of a scratch where a row's outputs lie apart.
template <class Sum, Epilogue E, class T = typename E::Output>
void store_piece(Sums<Sum> sums, const Piece& piece, const E& epilogue, const Output<T>& out) {
    T* const corner = out.at(piece.row, piece.column);
    if (out.column_stride == 1) {
        epilogue.store(sums, piece, corner, out.row_stride);
        return;
    }
    T scratch[most_step_sums];
    assert(piece.rows * piece.columns <= most_step_sums);
    epilogue.store(sums, piece, scratch, piece.columns);
    if (out.row_stride == 1) {
        transpose(scratch, piece.rows, piece.columns, piece.columns, corner, out.column_stride);
        return;
    }
    for (Index j = 0; j < piece.columns; ++j) {
        for (Index i = 0; i < piece.rows; ++i) {
            corner[i * out.row_stride + j * out.column_stride] = scratch[i * piece.columns + j];
        }
    }
}

/// A step whose sums wait for the epilogue, if there is one.
template <class Sum, Epilogue E>
class Pending {
public:
    using Out = Output<typename E::Output>;

    Pending(const E& epilogue, const Out& out) : epilogue_(&epilogue), out_(&out) {}

    [[nodiscard]] bool is_there() const noexcept { return sums_.data != nullptr; }
    void set(Sums<Sum> sums, const Piece& piece) noexcept {
        sums_ = sums;
        piece_ = piece;
    }
    void drop() noexcept { sums_.data = nullptr; }

    void store() {
        if (is_there()) store_rows(this, 0, piece_.rows);
        drop();
    }
    /// What store() does, for a kernel to do; this one is dropped afterwards.
    [[nodiscard]] Errand errand() const noexcept { return {store_rows, this, piece_.rows}; }

private:
    static void store_rows(const void* work, Index row, Index rows) {
        const auto& self = *static_cast<const Pending*>(work);
        const Piece& all = self.piece_;
        store_piece(Sums<Sum>{self.sums_.row(row), self.sums_.stride},
                    {all.row + row, all.column, rows, all.columns}, *self.epilogue_, *self.out_);
    }

    const E* epilogue_;
    const Out* out_;
    Sums<Sum> sums_{nullptr, 0};
    Piece piece_{};
};

}  // namespace detail

}  // namespace intact::gemm
