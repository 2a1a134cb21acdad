// The codes of a row that fill no vector, a group at a time.
//
// Each group is stored whole: a tile that reads it soon after would have to wait until single codes
// have left the store buffer.
#pragma once

#include <cstdint>
#include <cstring>

#include "intact/gemm/kernel.hpp"

namespace intact::gemm {

/// The first 4 of `count` codes, exclusive-or `flip`, the first in the lowest byte (x86 stores it
/// first); zeros behind the last one, where nothing is read.
[[nodiscard]] inline std::uint32_t flipped_group(const std::uint8_t* codes, Index count,
                                                 std::uint8_t flip) noexcept {
    std::uint32_t four = 0;
    if (count >= group) {
        std::memcpy(&four, codes, sizeof(four));
        return four ^ flip * std::uint32_t{0x01010101};
    }
    for (Index i = count; i > 0; --i) {
        four = four << 8 | static_cast<std::uint32_t>(codes[i - 1] ^ flip);
    }
    return four;
}

}  // namespace intact::gemm
