#include "intact/gemm/blocking.hpp"

#include <algorithm>
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

TEST_CASE("strip_rows: the second cache holds a strip, if it holds one tile of rows, and more") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        const Index quarters = kernel.near_bytes != 0 ? 3 : 2;
        const Index share = simd::cache_sizes().l2 / 4 * quarters;
        for (const Index bytes : {64, 4096, 16384, 32768}) {
            const Index strip = gemm::strip_rows(1000, bytes, kernel);
            CHECK((strip * bytes <= share || strip == kernel.rows));
        }
        CHECK(gemm::strip_rows(1000, 1 << 28, kernel) == kernel.rows);
    }
}

TEST_CASE("step_rows: whole tiles whose sums fit a step, or all rows") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (const Index columns : {16, 32, 48, 64}) {
            for (const Index k : {0, 1024, 1025}) {
                for (Index rows = 1; rows < 300; ++rows) {
                    const Index step = gemm::step_rows(rows, columns, k, kernel);
                    CHECK(1 <= step);
                    CHECK(step <= gemm::most_step_rows);
                    CHECK((step == rows || step % kernel.rows == 0));
                    CHECK(gemm::round_up(std::min(step, rows), kernel.read_rows) * columns <=
                          gemm::most_step_sums);
                }
            }
        }
    }
}

TEST_CASE("round_up: the next multiple of a power of two") {
    for (const Index power : {1, 2, 4, 64}) {
        for (Index value = 0; value < 200; ++value) {
            const Index rounded = gemm::round_up(value, power);
            CHECK(rounded % power == 0);
            CHECK(value <= rounded);
            CHECK(rounded < value + power);
        }
    }
}

TEST_CASE("columns_of_block: whole register tiles, whose panels stay near where the kernel asks") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        CAPTURE(simd::name(kernel.isa));
        for (const Index rows : {1, 16, 17, 1000}) {
            for (const Index k : {0, 1, 512, 513, 1024, 100000}) {
                const Index columns = gemm::columns_of_block(rows, k, kernel);
                CHECK(columns % gemm::panel_columns == 0);
                const bool is_one_tile = rows < kernel.rows && rows <= 16 && kernel.read_rows == 1;
                CHECK(columns <= (is_one_tile ? gemm::block_columns : gemm::usual_block_columns));
                CHECK(gemm::round_up(std::min(rows, kernel.rows), kernel.read_rows) * columns <=
                      gemm::most_step_sums);
                const Index piece = std::min(k, gemm::piece_groups(kernel) * gemm::group);
                const bool is_shared =
                    kernel.near_bytes != 0 && rows > kernel.read_rows && !is_one_tile;
                if (is_shared) CHECK(columns * piece <= kernel.near_bytes);
                if (is_one_tile) CHECK(columns == gemm::block_columns);
                if (!is_shared && !is_one_tile) CHECK(columns == gemm::usual_block_columns);
            }
        }
    }
}

TEST_CASE("piece_groups: the extreme codes over one piece do not leave int32") {
    const std::int64_t extreme = std::int64_t{255} * 128 * gemm::most_piece_groups * gemm::group;
    CHECK(extreme <= std::numeric_limits<std::int32_t>::max());
}
