#include "intact/gemm/blocking/block_product.hpp"
#include "intact/gemm/kernels/portable.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

/// Packed weights of n columns, 10 codes along k.
gemm::Packed weights(Index n) {
    std::mt19937 generator(16);
    const Side<std::int8_t> side(n, 10, false, false, generator);
    return gemm::pack(side.operand);
}

}  // namespace

TEST_CASE("fetch_ahead: the steps over a block share the next panels without gap or overlap") {
    const gemm::Packed b = weights(64);
    const std::span<const std::int8_t> panels(b.panel(0), 12 * 64);
    constexpr Index rows = 61;
    for (const Index rows_of_step : {1, 2, 5, 30, 60, 61}) {
        const std::int8_t* next = panels.data();
        for (Index row = 0; row < rows; row += rows_of_step) {
            gemm::Block block{};
            block.rows = std::min(rows_of_step, rows - row);
            gemm::detail::fetch_ahead(block, panels, row, rows);
            CHECK(block.ahead == next);
            CHECK(block.ahead_bytes % 64 == 0);
            next += block.ahead_bytes;
        }
        CHECK(next == panels.data() + panels.size());
    }
}

TEST_CASE("add_product: the pieces of k share what is fetched ahead") {
    static Index fetched = 0;
    static Index calls = 0;
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.multiply = [](const gemm::Block& block) {
        fetched += block.ahead_bytes;
        ++calls;
    };
    const gemm::Packed b = weights(64);
    const std::vector<std::uint8_t> strip(4 * gemm::most_piece_groups * gemm::group);
    const std::vector<std::int8_t> panels(4 * gemm::most_piece_groups * gemm::panel_group_bytes);
    gemm::Block block{};
    block.strip = strip.data();
    block.panels = panels.data();
    block.rows = 2 * kernel.rows;
    block.groups = 3 * gemm::most_piece_groups + 5;
    block.ahead = b.panel(0);
    block.ahead_bytes = 11 * 64;
    gemm::detail::add_product(block, gemm::most_piece_groups, kernel);
    CHECK(calls == 4);
    CHECK(fetched == 11 * 64);
}
