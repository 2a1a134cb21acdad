#include "intact/gemm/kernels/on_the_way.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

using namespace intact;
using gemm::Index;

namespace {

/// Counts how often each row comes.
struct Rows {
    explicit Rows(Index rows) : times(static_cast<std::size_t>(rows)), errand{count, this, rows} {}

    static void count(const void* work, Index row, Index rows) {
        const auto& self = *static_cast<const Rows*>(work);
        CHECK(rows > 0);
        for (Index i = row; i < row + rows; ++i) ++self.times.at(static_cast<std::size_t>(i));
    }
    [[nodiscard]] Index done() const {
        Index sum = 0;
        for (const int one : times) sum += one;
        return sum;
    }

    mutable std::vector<int> times;
    gemm::Errand errand;
};

}  // namespace

TEST_CASE("OnTheWay: the steps share the rows of an errand, each of which comes once") {
    for (const Index rows : {1, 4, 31, 32, 128}) {
        for (const Index steps : {1, 2, 7, 16, 200}) {
            const Rows counted(rows);
            gemm::Block block{};
            block.errand = &counted.errand;
            gemm::OnTheWay on_the_way(block, steps);
            Index before = 0;
            for (Index step = 0; step < steps; ++step) {
                on_the_way.step();
                const Index in_step = counted.done() - before;
                CHECK(in_step <= std::max<Index>(4, (rows + steps - 1) / steps));
                before += in_step;
            }
            CHECK(counted.times == std::vector<int>(static_cast<std::size_t>(rows), 1));
            on_the_way.finish();
            CHECK(counted.done() == rows);
        }
    }
}

TEST_CASE("OnTheWay: what steps that did not come leave is done at the end") {
    for (const Index steps_taken : {0, 1, 3}) {
        const Rows counted(40);
        gemm::Block block{};
        block.errand = &counted.errand;
        gemm::OnTheWay on_the_way(block, 8);
        for (Index step = 0; step < steps_taken; ++step) on_the_way.step();
        CHECK(counted.done() == 5 * steps_taken);
        on_the_way.finish();
        CHECK(counted.times == std::vector<int>(40, 1));
    }
}

TEST_CASE("OnTheWay: without an errand there is nothing to do") {
    gemm::OnTheWay on_the_way(gemm::Block{}, 3);
    on_the_way.step();
    on_the_way.finish();
}
