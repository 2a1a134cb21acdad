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

/// The tiles of 1 or 2 tiles of rows along k. What of each row is less than a tile is copied.
class RowTiles {
public:
    RowTiles(const Block& block, std::uint8_t* last)
        : block_(block), last_(last), stride_(block.strip_stride) {
        const Index k = block.groups == 0 ? 0 : block.groups * group - group + block.last_codes;
        rest_ = k % tile_row_bytes;
        steps_ = k / tile_row_bytes + (rest_ != 0 ? 1 : 0);
    }

    /// Goes to the `count` rows from `row` on.
    INTACT_TARGET("avx512f,avx512bw")
    void go_to(Index row, Index count) {
        first_ = block_.strip + row * block_.strip_stride;
        if (rest_ == 0) return;
        const __mmask64 mask = ~(~__mmask64{0} << rest_);
        const std::uint8_t* from = first_ + (steps_ - 1) * tile_row_bytes;
        for (Index i = 0; i < count; ++i, from += stride_) {
            _mm512_store_si512(last_ + i * tile_row_bytes, _mm512_maskz_loadu_epi8(mask, from));
        }
    }

    /// Goes to the first step.
    [[gnu::always_inline]] void begin() {
        left_ = steps_;
        codes = first_;
        stride = stride_;
        copy_if_last();
    }
    [[gnu::always_inline]] void advance() {
        codes += tile_row_bytes;
        --left_;
        copy_if_last();
    }
    [[nodiscard]] bool is_done() const { return left_ == 0; }
    [[nodiscard]] Index steps() const { return steps_; }

    const std::uint8_t* codes = nullptr;  ///< of this step
    Index stride = 0;

private:
    [[gnu::always_inline]] void copy_if_last() {
        if (left_ == 1 && rest_ != 0) {
            codes = last_;
            stride = tile_row_bytes;
        }
    }

    const Block& block_;
    std::uint8_t* last_;
    const std::uint8_t* first_ = nullptr;
    Index stride_;
    Index rest_;
    Index steps_;
    Index left_ = 0;
};

}  // namespace intact::gemm::amx_int8
#endif
