#include <bit>
#include <cfenv>
#include <cmath>

#include <doctest/doctest.h>

#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

constexpr Index rows = 10;
constexpr Index columns = 70;

struct Product {
    Product() : a(rows, 40, false, true, generator), b(columns, 40, false, true, generator) {}

    [[nodiscard]] std::int64_t sum(Index i, Index j) const {
        return gemm::reference_sum(a.operand, b.operand, i, j);
    }

    std::mt19937 generator{13};
    Side<std::uint8_t> a;
    Side<std::int8_t> b;
    gemm::Packed packed = gemm::pack(b.operand);
};

template <class T>
std::size_t at(const std::vector<T>&, Index i, Index j) {
    return static_cast<std::size_t>(i * columns + j);
}

}  // namespace

TEST_CASE(
    "RequantizeSums: each code is the exact product, rounded once, after bias, zero point and "
    "clamp") {
    const Product product;
    std::vector<double> factors;
    std::vector<std::int32_t> bias;
    for (int j = 0; j < columns; ++j) {
        factors.push_back(elementwise::ExactRounding::factor(0x1p-11 * (1.0 + 0.01 * j)));
        bias.push_back(j * 100 - 3000);
    }
    const gemm::RequantizeSums<std::int8_t> epilogue{
        .factors = factors.data(), .bias = bias.data(), .zero_point = 5, .qmin = -100, .qmax = 90};
    std::vector<std::int8_t> codes(rows * columns);
    gemm::multiply(product.a.operand, product.packed, epilogue, codes.data(), columns, 1);
    int clamped = 0;
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
            const auto sum =
                static_cast<double>(product.sum(i, j) + bias[static_cast<std::size_t>(j)]);
            // Sums below 2^22 times 31 bits are exact in a double.
            const double steps = std::nearbyint(sum * factors[static_cast<std::size_t>(j)]);
            const double code = std::min(90.0, std::max(-100.0, steps + 5.0));
            CHECK(codes[at(codes, i, j)] == static_cast<int>(code));
            clamped += code != steps + 5.0 ? 1 : 0;
        }
    }
    CHECK(0 < clamped);
    CHECK(clamped < rows * columns / 2);
}

TEST_CASE("RequantizeSums: the rounding policies of other libraries reach the product") {
    const std::vector<std::int8_t> ones(1, 1);
    const std::vector<std::int8_t> threes{-3, 5};
    const gemm::Operand<std::int8_t> a{.data = ones.data(), .rows = 1, .k = 1};
    const gemm::Packed w = gemm::pack(
        gemm::Operand<std::int8_t>{.data = threes.data(), .rows = 2, .k = 1, .row_stride = 1});
    std::vector<std::int8_t> codes(2);
    const double exact[] = {0.5, 0.5};
    gemm::multiply(a, w, gemm::RequantizeSums<std::int8_t>{.factors = exact}, codes.data(), 2, 1);
    CHECK(codes == std::vector<std::int8_t>{-2, 2});  // ties to even
    using TiesUp = elementwise::SingleRoundingTiesUp;
    const TiesUp::Factor up[] = {TiesUp::factor(0.5), TiesUp::factor(0.5)};
    gemm::multiply(a, w, gemm::RequantizeSums<std::int8_t, TiesUp>{.factors = up}, codes.data(), 2,
                   1);
    CHECK(codes == std::vector<std::int8_t>{-1, 3});
}

TEST_CASE("DequantizeSums: y = fma(fl32(sum), scale, bias), rounded once, by columns and by rows") {
    const Product product;
    std::vector<float> scales;
    std::vector<float> bias;
    std::vector<float> row_scales;
    for (int j = 0; j < columns; ++j) {
        scales.push_back(0.001F * static_cast<float>(j + 1));
        bias.push_back(static_cast<float>(j) - 30.3F);
    }
    for (int i = 0; i < rows; ++i) row_scales.push_back(0.1F + static_cast<float>(i));
    for (const bool by_rows : {false, true}) {
        for (const bool with_bias : {false, true}) {
            const gemm::DequantizeSums epilogue{.scales = scales.data(),
                                                .row_scales = by_rows ? row_scales.data() : nullptr,
                                                .bias = with_bias ? bias.data() : nullptr};
            std::vector<float> reals(rows * columns);
            gemm::multiply(product.a.operand, product.packed, epilogue, reals.data(), columns, 1);
            bool right = true;
            for (Index i = 0; i < rows; ++i) {
                for (Index j = 0; j < columns; ++j) {
                    float scale = scales[static_cast<std::size_t>(j)];
                    if (by_rows) scale *= row_scales[static_cast<std::size_t>(i)];
                    const float addend = with_bias ? bias[static_cast<std::size_t>(j)] : 0.0F;
                    const float y = std::fma(static_cast<float>(product.sum(i, j)), scale, addend);
                    right = right && std::bit_cast<std::uint32_t>(y) ==
                                         std::bit_cast<std::uint32_t>(reals[at(reals, i, j)]);
                }
            }
            CHECK(right);
        }
    }
}

