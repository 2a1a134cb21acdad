// The product kernel for AMX-INT8: one instruction multiplies a tile of 16 rows x 64 codes by one
// of 64 codes x 16 columns. Exact: sums wrap, they do not saturate. Takes int8 and uint8 rows
// alike. How it walks over tiles: amx_product.hpp. How sums become codes: amx_codes.hpp.
//
//   per 64   4 products of 16 cycles each on the one unit there is, which is the bound: 64 cycles.
//   codes    4 loads of 1 KiB, 10 cycles each from the first-level cache, 21 from the second: rows
//            from the first and columns from the second take 62.
//   sums     4 loads and 4 stores of 1 KiB, 11 and 16 cycles each, in turn with products.
//   epilogue of the step before, some rows after each step along k. Behind the block it would stand
//            behind the stores of sums too, which wait for the last products.
//
// Tiles are configured once for a part of a product (enter, about 210 cycles with leave) and
// given back after it. A configuration that was in use before is in use again then; data in tiles
// is lost, as in any call (amx_tiles.hpp).
//
// Source   Intel SDM volume 2, TDPBSSD, TDPBUSD; Intel 64 and IA-32 Architectures Optimization
//          Reference Manual (AMX: throughputs and latencies); cycles are measured ones
#pragma once

#include "intact/gemm/kernels/amx_codes.hpp"
#include "intact/gemm/kernels/amx_product.hpp"
#include "intact/gemm/kernels/amx_tiles.hpp"
#include "intact/gemm/kernels/avx512_start.hpp"
#include "intact/gemm/kernels/avx512_vnni.hpp"
#include "intact/gemm/kernels/on_the_way.hpp"

#if INTACT_X86
#include <new>

namespace intact::gemm::amx_int8 {

inline void enter(KernelState& saved) {
    static constexpr TileConfig config{
        .palette = 1,
        .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0},
        .rows = {16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0}};
    auto* const before = new (saved.bytes) TileConfig;
    store_config(*before);
    load_config(config);
}

inline void leave(KernelState& saved) {
    const auto& before = *std::launder(reinterpret_cast<const TileConfig*>(saved.bytes));
    if (before.palette == 0) {
        release();
    } else {
        load_config(before);
    }
}

/// Leaves sums as they are; runs what there is on the way.
class SumsSink {
public:
    explicit SumsSink(const Block& block) : block_(block), on_the_way_(block, steps_of(block)) {}

    template <class Step>
    [[gnu::always_inline]] inline void square(Step step, const RowTiles& rows, SumsPlace start,
                                              Index row, Index panel) {
        step.first(start, {before_, block_.sums_stride});
        before_ = sums(row, panel);
        for (Index left = rows.whole(); left > 1; --left) {
            on_the_way_.step();
            step.advance();
            step.add_all();
        }
        on_the_way_.step();
        step.add_rest(rows);
    }

    template <int Base>
    [[gnu::always_inline]] inline void end() {
        SquareStore{before_, block_.sums_stride}.store_all<Base>();
    }

    [[gnu::always_inline]] inline void step() { on_the_way_.step(); }

    template <int Rows, int Panels>
    [[gnu::always_inline]] inline void store_all(Index row, Index panel) {
        store_sums<0, Rows * Panels, Panels>(sums(row, panel), block_.sums_stride);
    }

    /// Does what is left to do.
    void do_rest() { on_the_way_.finish(); }

private:
    [[nodiscard]] std::int32_t* sums(Index row, Index panel) const noexcept {
        return block_.sums + row * block_.sums_stride + panel * panel_columns;
    }

    const Block& block_;
    OnTheWay on_the_way_;
    std::int32_t* before_ = nullptr;  // sums of the 2 x 2 tiles before
};

template <bool IsSigned>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl")
inline void multiply_all(const Block& block) {
    SumsSink sink(block);
    walk<IsSigned>(block, sink);
    sink.do_rest();
}

inline void multiply(const Block& block) {
    if (block.is_signed) {
        multiply_all<true>(block);
    } else {
        multiply_all<false>(block);
    }
}

inline constexpr Kernel kernel{.isa = simd::Isa::amx_int8,
                               .gops = 2500,
                               .rows = 2 * tile_rows,
                               .columns = 2 * panel_columns,
                               .code_bytes = 1,
                               .read_rows = tile_rows,
                               .read_k = 1,
                               .signs = Signs::both,
                               .passes_panels = true,
                               .fetches_ahead = true,
                               .runs_errands = true,
                               .pack_rows = avx512_vnni::pack_rows,
                               .multiply = multiply,
                               .start_sums = avx512::start_sums,
                               .multiply_to_codes = multiply_to_codes,
                               .enter = enter,
                               .leave = leave};

}  // namespace intact::gemm::amx_int8
#endif
