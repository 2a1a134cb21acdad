// The tile instructions themselves, where the processor has them: other users of tiles in the
// process find their configuration as they left it. Emulated ones: tests/gemm_emulated.
#include "intact/gemm/kernels/amx_tiles.hpp"

#include <cstring>
#include <random>

#include <doctest/doctest.h>

#include "tests/gemm/cases.hpp"

#if INTACT_X86

using namespace gemm_cases;
using gemm::amx_int8::TileConfig;

namespace {

/// Whether a configuration is the one in use in this thread after a product.
bool is_in_use_after_product(const TileConfig& config, const gemm::Kernel& kernel) {
    std::mt19937 generator(15);
    CHECK(departure<std::uint8_t, std::int8_t>({70, 130, 70}, Layout(), kernel, generator) == "");
    TileConfig now;
    gemm::amx_int8::store_config(now);
    return std::memcmp(&now, &config, sizeof(now)) == 0;
}

}  // namespace

TEST_CASE("Kernel amx_int8: leaves tiles as unused as they were, or configured as they were") {
    for (const gemm::Kernel& kernel : runnable()) {
        if (kernel.isa != simd::Isa::amx_int8) continue;
        const TileConfig unused;
        gemm::amx_int8::release();
        CHECK(is_in_use_after_product(unused, kernel));

        TileConfig theirs{.palette = 1};
        theirs.row_bytes[3] = 20;
        theirs.rows[3] = 5;
        gemm::amx_int8::load_config(theirs);
        CHECK(is_in_use_after_product(theirs, kernel));
        gemm::amx_int8::release();
    }
}

#endif
