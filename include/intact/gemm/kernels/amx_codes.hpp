// Products to 8-bit codes with AMX: the sums of 2 x 2 tiles become codes among the products of the
// next ones.
//
// Tiles come into vectors by way of memory only, 4 KiB. 64 sums take about 25 operations on two
// pipes, 1024 of them 190 cycles, which products of tiles leave free. What else there is counts
// more: with the instructions of a step along k they have to fit the 512 that the processor looks
// ahead, or it runs out of products. So nothing is called on the way, all that a step needs is in
// registers, no more than a few codes stand between two products, and what float32 leaves undecided
// waits until all codes of 2 x 2 tiles are made.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "intact/gemm/kernels/amx_parts.hpp"
#include "intact/gemm/kernels/amx_product.hpp"
#include "intact/gemm/kernels/on_the_way.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::amx_int8 {

class CodesSink {
public:
    INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl")
    CodesSink(const Block& block, const Codes& codes, CodesPlace& place)
        : block_(block), codes_(codes), place_(place), ahead_(block, steps_of(block)) {
        for (Index j = 0; j < codes.columns; j += panel_columns) {
            const Index columns = std::min(panel_columns, codes.columns - j);
            const auto mask = static_cast<__mmask16>(0xffffU >> (panel_columns - columns));
            _mm512_store_ps(place.multipliers + j,
                            elementwise::avx512::quick_multipliers(codes.multipliers + j, mask));
        }
        elementwise::avx512::set_constants(codes.output, place.constants);
    }

    /// The sums before become codes between the products of these. Takes references: copies would
    /// be made of what has just been written in smaller pieces, and wait until that has left the
    /// store buffer, with all that the processor has under way.
    template <class Step>
    [[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void square(
        const Step& at, const RowTiles& rows, const SumsPlace& place, Index row, Index panel) {
        Step step = at;
        const SumsPlace start = place;
        Index left = rows.whole() - 1;
        if (is_whole_) {
            MakingCodes codes = making_codes();
            step.first(start, before());
            left = make_meanwhile(left, step, codes);
            finish(codes);
        } else {
            step.first(start, before());
            if (is_there_) store_rows<2, 2>(row_, panel_);
        }
        for (; left > 0; --left) {
            step.advance();
            step.add_all();
            ahead_.step();
        }
        step.add_rest(rows);
        ahead_.step();
        row_ = row;
        panel_ = panel;
        is_there_ = true;
        is_whole_ =
            row + 2 * tile_rows <= block_.rows && (panel + 2) * panel_columns <= codes_.columns;
    }

    template <int Base>
    [[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void end() {
        before().template store_all<Base>();
        if (!is_whole_) return store_rows<2, 2>(row_, panel_);
        MakingCodes codes = making_codes();
        finish(codes);
    }

    [[gnu::always_inline]] void step() { ahead_.step(); }

    template <int Rows, int Panels>
    [[gnu::always_inline]] void store_all(Index row, Index panel) {
        store_sums<0, Rows * Panels, Panels>(place_.sums, Panels * panel_columns);
        store_rows<Rows, Panels>(row, panel);
    }

private:
    /// Where the sums before are stored, if there are any.
    [[nodiscard]] SquareStore before() const noexcept {
        return {is_there_ ? place_.sums : nullptr, Parts::columns};
    }

    [[nodiscard,
      gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") MakingCodes
        making_codes() const {
        const Index column = panel_ * panel_columns;
        return {place_, column, codes_.out + row_ * codes_.out_stride + column, codes_.out_stride};
    }

    /// Makes codes between the products of the next steps, at most `left`; returns those left.
    template <class Step>
    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") Index
        make_meanwhile(Index left, Step& step, MakingCodes& codes) {
        if (left >= 8) {
            for (Index i = 0; i < 8; ++i) make_between<1, 0, 1, 0>(step, codes);
            return left - 8;
        }
        if (left >= 4) {
            for (Index i = 0; i < 4; ++i) make_between<1, 1, 1, 1>(step, codes);
            return left - 4;
        }
        if (left == 3) {
            make_between<1, 1, 1, 2>(step, codes);
            make_between<1, 1, 1, 2>(step, codes);
            make_between<1, 1, 2, 2>(step, codes);
            return 0;
        }
        for (; left > 0; --left) make_between<2, 2, 2, 2>(step, codes);
        return left;
    }

    /// A step, with that many parts after each of its products.
    template <int A, int B, int C, int D, class Step>
    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void make_between(
        Step& step, MakingCodes& codes) {
        step.advance();
        step.template add<0>();
        codes.make<A>();
        step.template add<1>();
        codes.make<B>();
        step.template add<2>();
        codes.make<C>();
        step.template add<3>();
        codes.make<D>();
        ahead_.step();
    }

    /// Makes the codes that are left.
    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") void finish(
        MakingCodes& codes) const {
        while (codes.parts != 0) codes.make<1>();
        if (codes.undecided != 0) store_undecided(codes.undecided);
    }

    /// Stores the codes of parts that float32 leaves undecided.
    [[gnu::noinline]] void store_undecided(std::uint32_t parts) const {
        for (; parts != 0; parts &= parts - 1) {
            const Index part = Parts::all - 1 - std::countr_zero(parts);
            codes_.store_rows(codes_.work, place_.sums + part * Parts::sums_of_one, Parts::columns,
                              row_ + part * Parts::rows_of_one, Parts::rows_of_one,
                              panel_ * panel_columns, Parts::columns);
        }
    }

    /// Stores the codes of Rows x Panels tiles, as much as there is of them.
    template <int Rows, int Panels>
    [[gnu::noinline]] void store_rows(Index row, Index panel) const {
        const Index column = panel * panel_columns;
        codes_.store_rows(codes_.work, place_.sums, Panels * panel_columns, row,
                          std::min(Rows * tile_rows, block_.rows - row), column,
                          std::min(Panels * panel_columns, codes_.columns - column));
    }

    const Block& block_;
    const Codes& codes_;
    CodesPlace& place_;
    Ahead ahead_;
    Index row_ = 0;  // of the 2 x 2 tiles before
    Index panel_ = 0;
    bool is_there_ = false;  // whether there are any
    bool is_whole_ = false;  // and all of their rows and columns belong to the block
};

template <bool IsSigned>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl")
inline void multiply_all_to_codes(const Block& block, const Codes& codes) {
    CodesPlace place;
    CodesSink sink(block, codes, place);
    walk<IsSigned>(block, sink);
}

inline void multiply_to_codes(const Block& block, const Codes& codes) {
    if (block.is_signed) {
        multiply_all_to_codes<true>(block, codes);
    } else {
        multiply_all_to_codes<false>(block, codes);
    }
}

}  // namespace intact::gemm::amx_int8
#endif
