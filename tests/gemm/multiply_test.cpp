#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

/// An epilogue that somebody else wrote: the sum and where it belongs.
struct Located {
    using Output = std::int64_t;

    void store(gemm::Sums<std::int32_t> sums, const gemm::Piece& piece, Output* out,
               Index stride) const {
        outputs->fetch_add(static_cast<int>(piece.rows * piece.columns));
        CHECK(1 <= piece.rows);
        CHECK(piece.rows <= gemm::most_step_rows);
        CHECK(1 <= piece.columns);
        CHECK(piece.columns <= gemm::block_columns);
        for (Index i = 0; i < piece.rows; ++i) {
            for (Index j = 0; j < piece.columns; ++j) {
                out[i * stride + j] =
                    sums.row(i)[j] * 1'000'000LL + (piece.row + i) * 1000 + piece.column + j;
            }
        }
    }

    std::atomic<int>* outputs;
};

static_assert(gemm::Epilogue<Located> && !gemm::WideEpilogue<Located>);
static_assert(!gemm::Epilogue<int>);

}  // namespace

TEST_CASE(
    "multiply: a user's epilogue sees every output once, with its place, in any order of memory") {
    std::mt19937 generator(4);
    const Side<std::uint8_t> a(50, 9, false, false, generator);
    const Side<std::int8_t> b(70, 9, false, false, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    for (const bool by_columns : {false, true}) {
        std::atomic<int> outputs = 0;
        std::vector<std::int64_t> out(50 * 70);
        gemm::multiply(a.operand, packed, Located{&outputs}, out.data(), by_columns ? 1 : 70,
                       by_columns ? 50 : 1);
        CHECK(outputs == 50 * 70);
        bool right = true;
        for (Index i = 0; i < 50; ++i) {
            for (Index j = 0; j < 70; ++j) {
                const std::int64_t given =
                    out[static_cast<std::size_t>(by_columns ? i + j * 50 : i * 70 + j)];
                right =
                    right && given == gemm::reference_sum(a.operand, b.operand, i, j) * 1'000'000 +
                                          i * 1000 + j;
            }
        }
        CHECK(right);
    }
}

TEST_CASE("multiply: sums start from what the epilogue names, also without any terms") {
    std::mt19937 generator(5);
    for (const Index k : {0, 3}) {
        const Side<std::int8_t> a(3, k, false, true, generator);
        const Side<std::int8_t> b(20, k, false, true, generator);
        std::vector<std::int32_t> bias;
        for (int j = 0; j < 20; ++j) bias.push_back(j - 1000);
        std::vector<std::int32_t> sums(60, 77);
        gemm::multiply(a.operand, gemm::pack(b.operand), gemm::Raw{bias.data()}, sums.data(), 20,
                       1);
        for (Index i = 0; i < 3; ++i) {
            for (Index j = 0; j < 20; ++j) {
                CHECK(sums[static_cast<std::size_t>(i * 20 + j)] ==
                      gemm::reference_sum(a.operand, b.operand, i, j) + j - 1000);
            }
        }
    }
}

TEST_CASE("multiply: no rows or no columns write nothing") {
    const gemm::Packed none = gemm::pack(gemm::Operand<std::int8_t>{.rows = 0, .k = 4});
    const std::vector<std::int8_t> codes(8, 1);
    const gemm::Operand<std::int8_t> two_rows{
        .data = codes.data(), .rows = 2, .k = 4, .row_stride = 4};
    const gemm::Operand<std::int8_t> no_rows{.rows = 0, .k = 4};
    std::int32_t sum = 77;
    gemm::multiply(two_rows, none, gemm::Raw(), &sum, 0, 1);
    gemm::multiply(no_rows, gemm::pack(two_rows), gemm::Raw(), &sum, 2, 1);
    gemm::multiply(no_rows, none, gemm::Raw(), &sum, 0, 1);
    CHECK(sum == 77);
}

TEST_CASE("multiply: wrong shapes and zero points are refused before anything is written") {
    const std::vector<std::int8_t> codes(8, 1);
    gemm::Operand<std::int8_t> a{.data = codes.data(), .rows = 2, .k = 3, .row_stride = 3};
    const gemm::Packed packed = gemm::pack(
        gemm::Operand<std::int8_t>{.data = codes.data(), .rows = 2, .k = 4, .row_stride = 4});
    std::vector<std::int32_t> sums(4, 77);
    CHECK_THROWS_WITH_AS(gemm::multiply(a, packed, gemm::Raw(), sums.data(), 2, 1),
                         "gemm::multiply: the summed dimensions differ, expected 4, given 3",
                         std::invalid_argument);
    a.k = 4;
    const std::int32_t zero_points[] = {0, -129};
    a.zero_points = zero_points;
    CHECK_THROWS_WITH_AS(
        gemm::multiply(a, packed, gemm::Raw(), sums.data(), 2, 1),
        "gemm::multiply: the zero point is not a code, expected -128 to 127, given -129",
        std::invalid_argument);
    CHECK(sums == std::vector<std::int32_t>(4, 77));
}

TEST_CASE("multiply: rows may lie backwards, or all be the same row") {
    std::mt19937 generator(6);
    const Side<std::uint8_t> a(5, 8, false, false, generator);
    const Side<std::int8_t> b(3, 8, false, false, generator);
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        auto backwards = a.operand;
        backwards.data += 4 * backwards.row_stride;
        backwards.row_stride = -backwards.row_stride;
        CHECK(departure(backwards, b.operand, false, kernel) == "");
        auto same = a.operand;
        same.row_stride = 0;
        CHECK(departure(same, b.operand, true, kernel) == "");
        auto from_the_end = a.operand;
        from_the_end.data += from_the_end.k - 1;
        from_the_end.column_stride = -1;
        CHECK(departure(from_the_end, b.operand, true, kernel) == "");
    }
}

TEST_CASE("multiply: several threads may share packed weights") {
    std::mt19937 generator(11);
    const Side<std::uint8_t> a(64, 100, false, false, generator);
    const Side<std::int8_t> b(64, 100, false, false, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    std::vector<std::int32_t> expected(64 * 64);
    gemm::multiply(a.operand, packed, gemm::Raw(), expected.data(), 64, 1);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            std::vector<std::int32_t> sums(64 * 64);
            for (int i = 0; i < 20; ++i) {
                gemm::multiply(a.operand, packed, gemm::Raw(), sums.data(), 64, 1);
                if (sums != expected) ++wrong;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("packs_long_rows: for many columns of codes, not for sums or floats") {
    CHECK(gemm::detail::packs_long_rows(768, sizeof(std::uint8_t)));
    CHECK_FALSE(gemm::detail::packs_long_rows(767, sizeof(std::uint8_t)));
    CHECK_FALSE(gemm::detail::packs_long_rows(5000, sizeof(std::int32_t)));
}
