// Products to 8-bit codes with AMX: the sums of 2 x 2 tiles become codes among the products of the
// next ones.
//
// Tiles come into vectors by way of memory only, 4 KiB. Codes of 64 sums take 21 operations, which
// products of tiles leave free (amx_parts.hpp). What else there is counts more: with the
// instructions of a step along k they have to fit the 512 that the processor looks ahead, or it
// runs out of products. So nothing is called on the way, all that a step needs is in registers, no
// more than a few codes stand between two products, and what float32 leaves undecided waits until
// all codes of 2 x 2 tiles are made.
//
// What a tile store has written can be loaded once it is in the cache, about 100 cycles later; the
// products of the next steps hide that. Three steps are too few: there codes come about one 2 x 2
// tiles later, and among the products of the first step too. Longer products lost a hundredth or
// more by it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "intact/elementwise/kernels/avx512_requantize.hpp"
#include "intact/gemm/kernels/amx_parts.hpp"
#include "intact/gemm/kernels/amx_product.hpp"
#include "intact/gemm/kernels/on_the_way.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::amx_int8 {

/// IsShort: at most three steps of 64 codes along k.
template <bool IsShort>
class CodesSink {
public:
    /// 2 x 2 tiles whose sums are in memory at a time.
    static constexpr int squares = IsShort ? 2 : 1;

    INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")
    CodesSink(const Block& block, const Codes& codes, CodesPlace<squares>& place)
        : block_(block), codes_(codes), place_(place), ahead_(block, steps_of(block)) {
        for (Index j = 0; j < codes.columns; j += panel_columns) {
            const Index columns = std::min(panel_columns, codes.columns - j);
            const auto mask = static_cast<__mmask16>(0xffffU >> (panel_columns - columns));
            _mm512_store_ps(place.multipliers + j,
                            elementwise::avx512::quick_multipliers(codes.multipliers + j, mask));
        }
        elementwise::avx512::set_constants(codes.output, place.constants);
    }

