#include <doctest/doctest.h>

#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/multiply_words.hpp"
#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

template <class A, class B>
bool equals_the_definition(const Shape& shape, const Layout& layout, std::mt19937& generator) {
    const Side<A> a(shape.m, shape.k, layout.a_by_columns, layout.zero_points_of_rows, generator);
    const Side<B> b(shape.n, shape.k, layout.b_by_columns, layout.zero_points_of_columns,
                    generator);
    std::vector<std::int64_t> sums(static_cast<std::size_t>(shape.m * shape.n));
    const Index row_stride = layout.out_by_columns ? 1 : shape.n;
    const Index column_stride = layout.out_by_columns ? shape.m : 1;
    if constexpr (sizeof(B) == 1) {
        gemm::multiply_words(a.operand, gemm::pack(b.operand), gemm::Raw64(), sums.data(),
                             row_stride, column_stride);
    } else {
        gemm::multiply_words(a.operand, gemm::PackedWords(b.operand), gemm::Raw64(), sums.data(),
                             row_stride, column_stride);
    }
    for (Index i = 0; i < shape.m; ++i) {
        for (Index j = 0; j < shape.n; ++j) {
            if (sums[static_cast<std::size_t>(i * row_stride + j * column_stride)] !=
                gemm::reference_sum(a.operand, b.operand, i, j)) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

TEST_CASE("multiply_words: 16-bit codes on either side equal the definition") {
    std::mt19937 generator(14);
    for (unsigned index = 0; index < 64; index += 3) {
        const Layout layout = Layout::number(index);
        const Shape shape{3, 67, 11};
        CHECK(equals_the_definition<std::int16_t, std::int8_t>(shape, layout, generator));
        CHECK(equals_the_definition<std::uint16_t, std::uint8_t>(shape, layout, generator));
        CHECK(equals_the_definition<std::uint8_t, std::int16_t>(shape, layout, generator));
        CHECK(equals_the_definition<std::int16_t, std::uint16_t>(shape, layout, generator));
    }
}

TEST_CASE("multiply_words: extreme codes reach neither end of int64 nor of a float's exponent") {
    const std::vector<std::uint16_t> codes(1000, 65535);
    const gemm::Operand<std::uint16_t> a{
        .data = codes.data(), .rows = 1, .k = 1000, .row_stride = 1000};
    std::int64_t sum = 0;
    gemm::multiply_words(a, gemm::PackedWords(a), gemm::Raw64(), &sum, 1, 1);
    CHECK(sum == 4294836225000);
    const float scale = 0x1p-20F;
    float real = 0.0F;
    gemm::multiply_words(a, gemm::PackedWords(a), gemm::DequantizeSums{.scales = &scale}, &real, 1,
                         1);
    CHECK(real == static_cast<float>(4294836225000) * 0x1p-20F);
}

TEST_CASE("multiply_words: shapes that do not meet are refused") {
    const std::vector<std::int16_t> codes(4, 1);
    const gemm::Operand<std::int16_t> a{.data = codes.data(), .rows = 1, .k = 4};
    const gemm::Operand<std::int16_t> b{.data = codes.data(), .rows = 1, .k = 3};
    std::int64_t sum = 77;
    CHECK_THROWS_WITH_AS(gemm::multiply_words(a, gemm::PackedWords(b), gemm::Raw64(), &sum, 1, 1),
                         "gemm::multiply_words: the summed dimensions differ, expected 3, given 4",
                         std::invalid_argument);
    CHECK(sum == 77);
}
