// Products to 8-bit codes with AMX: the sums of 2 x 2 tiles become codes among the products of the
// next ones.
//
// Tiles come into vectors by way of memory only: 4 KiB, two of them in turns. 64 sums take about 25
// operations on two pipes, 1024 of them 190 cycles, which products of tiles leave free. How many
// instructions they are counts more: with the 250 of a step along k they have to fit the 512 that
// the processor looks ahead, or it runs out of products.
#pragma once

#include <algorithm>
#include <cstdint>

#include "intact/elementwise/kernels/avx512_quick_codes.hpp"
#include "intact/gemm/kernels/amx_product.hpp"
#include "intact/gemm/kernels/on_the_way.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::amx_int8 {

/// The sums of 32 rows of two panels on their way to codes: parts of 2 rows.
struct PendingCodes {
    static constexpr Index columns = 2 * panel_columns;
    static constexpr Index rows_of_part = 2;
    static constexpr Index all_parts = 2 * tile_rows / rows_of_part;

    elementwise::avx512::QuickConstants constants;
    const float* multipliers;  ///< of these columns
    const std::int32_t* sums;  ///< of the next part
    Index parts = 0;           ///< that are left
    std::uint8_t* out;         ///< of the next part
    Index out_stride;
    Index row;     ///< of the first part
    Index column;  ///< likewise
};

/// Makes codes of `parts` parts, which there are, or up to the first one that float32 leaves
/// undecided. Returns the number of those not done: what goes on behind an undecided one is the
/// caller's, so that no call stands here, which would cost a dozen instructions more.
[[gnu::noinline]] INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl") inline Index
    make_codes(PendingCodes& pending, Index parts) {
    using elementwise::avx512::Beside;
    constexpr Index part_sums = PendingCodes::rows_of_part * PendingCodes::columns;
    const elementwise::avx512::QuickConstants constants = pending.constants;
    const __m512 left = _mm512_load_ps(pending.multipliers);
    const __m512 right = _mm512_load_ps(pending.multipliers + panel_columns);
    const Index stride = pending.out_stride;
    const std::int32_t* sums = pending.sums;
    std::uint8_t* out = pending.out;
    pending.parts -= parts;
    bool is_decided = true;
    do {
        __m512i bits[4] = {};
#pragma GCC unroll 4
        for (int p = 0; p < 4; ++p) {
            bits[p] = elementwise::avx512::quick_bits(_mm512_load_si512(sums + p * panel_columns),
                                                      p % 2 == 0 ? left : right, constants);
        }
        is_decided = elementwise::avx512::are_decided<4, Beside::nothing>(bits, constants);
        const __m512i codes = elementwise::avx512::quick_codes<Beside::nothing>(bits, constants);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out),
                            _mm512_maskz_extracti64x4_epi64(0xff, codes, 0));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + stride),
                            _mm512_maskz_extracti64x4_epi64(0xff, codes, 1));
        sums += part_sums;
        out += PendingCodes::rows_of_part * stride;
        --parts;
    } while (parts != 0 && is_decided);
    pending.sums = sums;
    pending.out = out;
    pending.parts += parts;
    return is_decided ? 0 : parts + 1;
}

/// What a block to codes needs in memory.
struct CodesPlace {
    static constexpr Index tile_sums = 4 * tile_rows * panel_columns;

    alignas(64) std::int32_t sums[2 * tile_sums];  ///< two tiles, in turns
    alignas(64) float multipliers[block_columns];
    PendingCodes pending;
};

class CodesSink {
public:
    INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl")
    CodesSink(const Block& block, const Codes& codes, CodesPlace& place)
        : block_(block),
          codes_(codes),
          place_(place),
          parts_a_step_(share(PendingCodes::all_parts, steps_of_tile(block) - 1)),
          ahead_(block, steps_of(block)) {
        for (Index j = 0; j < codes.columns; j += panel_columns) {
            const Index columns = std::min(panel_columns, codes.columns - j);
            const auto mask = static_cast<__mmask16>(0xffffU >> (panel_columns - columns));
            _mm512_store_ps(place.multipliers + j,
                            elementwise::avx512::quick_multipliers(codes.multipliers + j, mask));
        }
        place.pending.out_stride = codes.out_stride;
        elementwise::avx512::set_constants(codes.output, place.pending.constants);
    }