    /// What is in memory becomes codes between the products of these. Takes references: copies
    /// would be made of what has just been written in smaller pieces, and wait until that has left
    /// the store buffer, with all that the processor has under way.
    template <class Step>
    [[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void square(
        const Step& at, const RowTiles& rows, const SumsPlace& place, Index row, Index panel) {
        Step step = at;
        const SumsPlace start = place;
        Index left = rows.whole() - 1;
        Waiting& waiting = squares_[turn()];  // these take its place
        if (waiting.is_whole) {
            MakingCodes codes = making_codes(turn());
            left = make_meanwhile(left, step, start, codes);
            finish(codes, turn());
        } else {
            step.first(start, in_tiles());
            if (waiting.is_there) store_rows(turn());
        }
        for (; left > 0; --left) {
            step.advance();
            step.add_all();
            ahead_.step();
        }
        step.add_rest(rows);
        ahead_.step();
        waiting.row = row;
        waiting.panel = panel;
        waiting.is_there = true;
        waiting.is_whole =
            row + 2 * tile_rows <= block_.rows && (panel + 2) * panel_columns <= codes_.columns;
        if constexpr (IsShort) turn_ = next_turn();
    }

    template <int Base>
    [[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void end() {
        in_tiles().template store_all<Base>();
        make_all(turn());
        if constexpr (IsShort) make_all(next_turn());
    }

    [[gnu::always_inline]] void step() { ahead_.step(); }

    template <int Rows, int Panels>
    [[gnu::always_inline]] void store_all(Index row, Index panel) {
        store_sums<0, Rows * Panels, Panels>(place_.sums[0], Panels * panel_columns);
        store_rows<Rows, Panels>(place_.sums[0], row, panel);
    }

private:
    /// 2 x 2 tiles on their way to codes.
    struct Waiting : Square {
        bool is_there = false;  // if there are any
        bool is_whole = false;  // and all of their rows and columns belong to the block
    };

    [[nodiscard]] int turn() const noexcept { return IsShort ? turn_ : 0; }
    [[nodiscard]] int next_turn() const noexcept { return IsShort ? 1 - turn_ : 0; }

    [[nodiscard]] std::uint8_t* out(Index row, Index column) const noexcept {
        return codes_.out + row * codes_.out_stride + column;
    }

    /// Where the sums that are in tiles are stored, if there are any.
    [[nodiscard]] SquareStore in_tiles() const noexcept {
        const int of = next_turn();
        return {squares_[of].is_there ? place_.sums[of] : nullptr, Parts::columns};
    }

    [[nodiscard, gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")
        MakingCodes making_codes(int of) const {
        const Index row = squares_[of].row;
        const Index column = squares_[of].panel * panel_columns;
        return {place_.constants, place_.multipliers + column, place_.sums[of], out(row, column),
                codes_.out_stride};
    }

    /// Makes codes between the products of the first step and the next ones, at most `left`;
    /// returns those left.
    template <class Step>
    [[gnu::always_inline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") Index
        make_meanwhile(Index left, Step& step, const SumsPlace& start, MakingCodes& codes) {
        if constexpr (IsShort) {
            if (left <= 0) {
                make_in_first<2>(step, start, codes);
                return 0;
            }
            make_in_first<1>(step, start, codes);
            if (left >= 2) {
                for (Index i = 0; i < 2; ++i) make_between<1, 0, 1, 0>(step, codes);
                return left - 2;
            }
            make_between<1, 1, 1, 1>(step, codes);
            return left - 1;
        }
        step.first(start, in_tiles());
        if (left >= 8) {
            for (Index i = 0; i < 8; ++i) make_between<1, 0, 0, 0>(step, codes);
            return left - 8;
        }
        if (left >= 4) {
            for (Index i = 0; i < 4; ++i) make_between<1, 0, 1, 0>(step, codes);
            return left - 4;
        }
        for (Index i = 0; i < 2; ++i) make_between<1, 1, 1, 0>(step, codes);
        make_between<1, 0, 1, 0>(step, codes);
        return left - 3;
    }

    /// The first step, with that many parts after each of its products.
    template <int Count, class Step>
    [[gnu::always_inline]] INTACT_TARGET(
        "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void make_in_first(Step& step,
                                                                            const SumsPlace& start,
                                                                            MakingCodes& codes) {
        const SquareStore store = in_tiles();
        step.template add_first<0>(start, store);
        codes.make<Count>();
        step.template add_first<1>(start, store);
        codes.make<Count>();
        step.template add_first<2>(start, store);
        codes.make<Count>();
        step.template add_first<3>(start, store);
        codes.make<Count>();
    }

    /// A step, with that many parts after each of its products.
    template <int A, int B, int C, int D, class Step>
    [[gnu::always_inline]] INTACT_TARGET(
        "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void make_between(Step& step,
                                                                           MakingCodes& codes) {
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

    /// Makes the codes that are left of 2 x 2 tiles.
    [[gnu::always_inline]] INTACT_TARGET(
        "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void finish(MakingCodes& codes,
                                                                     int of) const {
        while (codes.parts > 0) codes.make<1>();
        if (codes.undecided != 0) store_undecided(codes.undecided, of);
    }

    /// Makes all codes of 2 x 2 tiles, if there are any.
    [[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void make_all(
        int of) const {
        if (!squares_[of].is_there) return;
        if (!squares_[of].is_whole) return store_rows(of);
        MakingCodes codes = making_codes(of);
        finish(codes, of);
    }

    /// Stores the codes of parts that float32 leaves undecided.
    [[gnu::noinline]] INTACT_TARGET(
        "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi") void store_undecided(std::uint32_t parts,
                                                                              int of) const {
        for (; parts != 0; parts &= parts - 1) {
            const Index part = Parts::all - 1 - std::countr_zero(parts);
            const std::int32_t* sums = place_.sums[of] + part * Parts::sums_of_one;
            const Index row = squares_[of].row + part * Parts::rows_of_one;
            const Index column = squares_[of].panel * panel_columns;
            elementwise::quick::plainly(
                codes_.output, out(row, column), [&](const auto& output, auto* to) {
                    elementwise::avx512::requantize_exactly<2>(
                        sums, Parts::columns, Parts::rows_of_one, Parts::columns,
                        codes_.multipliers + column, output, to, codes_.out_stride);
                });
        }
    }

    /// Stores the codes of Rows x Panels tiles, as much as there is of them.
    template <int Rows, int Panels>
    [[gnu::noinline]] void store_rows(const std::int32_t* sums, Index row, Index panel) const {
        const Index column = panel * panel_columns;
        const Index rows = std::min(Rows * tile_rows, block_.rows - row);
        const Index columns = std::min(Panels * panel_columns, codes_.columns - column);
        elementwise::quick::plainly(
            codes_.output, out(row, column), [&](const auto& output, auto* to) {
                elementwise::avx512::requantize_block(sums, Panels * panel_columns, rows, columns,
                                                      codes_.multipliers + column, output, to,
                                                      codes_.out_stride);
            });
    }
    [[gnu::noinline]] void store_rows(int of) const {
        store_rows<2, 2>(place_.sums[of], squares_[of].row, squares_[of].panel);
    }

    const Block& block_;
    const Codes& codes_;
    CodesPlace<squares>& place_;
    Ahead ahead_;
    // In memory at turn(), in tiles at next_turn(). Never copied, which would wait as in square().
    Waiting squares_[std::size_t{squares}];
    int turn_ = 0;
};

template <bool IsSigned, bool IsShort>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")
inline void multiply_all_to_codes(const Block& block, const Codes& codes) {
    CodesPlace<CodesSink<IsShort>::squares> place;
    CodesSink<IsShort> sink(block, codes, place);
    walk<IsSigned>(block, sink);
}

inline void multiply_to_codes(const Block& block, const Codes& codes) {
    const bool is_short = steps_of_tile(block) <= 3;
    if (block.is_signed) {
        is_short ? multiply_all_to_codes<true, true>(block, codes)
                 : multiply_all_to_codes<true, false>(block, codes);
    } else {
        is_short ? multiply_all_to_codes<false, true>(block, codes)
                 : multiply_all_to_codes<false, false>(block, codes);
    }
}

}  // namespace intact::gemm::amx_int8
#endif
