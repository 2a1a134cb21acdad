// The codes of a row behind its last whole eight, packed at once.
//
// They are stored as a whole: a tile that reads them soon after would have to wait until single
// codes have left the store buffer.
#pragma once

#include <cstdint>
#include <cstring>

#include "intact/gemm/kernel.hpp"

namespace intact::gemm {

/// Of rows of `count` codes, which become exclusive-or `flip`.
class EndOfRow {
public:
    static constexpr Index eight = 8;

    EndOfRow(Index count, std::uint8_t flip) noexcept
        : first_(count / eight * eight),
          count_(count),
          missing_bits_(8 * (first_ + eight - count)),
          flips_(flip * std::uint64_t{0x0101010101010101}) {}

    [[nodiscard]] bool is_there() const noexcept { return first_ < count_; }
    /// Its place in the row.
    [[nodiscard]] Index first() const noexcept { return first_; }

    /// The end of one row, up to 7 codes, the first in the lowest byte (x86 stores it first), zeros
    /// behind the last. Reads nothing behind the row, nor before it.
    [[nodiscard]] std::uint64_t of(const std::uint8_t* row) const noexcept {
        std::uint64_t found = 0;
        if (count_ >= eight) {  // together with some that come before, which the shift takes away
            std::memcpy(&found, row + count_ - eight, eight);
            return (found ^ flips_) >> missing_bits_;
        }
        if (count_ >= group) {  // two groups, the last codes of the first one once more
            std::uint32_t last = 0;
            std::memcpy(&found, row, group);
            std::memcpy(&last, row + count_ - group, group);
            found |= std::uint64_t{last} >> missing_bits_ << 32;
        } else {
            for (Index i = count_; i > 0; --i) found = found << 8 | row[i - 1];
        }
        return found ^ flips_ >> missing_bits_;
    }

private:
    Index first_;
    Index count_;
    Index missing_bits_;
    std::uint64_t flips_;
};

}  // namespace intact::gemm
