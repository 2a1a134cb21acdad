#include "intact/gemm/initial_sums.hpp"

#include <cstdint>
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
void check_identity(bool za_of_rows, bool zb_of_columns) {
    std::mt19937 generator(11);
    const gemm_cases::Side<A> a(m, k, false, za_of_rows, generator);
    const gemm_cases::Side<B> b(n, k, false, zb_of_columns, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    const gemm::CanonicalRows rows(a.operand);
    std::vector<std::int32_t> bias(n);
    for (std::size_t j = 0; j < bias.size(); ++j) bias[j] = static_cast<std::int32_t>(j * 1000);

    std::vector<Sum> shared(static_cast<std::size_t>(packed.panel_count() * gemm::panel_columns));
    gemm::shared_sums(rows, packed, bias.data(), shared.data());
    constexpr int flip_a = std::is_signed_v<A> ? 128 : 0;
    constexpr int flip_b = std::is_signed_v<B> ? 0 : 128;
    for (Index i = 0; i < m; ++i) {
        std::vector<Sum> starts(n);
        gemm::start_row(rows, packed, i, gemm::row_sum(rows, i), 0, n, shared.data(),
                        starts.data());
        for (Index j = 0; j < n; ++j) {
            std::int64_t plain = 0;
            for (Index p = 0; p < k; ++p) {
                plain += (a.operand.data[i * a.operand.row_stride + p] + flip_a) *
                         (b.operand.data[j * b.operand.row_stride + p] - flip_b);
            }
            CHECK(starts[static_cast<std::size_t>(j)] + plain ==
                  gemm::reference_sum(a.operand, b.operand, i, j) +
                      bias[static_cast<std::size_t>(j)]);
        }
    }
}

}  // namespace

TEST_CASE("initial sums: with them the sums of canonical codes equal the definition") {
    for (const bool za_of_rows : {false, true}) {
        for (const bool zb_of_columns : {false, true}) {
            check_identity<std::int32_t, std::int8_t, std::int8_t>(za_of_rows, zb_of_columns);
            check_identity<std::int32_t, std::uint8_t, std::int8_t>(za_of_rows, zb_of_columns);
            check_identity<std::int64_t, std::int8_t, std::uint8_t>(za_of_rows, zb_of_columns);
            check_identity<std::int64_t, std::uint8_t, std::uint8_t>(za_of_rows, zb_of_columns);
        }
    }
}

TEST_CASE("initial sums: the columns that fill the last panel start from 0") {
    std::mt19937 generator(5);
    const gemm_cases::Side<std::int8_t> a(1, k, false, false, generator);
    const gemm_cases::Side<std::int8_t> b(n, k, false, false, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    std::vector<std::int32_t> shared(
        static_cast<std::size_t>(packed.panel_count() * gemm::panel_columns), 77);
    gemm::shared_sums<std::int32_t>(gemm::CanonicalRows(a.operand), packed, nullptr, shared.data());
    for (std::size_t j = n; j < shared.size(); ++j) CHECK(shared[j] == 0);
}
