#include "intact/gemm/executor.hpp"

#include <doctest/doctest.h>

#include "intact/gemm/dispatch.hpp"
#include "intact/gemm/thread_team.hpp"

using namespace intact;
using gemm::Index;

static_assert(Executor<CallersThread>);
static_assert(!Executor<int>);

TEST_CASE("Division: the parts make up the product, cut at tiles of rows or blocks of columns") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (const Index m : {1, 7, 64, 1000}) {
            for (const Index n : {1, 63, 64, 65, 4096}) {
                for (const Index most : {1, 2, 3, 7, 64}) {
                    const gemm::Division division(m, n, 4096, most, 1000, kernel);
                    CHECK(1 <= division.count());
                    CHECK(division.count() <= most);
                    Index outputs = 0;
                    for (Index i = 0; i < division.count(); ++i) {
                        const gemm::Part part = division.part(i);
                        CHECK(part.rows > 0);
                        CHECK(part.columns > 0);
                        CHECK(part.row + part.rows <= m);
                        CHECK(part.column + part.columns <= n);
                        CHECK(part.row % kernel.rows == 0);
                        CHECK(part.column % gemm::usual_block_columns == 0);
                        if (i == 0) {
                            CHECK(part.row == 0);
                            CHECK(part.column == 0);
                        } else {
                            const gemm::Part before = division.part(i - 1);
                            const bool follows = before.row + before.rows == part.row ||
                                                 before.column + before.columns == part.column;
                            CHECK(follows);
                        }
                        outputs += part.rows * part.columns;
                    }
                    CHECK(outputs == m * n);
                }
            }
        }
    }
}

TEST_CASE("Division: what takes less than twice the hand-over stays whole") {
    gemm::Kernel kernel = gemm::kernels().back();
    kernel.gops = 100;
    const auto parts = [&](Index m, Index n, Index k, Index most, Index hand_over_ns) {
        return gemm::Division(m, n, k, most, hand_over_ns, kernel).count();
    };
    CHECK(parts(7, 5, 13, 8, 1000) == 1);
    CHECK(parts(64, 64, 48, 8, 1000) == 1);  // 4 microseconds are two parts
    CHECK(parts(64, 64, 49, 8, 1000) == 2);
    CHECK(parts(64, 64, 98, 8, 1000) == 4);
    CHECK(parts(64, 64, 98, 3, 1000) == 3);
    CHECK(parts(512, 512, 512, 8, 1000) == 8);
    CHECK(parts(512, 512, 512, 8, 1'000'000) == 1);
    CHECK(parts(1, 4096, 4096, 2, 1000) == 2);
    kernel.gops = 50;
    CHECK(parts(64, 64, 49, 8, 1000) == 4);
}

TEST_CASE("Division: along the side that divides better, else along the longer one") {
    gemm::Kernel kernel = gemm::kernels().back();
    kernel.gops = 100;
    kernel.rows = 32;
    const auto second = [&](Index m, Index n) {
        return gemm::Division(m, n, 2304, 2, 1000, kernel).part(1);
    };
    CHECK(second(196, 256).column == 128);  // 7 tiles of rows, 4 blocks of columns
    CHECK(second(192, 256).row == 96);
    CHECK(second(96, 320).column == 128);  // 3 blocks of 5 are less than 2 tiles of 3
    CHECK(second(96, 65).row == 32);       // the second block is one column
    CHECK(second(33, 192).column == 64);   // the second tile is one row
    CHECK(second(1000, 1000).row == 512);
}

TEST_CASE("hand_over_ns: what an executor says, or a careful guess") {
    struct Other {
        [[nodiscard]] static Index size() { return 2; }
        static void run(Index /*count*/, const detail::AnyTask& /*task*/) {}
    };
    CHECK(gemm::hand_over_ns<Other>() == 10'000);
    CHECK(gemm::hand_over_ns<ThreadTeam>() == ThreadTeam::hand_over_ns);
}
