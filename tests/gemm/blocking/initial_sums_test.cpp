#include "intact/gemm/blocking/initial_sums.hpp"
#include "intact/gemm/kernels/portable.hpp"

#include <cstdint>
#include <initializer_list>
#include <random>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include "tests/gemm/cases.hpp"

using namespace intact;
using gemm::Index;

namespace {

constexpr Index m = 3;
constexpr Index n = 21;
constexpr Index k = 10;

/// Start of every sum plus the plain sum of canonical codes, against the definition plus bias.
template <class Sum, class A, class B>
void check_identity(bool za_of_rows, bool zb_of_columns, gemm::Signs signs) {
    std::mt19937 generator(11);
    const gemm_cases::Side<A> a(m, k, false, za_of_rows, generator);
    const gemm_cases::Side<B> b(n, k, false, zb_of_columns, generator);
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.signs = signs;
    const gemm::Packed packed = gemm::pack(b.operand);
    const gemm::CanonicalRows rows(a.operand, kernel);
    CHECK(gemm::rows_start_apart(rows, packed) == (za_of_rows || packed.has_zero_points()));
    std::vector<std::int32_t> bias(n);
    for (std::size_t j = 0; j < bias.size(); ++j) bias[j] = static_cast<std::int32_t>(j * 1000);

    constexpr int flip_b = std::is_signed_v<B> ? 0 : 128;
    for (Index i = 0; i < m; ++i) {
        std::vector<Sum> starts(n);
        const std::int64_t of_row = packed.has_zero_points() ? gemm::row_sum(rows, i) : 0;
        gemm::start_sums(packed, rows.zero_point_of(i), of_row, bias.data(), 0, n, starts.data());
        for (Index j = 0; j < n; ++j) {
            std::int64_t plain = 0;
            for (Index p = 0; p < k; ++p) {
                plain += (a.operand.data[i * a.operand.row_stride + p] + rows.shift) *
                         (b.operand.data[j * b.operand.row_stride + p] - flip_b);
            }
            CHECK(starts[static_cast<std::size_t>(j)] + plain ==
                  gemm::reference_sum(a.operand, b.operand, i, j) +
                      bias[static_cast<std::size_t>(j)]);
        }
    }
}

}  // namespace

TEST_CASE("initial sums: padding columns have no bias") {
    std::mt19937 generator(12);
    const gemm_cases::Side<std::int8_t> b(n, k, false, false, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    const std::vector<std::int32_t> bias(n, 7);  // read behind its end: an address sanitizer's case
    std::vector<std::int32_t> starts(gemm::panel_columns * 2, -1);
    REQUIRE(std::ssize(starts) > n);
    gemm::start_sums(packed, 0, 0, bias.data(), 0, std::ssize(starts), starts.data());
    for (Index j = 0; j < std::ssize(starts); ++j) {
        CHECK(starts[static_cast<std::size_t>(j)] == (j < n ? 7 : 0));
    }
}

TEST_CASE("initial sums: with them the sums of canonical codes equal the definition") {
    for (const gemm::Signs signs : {gemm::Signs::uint8, gemm::Signs::int8, gemm::Signs::both}) {
        for (const bool za_of_rows : {false, true}) {
            for (const bool zb_of_columns : {false, true}) {
                using s8 = std::int8_t;
                using u8 = std::uint8_t;
                check_identity<std::int32_t, s8, s8>(za_of_rows, zb_of_columns, signs);
                check_identity<std::int32_t, u8, s8>(za_of_rows, zb_of_columns, signs);
                check_identity<std::int64_t, s8, u8>(za_of_rows, zb_of_columns, signs);
                check_identity<std::int64_t, u8, u8>(za_of_rows, zb_of_columns, signs);
            }
        }
    }
}

TEST_CASE("initial sums: the columns that fill the last panel start from 0") {
    std::mt19937 generator(5);
    gemm_cases::Side<std::int8_t> b(n, k, false, false, generator);
    b.operand.zero_point = 0;
    const gemm::Packed packed = gemm::pack(b.operand);
    std::vector<std::int32_t> starts(
        static_cast<std::size_t>(packed.panel_count() * gemm::panel_columns), 77);
    gemm::start_sums(packed, 3, 0, nullptr, 0, std::ssize(starts), starts.data());
    for (std::size_t j = n; j < starts.size(); ++j) CHECK(starts[j] == 0);
}

TEST_CASE("initial sums: each kernel's way of starting the same for all rows gives the same") {
    std::mt19937 generator(31);
    for (const gemm::Kernel& kernel : gemm_cases::runnable()) {
        CAPTURE(simd::name(kernel.isa));
        for (const Index columns : {1, 7, 8, 9, 15, 16, 17, 31, 32, 48, 64, 70}) {
            const gemm_cases::Side<std::int8_t> b(columns, k, false, false, generator);
            const gemm::Packed packed = gemm::pack(b.operand);
            std::vector<std::int32_t> bias(static_cast<std::size_t>(columns));
            for (std::int32_t& value : bias) value = static_cast<std::int32_t>(generator());
            for (const std::int32_t za : {0, 3, -128, 255}) {
                for (const std::int32_t* added :
                     std::initializer_list<const std::int32_t*>{bias.data(), nullptr}) {
                    for (Index column = 0; column < columns; column += 2 * gemm::panel_columns) {
                        const Index count = packed.panel_count() * gemm::panel_columns - column;
                        std::vector<std::int32_t> expected(static_cast<std::size_t>(count), -1);
                        std::vector<std::int32_t> starts(static_cast<std::size_t>(count + 1), -1);
                        gemm::start_sums(packed, za, 0, added, column, count, expected.data());
                        gemm::start_sums(packed, za, added, column, count, kernel, starts.data());
                        CHECK(starts.back() == -1);
                        starts.pop_back();
                        CHECK(starts == expected);
                    }
                }
            }
        }
    }
}
