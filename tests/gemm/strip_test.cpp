#include "intact/gemm/strip.hpp"

#include <cstdint>
#include <cstring>
#include <random>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include "tests/gemm/cases.hpp"

using namespace intact;
using gemm::Index;

namespace {

/// The code at (row, p), as uint8.
template <class T>
int canonical(const gemm::Operand<T>& a, Index row, Index p) {
    return a.data[row * a.row_stride + p * a.column_stride] + (std::is_signed_v<T> ? 128 : 0);
}

/// What a strip holds at (row, p), in the number type of its kernel.
int packed(const std::uint8_t* strip, Index stride, const gemm::Kernel& kernel, Index row,
           Index p) {
    const std::uint8_t* code = strip + row * stride + p * kernel.code_bytes;
    if (kernel.code_bytes == 1) return *code;
    std::int16_t word = 0;
    std::memcpy(&word, code, sizeof word);
    return word;
}

template <class T>
void check_strips(const gemm::Kernel& kernel, bool by_columns, Index k) {
    std::mt19937 generator(3);
    const gemm_cases::Side<T> side(7, k, by_columns, true, generator);
    const gemm::Operand<T>& a = side.operand;
    const gemm::CanonicalRows rows(a);
    const Index stride = gemm::strip_stride(k, kernel);
    std::vector<std::uint8_t> strip(static_cast<std::size_t>(5 * stride));
    gemm::pack_strip(rows, 2, 5, kernel, strip.data(), stride);
    int wrong = 0;
    for (Index i = 0; i < 5; ++i) {
        std::int64_t sum = 0;
        for (Index p = 0; p < k; ++p) {
            sum += canonical(a, i + 2, p);
            wrong += packed(strip.data(), stride, kernel, i, p) != canonical(a, i + 2, p) ? 1 : 0;
        }
        CHECK(gemm::row_sum(rows, i + 2) == sum);
        CHECK(rows.zero_point_of(i + 2) ==
              side.zero_points[static_cast<std::size_t>(i + 2)] + (std::is_signed_v<T> ? 128 : 0));
    }
    CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("pack_strip: every code of every row as uint8, from rows and from columns") {
    for (const gemm::Kernel& kernel : gemm_cases::runnable()) {
        CAPTURE(simd::name(kernel.isa));
        for (const bool by_columns : {false, true}) {
            for (const Index k : {1, 4, 31, 64, 65, 130}) {
                CAPTURE(k);
                check_strips<std::int8_t>(kernel, by_columns, k);
                check_strips<std::uint8_t>(kernel, by_columns, k);
            }
        }
    }
}

TEST_CASE(
    "strip_stride: room for whole groups, whole cache lines, long rows no power of two apart") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (Index k = 1; k < 5000; k += 13) {
            const Index stride = gemm::strip_stride(k, kernel);
            CHECK(stride >= (k + 3) / 4 * 4 * kernel.code_bytes);
            CHECK(stride % 64 == 0);
        }
        for (const Index k : {128, 1024, 4096}) {
            const Index stride = gemm::strip_stride(k, kernel);
            CHECK((stride & (stride - 1)) != 0);
        }
    }
}

TEST_CASE("CanonicalRows: read in place only where they lie as uint8 in whole groups") {
    const std::vector<std::uint8_t> codes(64);
    const gemm::Operand<std::uint8_t> whole{
        .data = codes.data(), .rows = 2, .k = 8, .row_stride = 8};
    CHECK(gemm::CanonicalRows(whole).lies_as_strip());
    gemm::Operand<std::uint8_t> short_group = whole;
    short_group.k = 7;
    CHECK_FALSE(gemm::CanonicalRows(short_group).lies_as_strip());
    gemm::Operand<std::uint8_t> by_columns = whole;
    by_columns.column_stride = 2;
    CHECK_FALSE(gemm::CanonicalRows(by_columns).lies_as_strip());
    const std::vector<std::int8_t> signed_codes(64);
    CHECK_FALSE(
        gemm::CanonicalRows(gemm::Operand<std::int8_t>{
                                .data = signed_codes.data(), .rows = 2, .k = 8, .row_stride = 8})
            .lies_as_strip());
}
