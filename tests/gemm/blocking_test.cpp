#include "intact/gemm/blocking.hpp"

#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include "intact/gemm/dispatch.hpp"

using namespace intact;
using gemm::Index;

TEST_CASE("strip_rows: whole tiles, or all rows where there are fewer") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        CAPTURE(simd::name(kernel.isa));
        for (Index rows = 1; rows < 600; rows += 7) {
            for (const Index bytes : {0, 64, 128, 1024, 65536, 1 << 20, 1 << 28}) {
                const Index strip = gemm::strip_rows(rows, bytes, kernel);
                CHECK(1 <= strip);
                CHECK(strip <= rows);
                CHECK((strip == rows || strip % kernel.rows == 0));
            }
        }
    }
}

TEST_CASE("strip_rows: half of the second cache holds a strip, if it holds one tile of rows") {
    const Index half = simd::cache_sizes().l2 / 2;
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (const Index bytes : {64, 4096, 16384, 32768}) {
            const Index strip = gemm::strip_rows(1000, bytes, kernel);
            CHECK((strip * bytes <= half || strip == kernel.rows));
        }
        CHECK(gemm::strip_rows(1000, 1 << 28, kernel) == kernel.rows);
    }
}

TEST_CASE("step_rows: whole tiles whose sums fit a step") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (const Index columns : {16, 32, 48, 64}) {
            const Index rows = gemm::step_rows(columns, kernel);
            CHECK(rows % kernel.rows == 0);
            CHECK(kernel.rows <= rows);
            CHECK(rows <= gemm::most_step_rows);
            CHECK(rows * columns <= gemm::most_step_sums);
        }
    }
}

TEST_CASE("piece_groups: the extreme codes over one piece do not leave int32") {
    const std::int64_t extreme = std::int64_t{255} * 128 * gemm::piece_groups * gemm::group;
    CHECK(extreme <= std::numeric_limits<std::int32_t>::max());
}
