#include "intact/gemm/blocking.hpp"

#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include "intact/gemm/dispatch.hpp"

using namespace intact;
using gemm::Index;

TEST_CASE("block_rows: whole tiles, or all rows where there are fewer") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        CAPTURE(simd::name(kernel.isa));
        for (Index rows = 1; rows < 130; ++rows) {
            for (const Index bytes : {64, 128, 1024, 65536, 1 << 20, 1 << 28}) {
                const Index block = gemm::block_rows(rows, bytes, kernel);
                CHECK(1 <= block);
                CHECK(block <= rows);
                CHECK(block <= gemm::most_block_rows);
                CHECK((block == rows || block % kernel.rows == 0));
            }
        }
    }
}

TEST_CASE("block_rows: a strip stays within 256 KiB, if one tile of rows does") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (const Index bytes : {64, 4096, 16384, 32768}) {
            const Index block = gemm::block_rows(1000, bytes, kernel);
            CHECK((block * bytes <= 256 * 1024 || block == kernel.rows));
        }
        CHECK(gemm::block_rows(1000, 1 << 28, kernel) == kernel.rows);
        CHECK(gemm::block_rows(1000, 64, kernel) ==
              gemm::most_block_rows / kernel.rows * kernel.rows);
    }
}

TEST_CASE("piece_groups: the extreme codes over one piece do not leave int32") {
    const std::int64_t extreme = std::int64_t{255} * 128 * gemm::piece_groups * gemm::group;
    CHECK(extreme <= std::numeric_limits<std::int32_t>::max());
}