    [[gnu::always_inline]] void step() {
        ahead_.step();
        if (waits_) {  // this step has sums to store, instructions enough
            waits_ = false;
        } else if (place_.pending.parts != 0) {
            make(std::min(parts_a_step_, place_.pending.parts));
        }
    }

    template <int Tile>
    [[gnu::always_inline]] void store(Index i) {
        if (!is_there_) return;
        constexpr Index stride = PendingCodes::columns;
        store_tile<Tile>(tile_of(turn(), stride, i % 2, i / 2),
                         stride * Index{sizeof(std::int32_t)});
    }

    [[gnu::always_inline]] void next(Index row, Index panel) {
        if (is_there_) take_sums<2, 2>(row_, panel_);
        row_ = row;
        panel_ = panel;
        is_there_ = true;
    }

    [[gnu::always_inline]] void end() {
        take_sums<2, 2>(row_, panel_);
        is_there_ = false;
    }

    template <int Rows, int Panels>
    [[gnu::always_inline]] void store_all(Index row, Index panel) {
        store_sums<0, Rows * Panels, Panels>(turn(), Panels * panel_columns);
        take_sums<Rows, Panels>(row, panel);
    }

    /// Makes codes of all sums that are left.
    void make_rest() {
        if (place_.pending.parts != 0) make(place_.pending.parts);
    }

private:
    [[gnu::always_inline]] void make(Index parts) {
        do {
            const Index undone = make_codes(place_.pending, parts);
            if (undone == 0) return;
            store_undecided();
            parts = undone - 1;
        } while (parts != 0);
    }

    /// Stores the codes of the part before the next one.
    [[gnu::noinline]] void store_undecided() const {
        const PendingCodes& pending = place_.pending;
        constexpr Index rows = PendingCodes::rows_of_part;
        const Index part = PendingCodes::all_parts - pending.parts - 1;
        codes_.store_rows(codes_.work, pending.sums - rows * PendingCodes::columns,
                          PendingCodes::columns, pending.row + part * rows, rows, pending.column,
                          PendingCodes::columns);
    }

    [[nodiscard]] std::int32_t* turn() const noexcept { return place_.sums + turn_; }

    /// Takes on the sums that have just been stored: to be made codes in later steps, or at once
    /// where they are not all of 2 x 2 tiles.
    template <int Rows, int Panels>
    [[gnu::always_inline]] void take_sums(Index row, Index panel) {
        make_rest();
        const std::int32_t* const sums = turn();
        turn_ = CodesPlace::tile_sums - turn_;
        const Index column = panel * panel_columns;
        const Index rows = std::min(Rows * tile_rows, block_.rows - row);
        const Index columns = std::min(Panels * panel_columns, codes_.columns - column);
        if (rows * columns < CodesPlace::tile_sums || Rows == 1) {
            codes_.store_rows(codes_.work, sums, Panels * panel_columns, row, rows, column,
                              columns);
            return;
        }
        PendingCodes& pending = place_.pending;
        pending.multipliers = place_.multipliers + column;
        pending.sums = sums;
        pending.out = codes_.out + row * codes_.out_stride + column;
        pending.row = row;
        pending.column = column;
        pending.parts = PendingCodes::all_parts;
        waits_ = true;
    }

    const Block& block_;
    const Codes& codes_;
    CodesPlace& place_;
    Index parts_a_step_;
    Ahead ahead_;
    Index turn_ = 0;  // where the next sums go
    Index row_ = 0;   // of the 2 x 2 tiles before
    Index panel_ = 0;
    bool is_there_ = false;  // whether there are any
    bool waits_ = false;
};

template <bool IsSigned>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl")
inline void multiply_all_to_codes(const Block& block, const Codes& codes) {
    CodesPlace place;
    CodesSink sink(block, codes, place);
    walk<IsSigned>(block, sink);
    sink.make_rest();
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
