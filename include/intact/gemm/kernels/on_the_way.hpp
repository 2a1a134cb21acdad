// What a kernel whose products take long does on the way: it fetches panels that are read later,
// and runs an errand. A part of both follows each step along k, so that the processor has that and
// the products of the next steps under way at a time.
#pragma once

#include <algorithm>

#include "intact/gemm/kernel.hpp"

namespace intact::gemm {

/// `all` in `steps` shares, the last ones of which may be smaller.
[[nodiscard]] inline Index share(Index all, Index steps) noexcept {
    return all == 0 ? 0 : (all - 1) / std::max<Index>(1, steps) + 1;
}

/// Fetches what is read after a block into the second-level cache.
class Ahead {
public:
    /// `steps` are the calls of step() to come; what they leave of the panels is not fetched.
    Ahead(const Block& block, Index steps)
        : next_(block.ahead),
          end_(block.ahead + block.ahead_bytes),
          bytes_a_step_(share(block.ahead_bytes / panel_group_bytes, steps) * panel_group_bytes) {}

    [[gnu::always_inline]] void step() {
        if (next_ == end_) return;
        const std::int8_t* line = next_;
        next_ += std::min(bytes_a_step_, end_ - next_);
        for (; line < next_; line += panel_group_bytes) __builtin_prefetch(line, 0, 2);
    }

private:
    const std::int8_t* next_;
    const std::int8_t* end_;
    Index bytes_a_step_;
};

/// The same, and runs the errand.
class OnTheWay {
public:
    OnTheWay(const Block& block, Index steps) : ahead_(block, steps) {
        if (block.errand == nullptr) return;
        errand_ = *block.errand;
        rows_a_step_ = std::max(fewest_rows, share(errand_.rows, steps));
    }

    [[gnu::always_inline]] void step() {
        ahead_.step();
        run(rows_a_step_);
    }

    /// Runs what is left of the errand.
    void finish() { run(errand_.rows); }

private:
    static constexpr Index fewest_rows = 4;  // a call for fewer costs about as much as they do

    [[gnu::always_inline]] void run(Index most) {
        if (row_ == errand_.rows) return;
        const Index rows = std::min(most, errand_.rows - row_);
        errand_.run(errand_.work, row_, rows);
        row_ += rows;
    }

    Ahead ahead_;
    Errand errand_{};
    Index row_ = 0;
    Index rows_a_step_ = 0;
};

}  // namespace intact::gemm
