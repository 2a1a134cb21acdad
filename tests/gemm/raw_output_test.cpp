#include "intact/gemm/raw_output.hpp"

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/gemm/product.hpp"
#include "tests/gemm/some_codes.hpp"

using namespace intact;
using gemm_cases::some_codes;

namespace {

constexpr Grid u8{.qmin = 0, .qmax = 255};
constexpr Grid s8{.qmin = -128, .qmax = 127};

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

const auto x = some_codes<std::uint8_t>(5, 21, {0.02F, 117});
const auto w = some_codes<std::int8_t>(19, 21, {0.01F, -3});
const Eigen::VectorXi bias = Eigen::VectorXi::LinSpaced(19, -9'000, 9'000);

}  // namespace

TEST_CASE("Raw: sums start from an int32 bias, given as any Eigen vector") {
    const auto packed = pack(w);
    const Eigen::MatrixXi sums = multiply(x, packed, Raw());
    const Eigen::MatrixXi expected = sums.rowwise() + bias.transpose();
    CHECK(expected != sums);
    CHECK(multiply(x, packed, Raw(bias)) == expected);
    const Eigen::RowVectorXi row = bias.transpose();
    CHECK(multiply(x, packed, Raw(row)) == expected);
    CHECK(multiply(x, packed, Raw(2 * bias - bias)) == expected);
    Eigen::Tensor<std::int32_t, 1> tensor(19);
    for (Index j = 0; j < 19; ++j) tensor(j) = bias[j];
    CHECK(multiply(x, packed, Raw(tensor)) == expected);
    Eigen::MatrixXi many = Eigen::MatrixXi::Zero(4, 19);
    many.row(2) = row;
    CHECK(multiply(x, packed, Raw(many.row(2))) == expected);

    const Quantized<std::uint8_t, PerToken, Matrix<std::uint8_t>> x_tokens(
        x.codes(), std::vector<QuantParams>(5, {0.02F, 117}), u8);
    CHECK(multiply(x_tokens, packed, Raw(bias)) == expected);
    Eigen::MatrixXi in_place(5, 19);
    multiply(x, packed, Raw(bias), in_place);
    CHECK(in_place == expected);
}

TEST_CASE("Raw: the largest bias that fits gives the largest sum, a larger one is refused") {
    // One term at most: 255 * 128.
    const Quantized<std::uint8_t, PerTensor, Matrix<std::uint8_t>> one_x(
        Matrix<std::uint8_t>::Constant(1, 1, 255), {{1.0F, 0}}, u8);
    const Quantized<std::int8_t, PerTensor, Matrix<std::int8_t>> one_w(
        Matrix<std::int8_t>::Constant(2, 1, -128), {{1.0F, 0}}, s8);
    const auto packed = pack(one_w);
    constexpr int room = std::numeric_limits<std::int32_t>::max() - 255 * 128;
    Eigen::VectorXi large = Eigen::VectorXi::Constant(2, -room);
    CHECK(multiply(one_x, packed, Raw(large))(0, 1) == -std::numeric_limits<std::int32_t>::max());
    large[1] = room + 1;
    Eigen::MatrixXi y = Eigen::MatrixXi::Constant(1, 2, -1);
    CHECK_THROWS_WITH_AS(multiply(one_x, packed, Raw(large), y),
                         "intact::multiply: the bias of channel 1 does not fit its int32 sum, "
                         "expected at most 2147451007, given 2147451008",
                         std::invalid_argument);
    large[1] = std::numeric_limits<std::int32_t>::min();
    CHECK_THROWS_AS(multiply(one_x, packed, Raw(large), y), std::invalid_argument);
    CHECK(y == Eigen::MatrixXi::Constant(1, 2, -1));
}

TEST_CASE("Raw: a bias of another length or shape is refused") {
    const Eigen::VectorXi three = Eigen::VectorXi::Zero(3);
    CHECK_THROWS_WITH_AS((void)multiply(x, pack(w), Raw(three)),
                         "intact::multiply: the bias has the wrong length, expected 19, given 3",
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(Raw(Eigen::MatrixXi(2, 3)),
                         "intact::Raw: the bias is not a vector, given the shape [2, 3]",
                         std::invalid_argument);
}
