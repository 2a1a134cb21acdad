// The rows of a product as tiles (AMX), read where they lie.
#pragma once

#include <cstdint>

#include "intact/gemm/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace intact::gemm::amx_int8 {

inline constexpr Index tile_rows = 16;
inline constexpr Index tile_groups = 16;
inline constexpr Index tile_row_bytes = 64;
inline constexpr Index tile_bytes = tile_groups * panel_group_bytes;

static_assert(tile_bytes <= packed_slack);

/// Where the codes of a tile of rows are: at one step along k.
struct RowTile {
    const std::uint8_t* codes;
    Index stride;  ///< bytes from one row to the next
};

/// Codes along k of a block.
[[nodiscard]] inline Index codes_along(const Block& block) noexcept {
    return block.groups == 0 ? 0 : block.groups * group - group + block.last_codes;
}

/// The tiles of 1 or 2 tiles of rows along k. What of each row is less than a tile is copied.
class RowTiles {
public:
    /// `last` has room for 64 codes of each row.
    RowTiles(const Block& block, std::uint8_t* last)
        : block_(block),
          last_(last),
          rest_(codes_along(block) % tile_row_bytes),
          whole_(codes_along(block) / tile_row_bytes) {}

    /// Goes to the `count` rows from `row` on.
    INTACT_TARGET("avx512f,avx512bw")
    void go_to(Index row, Index count) {
        first_ = block_.strip + row * block_.strip_stride;
        if (rest_ == 0) return;
        const __mmask64 mask = ~(~__mmask64{0} << rest_);
        const std::uint8_t* from = first_ + whole_ * tile_row_bytes;
        for (Index i = 0; i < count; ++i, from += block_.strip_stride) {
            _mm512_store_si512(last_ + i * tile_row_bytes, _mm512_maskz_loadu_epi8(mask, from));
        }
    }

    [[nodiscard]] RowTile first() const noexcept {
        return whole_ == 0 ? rest() : RowTile{first_, block_.strip_stride};
    }
    [[nodiscard]] RowTile rest() const noexcept { return {last_, tile_row_bytes}; }

    /// Steps that read rows where they lie.
    [[nodiscard]] Index whole() const noexcept { return whole_; }
    [[nodiscard]] bool has_rest() const noexcept { return rest_ != 0; }

private:
    const Block& block_;
    std::uint8_t* last_;
    const std::uint8_t* first_ = nullptr;
    Index rest_;
    Index whole_;
};

}  // namespace intact::gemm::amx_int8
#endif
