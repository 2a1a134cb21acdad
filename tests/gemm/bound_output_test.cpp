#include "intact/gemm/bound_output.hpp"

#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "intact/gemm/add_residual.hpp"
#include "intact/gemm/product.hpp"
#include "tests/gemm/some_codes.hpp"

using namespace intact;
using gemm_cases::some_codes;

namespace {

const auto x8 = some_codes<std::uint8_t>(6, 21, {0.02F, 117});
const auto packed = pack(some_codes<std::int8_t>(19, 21, {0.01F, 0}));
const Eigen::VectorXf bias = Eigen::VectorXf::LinSpaced(19, -3.0F, 4.0F);
const QuantParams hidden{0.07F, 90};

}  // namespace

TEST_CASE("bind: products with a bound output give what those with the output itself give") {
    const Requantize<std::uint8_t> requantize(hidden, bias, Activation::relu);
    const auto to_codes = bind(requantize, x8, packed);
    auto y8 = multiply(x8, packed, to_codes);
    const auto expected = multiply(x8, packed, requantize);
    CHECK(y8.codes() == expected.codes());
    CHECK(y8.params() == expected.params());
    const Dequantize dequantize(bias);
    CHECK(multiply(x8, packed, bind(dequantize, x8, packed)) == multiply(x8, packed, dequantize));
    const Raw raw(Eigen::VectorXi::Constant(19, 5));
    CHECK(multiply(x8, packed, bind(raw, x8, packed)) == multiply(x8, packed, raw));

    y8.mutable_codes().setZero();
    multiply(x8, packed, to_codes, y8);
    CHECK(y8.codes() == expected.codes());
    auto moved = bind(requantize, x8, packed);
    const auto last = std::move(moved);
    CHECK(multiply(x8, packed, last).codes() == expected.codes());
    static_assert(!std::is_copy_constructible_v<decltype(moved)>);
}

TEST_CASE("bind: other scales or weights than those bound are refused") {
    const auto to_reals = bind(Dequantize(bias), x8, packed);
    Eigen::MatrixXf y = Eigen::MatrixXf::Constant(6, 19, -1.0F);
    CHECK_THROWS_WITH_AS(
        multiply(some_codes<std::uint8_t>(6, 21, {0.03F, 117}), packed, to_reals, y),
        "intact::multiply: the output is bound to another scale, zero point or "
        "grid of x, expected the scale 0.02, given 0.03",
        std::invalid_argument);
    CHECK_THROWS_AS(multiply(some_codes<std::uint8_t>(6, 21, {0.02F, 3}), packed, to_reals, y),
                    std::invalid_argument);
    const auto longer = some_codes<std::uint8_t>(6, 22, {0.02F, 117});
    CHECK_THROWS_WITH_AS(
        multiply(longer, pack(some_codes<std::int8_t>(19, 22, {0.01F, 0})), to_reals, y),
        "intact::multiply: the output is bound to other weights, expected [19, 21], given [19, 22]",
        std::invalid_argument);
    CHECK_THROWS_AS(multiply(x8, pack(some_codes<std::int8_t>(19, 21, {0.011F, 0})), to_reals, y),
                    std::invalid_argument);
    CHECK(y == Eigen::MatrixXf::Constant(6, 19, -1.0F));
    const Eigen::VectorXf three = Eigen::VectorXf::Zero(3);
    CHECK_THROWS_AS((void)bind(Dequantize(three), x8, packed), std::invalid_argument);
}

TEST_CASE("multiply: to codes of other parameters is refused") {
    auto y8 = some_codes<std::uint8_t>(6, 19, {0.07F, 91});
    const auto before = y8.codes();
    CHECK_THROWS_WITH_AS(multiply(x8, packed, Requantize<std::uint8_t>(hidden), y8),
                         "intact::multiply: y8 has other parameters or codes than the output gives",
                         std::invalid_argument);
    CHECK(y8.codes() == before);
}
