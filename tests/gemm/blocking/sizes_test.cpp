#include "intact/gemm/blocking/sizes.hpp"

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
                const Index strip = gemm::strip_rows(rows, bytes, kernel, false);
                CHECK(1 <= strip);
                CHECK(strip <= rows);
                CHECK((strip == rows || strip % kernel.rows == 0));
                const Index near = gemm::strip_rows(rows, bytes, kernel, true);
                CHECK(near >= std::min(strip, 4 * kernel.rows));
                CHECK(near <= strip);  // what strip_bytes() counts on
                CHECK((near == strip || near % kernel.rows == 0));
            }
        }
    }
}

TEST_CASE("strip_rows: fewer rows take no larger strip, which strip_bytes() counts on") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        CAPTURE(simd::name(kernel.isa));
        for (const Index bytes : {64, 960, 3008, 5056, 10048, 40000}) {
            for (const bool stays_near : {false, true}) {
                Index before = 0;
                bool grows = true;
                for (Index rows = 1; rows < 1000; ++rows) {
                    const Index strip = gemm::strip_rows(rows, bytes, kernel, stays_near);
                    grows = grows && strip >= before;
                    before = strip;
                }
                CAPTURE(bytes);
                CHECK(grows);
            }
        }
    }
}

TEST_CASE("strip_rows: the second cache has room for more, if a strip has one tile of rows") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (const Index bytes : {64, 4096, 16384, 32768}) {
            const Index strip = gemm::strip_rows(1000, bytes, kernel, false);
            const Index most = simd::cache_sizes().l2 / 8 * (kernel.passes_panels ? 3 : 4);
            CHECK((strip * bytes <= most || strip == kernel.rows));
            const Index near = gemm::strip_rows(1000, bytes, kernel, true);
            CHECK((near * bytes <= simd::cache_sizes().l1 / 3 || near <= 4 * kernel.rows));
        }
        CHECK(gemm::strip_rows(1000, 1 << 28, kernel, false) == kernel.rows);
        CHECK(gemm::strip_rows(1000, 1 << 28, kernel, true) == kernel.rows);
    }
}

TEST_CASE("step_rows: whole tiles whose sums fit a step, or all rows") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (const Index columns : {16, 32, 48, 64, 128}) {
            if (columns > gemm::usual_block_columns && !kernel.passes_panels) continue;
            for (Index rows = 1; rows < 300; ++rows) {
                const Index step = gemm::step_rows(rows, columns, kernel, false);
                CHECK(1 <= step);
                CHECK(step <= gemm::most_step_rows);
                CHECK((step == rows || step % kernel.rows == 0));
                CHECK(gemm::round_up(std::min(step, rows), kernel.read_rows) * columns <=
                      gemm::most_step_sums);
                CHECK(gemm::step_rows(rows, columns, kernel, true) == rows);
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

TEST_CASE("columns_of_block: whole register tiles, and more where panels are passed over") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        CAPTURE(simd::name(kernel.isa));
        for (const Index rows : {1, 16, 17, 1000}) {
            const bool is_one_tile = rows < kernel.rows && rows <= 16 && kernel.read_rows == 1;
            const bool passes = kernel.passes_panels && rows > kernel.read_rows;
            for (const Index k : {0, 1, 512, 513, 1024, 4096, 100000}) {
                const Index columns = gemm::columns_of_block(rows, k, kernel, false);
                const Index many = gemm::columns_of_block(rows, k, kernel, true);
                CHECK(columns % gemm::panel_columns == 0);
                CHECK(gemm::round_up(std::min(rows, kernel.rows), kernel.read_rows) * columns <=
                      gemm::most_step_sums);
                CHECK(columns <= many);
                CHECK(many <= gemm::block_columns);
                if (is_one_tile) CHECK(columns == gemm::block_columns);
                if (!passes && !is_one_tile) CHECK(many == gemm::usual_block_columns);
                if (passes) {
                    CHECK(many % kernel.columns == 0);
                    CHECK((many == gemm::usual_block_columns ||
                           many * k <= simd::cache_sizes().l2 / 8));
                }
            }
        }
    }
}

TEST_CASE("piece_groups: rows of a piece stay in the nearest cache where panels are passed over") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        CAPTURE(simd::name(kernel.isa));
        const Index fitting = simd::cache_sizes().l1 / 2 / kernel.rows / gemm::group;
        for (const Index groups : {0, 1, 100, 192, 350, 385, 500, 576, 1000, 1025, 5000}) {
            const Index piece = gemm::piece_groups(groups, 4 * groups + 4, kernel);
            CHECK(piece <= gemm::most_piece_groups);
            if (!kernel.passes_panels || groups <= 2 * (fitting - 16) || groups > 5 * fitting) {
                CHECK(piece == gemm::most_piece_groups);
            } else if (groups > 2 * fitting) {
                CHECK(piece % 16 == 0);
                CHECK(piece <= fitting);
                CHECK(2 * piece >= fitting);
                CHECK(gemm::piece_groups(groups, 4096, kernel) == gemm::most_piece_groups);
            }
        }
    }
}

TEST_CASE("most_piece_groups: the extreme codes over one piece do not leave int32") {
    const std::int64_t extreme = std::int64_t{255} * 128 * gemm::most_piece_groups * gemm::group;
    CHECK(extreme <= std::numeric_limits<std::int32_t>::max());
}