TEST_CASE("DequantizeSums: the clamp cuts int32 and int64 sums alike, and -0 becomes +0") {
    const std::vector<float> scales(4, -1.0F);
    const gemm::DequantizeSums epilogue{
        .scales = scales.data(), .clamps = true, .min = 0.0F, .max = 6.0F};
    const std::int32_t sums[] = {0, 3, -3, -7};
    const std::int64_t wide_sums[] = {0, 3, -3, -7};
    const std::vector<float> bias(4, -0.0F);
    gemm::DequantizeSums with_bias = epilogue;
    with_bias.bias = bias.data();
    for (const gemm::DequantizeSums& one : {epilogue, with_bias}) {
        std::vector<float> narrow(4);
        std::vector<float> wide(4);
        const gemm::Piece piece{.row = 0, .column = 0, .rows = 2, .columns = 2};
        one.store(gemm::Sums<std::int32_t>{sums, 2}, piece, narrow.data(), 2);
        one.store(gemm::Sums<std::int64_t>{wide_sums, 2}, piece, wide.data(), 2);
        CHECK(narrow == std::vector<float>{0.0F, 0.0F, 3.0F, 6.0F});
        CHECK(wide == narrow);
        CHECK(std::bit_cast<std::uint32_t>(narrow[0]) == 0);
        CHECK(std::bit_cast<std::uint32_t>(wide[0]) == 0);
    }
}

TEST_CASE("multiply: the caller's rounding mode changes no float and comes back as it was") {
    const Product product;
    const std::vector<float> scales(columns, 0.1F);
    const std::vector<float> bias(columns, 0.3F);
    const gemm::DequantizeSums epilogue{.scales = scales.data(), .bias = bias.data()};
    std::vector<float> expected(rows * columns);
    gemm::multiply(product.a.operand, product.packed, epilogue, expected.data(), columns, 1);
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        std::vector<float> reals(rows * columns);
        std::fesetround(mode);
        gemm::multiply(product.a.operand, product.packed, epilogue, reals.data(), columns, 1);
        const int after = std::fegetround();
        std::fesetround(FE_TONEAREST);
        CHECK(after == mode);
        CHECK(reals == expected);
    }
}

namespace {

/// Codes the other way round.
struct Reversed : gemm::RequantizeSums<std::uint8_t> {
    void store(gemm::Sums<std::int32_t> sums, const gemm::Piece& piece, std::uint8_t* out,
               Index stride) const {
        RequantizeSums::store(sums, piece, out, stride);
        for (Index i = 0; i < piece.rows; ++i) {
            for (Index j = 0; j < piece.columns; ++j) {
                std::uint8_t& code = out[i * stride + j];
                code = static_cast<std::uint8_t>(255 - code);
            }
        }
    }
};

}  // namespace

TEST_CASE("RequantizeSums: what derives from it stores in its own way") {
    const Product product;
    const std::vector<double> factors(columns, elementwise::ExactRounding::factor(0x1p-11));
    const gemm::RequantizeSums<std::uint8_t> forward{.factors = factors.data(), .zero_point = 100};
    Reversed reversed;
    reversed.factors = factors.data();
    reversed.zero_point = 100;
    std::vector<std::uint8_t> codes(rows * columns);
    std::vector<std::uint8_t> other(rows * columns);
    gemm::multiply(product.a.operand, product.packed, forward, codes.data(), columns, 1);
    gemm::multiply(product.a.operand, product.packed, reversed, other.data(), columns, 1);
    for (std::uint8_t& code : other) code = static_cast<std::uint8_t>(255 - code);
    CHECK(codes == other);
    CHECK(gemm::QuickEpilogue<gemm::RequantizeSums<std::uint8_t>>);
    CHECK_FALSE(gemm::QuickEpilogue<Reversed>);
}
