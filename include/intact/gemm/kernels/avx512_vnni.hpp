// The product kernel for AVX-512 VNNI: its tiles (avx512_vnni_tile.hpp) with their sums stored, or
// made 8-bit codes (avx512_vnni_codes.hpp), among the products of the next tile where that pays
// (avx512_vnni_weave.hpp). One row goes another way where weights are far (avx512_vnni_row.hpp).
#pragma once

#include "intact/elementwise/kernels/avx512_requantize_exactly.hpp"
#include "intact/gemm/kernels/avx512_start.hpp"
#include "intact/gemm/kernels/avx512_vnni_codes.hpp"
#include "intact/gemm/kernels/avx512_vnni_row.hpp"
#include "intact/gemm/kernels/avx512_vnni_tile.hpp"
#include "intact/gemm/kernels/avx512_vnni_weave.hpp"
#include "intact/gemm/kernels/tiles.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <bit>

#include <immintrin.h>

namespace intact::gemm::avx512_vnni {

INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline void pack_rows(const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                      std::uint8_t flip, std::uint8_t* strip, Index strip_stride) {
    const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
    const Index whole = count / 64 * 64;
    const __mmask64 rest = ~(~__mmask64{0} << (count - whole));
    for (Index i = 0; i < rows; ++i) {
        const std::uint8_t* from = codes + i * row_stride;
        std::uint8_t* to = strip + i * strip_stride;
        for (Index p = 0; p < whole; p += 64) {
            _mm512_storeu_si512(to + p, _mm512_xor_si512(_mm512_loadu_si512(from + p), flips));
        }
        if (rest != 0) {
            const __m512i last = _mm512_maskz_loadu_epi8(rest, from + whole);
            const __m512i flipped = _mm512_xor_si512(last, _mm512_maskz_mov_epi8(rest, flips));
            _mm512_storeu_si512(to + whole, flipped);
        }
    }
}

template <int Panels, bool Flips>
inline constexpr TilesOfWidth<6> tiles_of_width{
    Panels,
    {tile<1, Panels, Flips>, tile<2, Panels, Flips>, tile<3, Panels, Flips>, tile<4, Panels, Flips>,
     tile<5, Panels, Flips>, tile<6, Panels, Flips>}};

/// Whether tiles of a block fetch what lies ahead.
[[nodiscard]] inline bool is_fetching(const Block& block) noexcept {
    return (block.is_far || block.ahead_bytes != 0) && block.panel_count == 4 && block.rows > 3;
}

/// For more than three rows, which rows_of_tile() does not cut into fewer.
template <bool Flips>
inline constexpr TilesOfWidth<6, BlockTile> fetching_tiles{
    4,
    {nullptr, nullptr, fetching_tile<3, 4, Flips>, fetching_tile<4, 4, Flips>,
     fetching_tile<5, 4, Flips>, fetching_tile<6, 4, Flips>}};

template <int Panels, bool Flips>
inline constexpr TilesOfWidth<6, BlockTile> edge_tiles_of_width{
    Panels,
    {edge_tile<1, Panels, Flips>, edge_tile<2, Panels, Flips>, edge_tile<3, Panels, Flips>,
     edge_tile<4, Panels, Flips>, edge_tile<5, Panels, Flips>, edge_tile<6, Panels, Flips>}};

/// Of 1 row, 2 rows, ... 8 rows: blocks of one panel in one call, as small products often are.
template <bool Flips>
inline constexpr std::array panel_tiles{
    panel_tile<1, Flips>, panel_tile<2, Flips>, panel_tile<3, Flips>, panel_tile<4, Flips>,
    panel_tile<5, Flips>, panel_tile<6, Flips>, panel_tile<7, Flips>, panel_tile<8, Flips>};

/// Where Shares, products take the pipes of all vectors (Kernel::multiply_sharing).
template <bool Flips, bool Shares = false>
inline void run(const Block& block) {
    // Short sums spend much of their time on loading and storing sums. With half of the registers
    // in use the processor does so while it is at the next tile. It reads more codes for that,
    // which does not pay where loads and products are all that it has to do.
    constexpr Index short_groups = Shares ? 0 : 128;
    static constexpr std::array wide{tiles_of_width<4, Flips>, tiles_of_width<2, Flips>,
                                     tiles_of_width<1, Flips>};
    static constexpr std::array fetching{fetching_tiles<Flips>};
    static constexpr std::array narrow{tiles_of_width<2, Flips>, tiles_of_width<1, Flips>};
    static constexpr std::array edge{edge_tiles_of_width<2, Flips>, edge_tiles_of_width<1, Flips>};
    constexpr auto& of_one_panel = panel_tiles<Flips>;
    if (block.panel_count == 1 && block.rows <= std::ssize(of_one_panel) &&
        block.start != nullptr) {
        of_one_panel[static_cast<std::size_t>(block.rows - 1)](block);
    } else if (block.last_codes != group || block.last_columns != panel_columns) {
        run_tiles(block, edge);
    } else if (block.rows == 1 && block.is_far && block.groups <= most_row_groups) {
        multiply_row<Flips>(block);
    } else if (is_fetching(block)) {
        run_tiles(block, fetching);
    } else if (block.groups <= short_groups && block.rows > 3) {
        run_tiles(block, narrow);
    } else {
        run_tiles(block, wide);
    }
}

inline void multiply(const Block& block) { block.flip == 0 ? run<false>(block) : run<true>(block); }

inline void multiply_sharing(const Block& block) { run<false, true>(block); }

template <bool Flips, bool Shares = false>
INTACT_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
inline void run_to_codes(const Block& block, const Codes& codes) {
    static constexpr std::array weaves{weave_codes<2, Flips>, weave_codes<3, Flips>,
                                       weave_codes<4, Flips>};
    static constexpr std::array of_width{tiles_to_codes<1, Flips>, tiles_to_codes<2, Flips>,
                                         tiles_to_codes<3, Flips>, tiles_to_codes<4, Flips>};
    TileCodes to;
    elementwise::avx512::set_constants(codes.output, to.constants);
    to.mask = ~__mmask64{0} >> (64 - codes.columns);
    for (Index p = 0; p < block.panel_count; ++p) {
        const Index column = p * panel_columns;
        to.multipliers[p] = elementwise::avx512::quick_multipliers(
            codes.multipliers + column, static_cast<__mmask16>(to.mask >> column));
    }
    to.out = codes.out;
    to.out_stride = codes.out_stride;
    const auto& tiles = is_fetching(block)
                            ? tiles_to_codes<4, Flips, true>
                            : of_width[static_cast<std::size_t>(block.panel_count - 1)];
    std::uint64_t undecided = 0;
    Index row = Shares ? 0 : rows_to_weave(block);
    if (row > 0) {
        undecided = weaves[static_cast<std::size_t>(block.panel_count - 2)](block, row, to);
    }
    while (row < block.rows) {
        const Index rows = rows_of_tile(block.rows - row, std::ssize(tiles));
        undecided |= tiles[static_cast<std::size_t>(rows - 1)](block, row, to);
        row += rows;
    }
    for (; undecided != 0; undecided &= undecided - 1) {
        const Index left = std::countr_zero(undecided);
        const std::int32_t* sums = block.sums + left * block.sums_stride;
        elementwise::quick::plainly(
            codes.output, codes.out + left * codes.out_stride, [&](const auto& output, auto* out) {
                elementwise::avx512::requantize_exactly<4>(sums, 0, 1, codes.columns,
                                                           codes.multipliers, output, out, 0);
            });
    }
}

inline void multiply_to_codes(const Block& block, const Codes& codes) {
    block.flip == 0 ? run_to_codes<false>(block, codes) : run_to_codes<true>(block, codes);
}

inline void multiply_to_codes_sharing(const Block& block, const Codes& codes) {
    run_to_codes<false, true>(block, codes);
}

inline constexpr Kernel kernel{.isa = simd::Isa::avx512_vnni,
                               .gops = 600,
                               .rows = 6,
                               .columns = 4 * panel_columns,
                               .code_bytes = 1,
                               .read_k = 1,
                               .fetches_ahead = true,
                               .cuts = true,
                               .flips = true,
                               .pack_rows = pack_rows,
                               .multiply = multiply,
                               .start_sums = avx512::start_sums,
                               .multiply_to_codes = multiply_to_codes,
                               .multiply_sharing = multiply_sharing,
                               .multiply_to_codes_sharing = multiply_to_codes_sharing};

}  // namespace intact::gemm::avx512_vnni
#endif
