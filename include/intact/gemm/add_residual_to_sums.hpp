// Epilogue in front of another one: adds a residual, given in codes, to the sums.
//
//   sum' = sum + nearest-even((r - zero_point) * factor[j]), cut to int32; then `next` stores sum'
//
// The residual is added where one step is s_x * s_w[j], as a bias is: far finer than a code of the
// output, so that the output is rounded once.
//
// Shapes   codes: as the outputs, rows `stride` apart; one factor a column; the memory is the
//          caller's and outlives the product, and is not the memory of the outputs
// Units    factor[j] = ExactRounding::factor(s_r / (double(s_x) * s_w[j])), below 2^20; zero_point
//          is a code of R
//
//   gemm::AddResidualToSums epilogue{r, n, 3, of_r, gemm::RequantizeSums<std::uint8_t>{...}};
#pragma once

#include <cassert>
#include <cstdint>
#include <type_traits>

#include "intact/elementwise/dispatch.hpp"
#include "intact/gemm/epilogue.hpp"

namespace intact::gemm {

template <elementwise::StoredCode R, Epilogue Next>
struct AddResidualToSums {
    using Output = typename Next::Output;
    using Interleaved = std::conditional_t<InterleavedEpilogue<Next>, AddResidualToSums, void>;

    const R* codes = nullptr;
    Index stride = 0;
    std::int32_t zero_point = 0;
    const double* factors = nullptr;
    Next next;

    [[nodiscard]] const std::int32_t* initial_sums() const { return gemm::initial_sums(next); }

    void store(Sums<std::int32_t> sums, const Piece& piece, Output* out, Index out_stride) const {
        std::int32_t added[most_step_sums];
        assert(piece.rows * piece.columns <= most_step_sums);
        elementwise::best_kernels().of<R>().add_scaled_block(
            sums.data, sums.stride, codes + piece.row * stride + piece.column, stride, piece.rows,
            piece.columns, factors + piece.column, zero_point, added, piece.columns);
        next.store({added, piece.columns}, piece, out, out_stride);
    }
};

template <elementwise::StoredCode R, Epilogue Next>
AddResidualToSums(const R*, Index, std::int32_t, const double*, Next) -> AddResidualToSums<R, Next>;

}  // namespace intact::gemm
