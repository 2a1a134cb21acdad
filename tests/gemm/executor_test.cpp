#include "intact/gemm/executor.hpp"

#include <doctest/doctest.h>

#include "intact/gemm/dispatch.hpp"

using namespace intact;
using gemm::Index;

static_assert(Executor<CallersThread>);
static_assert(!Executor<int>);

TEST_CASE("Division: the parts make up the product, cut at tiles of rows or blocks of columns") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (const Index m : {1, 7, 64, 1000}) {
            for (const Index n : {1, 63, 64, 65, 4096}) {
                for (const Index most : {1, 2, 3, 7, 64}) {
                    const gemm::Division division(m, n, 4096, most, kernel);
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

TEST_CASE("Division: what is too small for a second thread stays whole") {
    const gemm::Kernel& kernel = gemm::kernels().back();
    CHECK(gemm::Division(64, 64, 64, 8, kernel).count() == 1);
    CHECK(gemm::Division(7, 5, 13, 8, kernel).count() == 1);
    CHECK(gemm::Division(512, 512, 512, 8, kernel).count() == 8);
    CHECK(gemm::Division(1, 4096, 4096, 2, kernel).count() == 2);
}
