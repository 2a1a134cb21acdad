#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/gemm/operand.hpp"
#include "intact/gemm/pack.hpp"

using namespace intact;
using gemm::Index;

namespace {

/// 17 rows of 6 codes: two panels, two groups along k, both with a tail.
template <class T>
std::vector<T> counting_codes() {
    std::vector<T> codes;
    for (int i = 0; i < 17 * 6; ++i) codes.push_back(static_cast<T>(i));
    return codes;
}

}  // namespace

TEST_CASE("pack: panels of 16 columns, groups of 4 along k, zeros elsewhere, on a cache line") {
    const auto codes = counting_codes<std::int8_t>();
    const gemm::Packed packed = gemm::pack(
        gemm::Operand<std::int8_t>{.data = codes.data(), .rows = 17, .k = 6, .row_stride = 6});
    CHECK(packed.n() == 17);
    CHECK(packed.k() == 6);
    CHECK(packed.panel_count() == 2);
    CHECK(packed.panel_stride() == 128);
    CHECK(reinterpret_cast<std::uintptr_t>(packed.panel(0)) % 64 == 0);
    for (Index j = 0; j < 32; ++j) {
        for (Index p = 0; p < 8; ++p) {
            CAPTURE(j);
            CAPTURE(p);
            const std::int8_t held = packed.panel(j / 16)[p / 4 * 64 + j % 16 * 4 + p % 4];
            CHECK(held == (j < 17 && p < 6 ? codes[static_cast<std::size_t>(j * 6 + p)] : 0));
        }
    }
}

TEST_CASE("pack: unsigned codes and their zero points move down by 128") {
    const auto codes = counting_codes<std::uint8_t>();
    const gemm::Packed packed = gemm::pack(gemm::Operand<std::uint8_t>{
        .data = codes.data(), .rows = 17, .k = 6, .row_stride = 6, .zero_point = 130});
    CHECK(packed.panel(1)[5 - 4 + 64] == 16 * 6 + 5 - 128);
    CHECK(packed.zero_points()[16] == 2);
    CHECK(packed.zero_points()[17] == 0);
    CHECK(packed.has_zero_points());
    CHECK(packed.level() == 130);
    CHECK(packed.difference(16, 5) == 16 * 6 + 5 - 130);
    CHECK(packed.column_sums()[1] == 6 + 7 + 8 + 9 + 10 + 11 - 6 * 130);
    CHECK(packed.column_sums()[17] == 0);
}

TEST_CASE("pack: the zero point that needs no row sums is that of symmetric codes") {
    const std::vector<std::uint8_t> unsigned_codes(4, 7);
    gemm::Operand<std::uint8_t> u8{
        .data = unsigned_codes.data(), .rows = 1, .k = 4, .zero_point = 128};
    CHECK_FALSE(gemm::pack(u8).has_zero_points());
    const std::int32_t zero_points[] = {127};
    u8.zero_points = zero_points;
    CHECK(gemm::pack(u8).has_zero_points());
    const std::vector<std::int8_t> signed_codes(4, 7);
    CHECK_FALSE(
        gemm::pack(gemm::Operand<std::int8_t>{.data = signed_codes.data(), .rows = 1, .k = 4})
            .has_zero_points());
}

TEST_CASE("pack: column-major weights pack to the same bytes") {
    const auto codes = counting_codes<std::int8_t>();
    std::vector<std::int8_t> by_columns;
    for (std::size_t p = 0; p < 6; ++p) {
        for (std::size_t j = 0; j < 17; ++j) by_columns.push_back(codes[j * 6 + p]);
    }
    const auto a = gemm::pack(
        gemm::Operand<std::int8_t>{.data = codes.data(), .rows = 17, .k = 6, .row_stride = 6});
    const auto b = gemm::pack(gemm::Operand<std::int8_t>{
        .data = by_columns.data(), .rows = 17, .k = 6, .row_stride = 1, .column_stride = 17});
    CHECK(std::equal(a.panel(0), a.panel(0) + 256, b.panel(0)));
}

TEST_CASE("pack: nothing to pack is nothing") {
    CHECK(gemm::pack(gemm::Operand<std::int8_t>{.rows = 0, .k = 5}).panel_count() == 0);
    CHECK(gemm::pack(gemm::Operand<std::int8_t>{.rows = 5, .k = 0}).panel_stride() == 0);
}

TEST_CASE("pack: a zero point or a code outside of the grid is refused") {
    const std::vector<std::int8_t> codes{1, -128, 3, 4};
    gemm::Operand<std::int8_t> weights{.data = codes.data(), .rows = 1, .k = 4};
    weights.zero_point = 128;
    CHECK_THROWS_WITH_AS(
        (void)gemm::pack(weights),
        "gemm::pack: the zero point is not a code, expected -128 to 127, given 128",
        std::invalid_argument);
    weights.zero_point = 0;
    weights.qmin = -127;
    CHECK_THROWS_WITH_AS(
        (void)gemm::pack(weights),
        "gemm::pack: a code lies outside the grid, expected -127 to 127, given -128 to 4",
        std::invalid_argument);
}
