#include <bit>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <doctest/doctest.h>

#include "intact/gemm/output.hpp"
#include "intact/gemm/product.hpp"
#include "intact/gemm/thread_team.hpp"
#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

template <class T>
using ByRows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using ByColumns = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

constexpr Grid s8{.qmin = -128, .qmax = 127};
constexpr Grid u8{.qmin = 0, .qmax = 255};
constexpr Grid symmetric{.qmin = -127, .qmax = 127, .symmetric = true, .zero_point = 0};

template <class Codes>
Codes random_matrix(Index rows, Index columns, const Grid& grid, unsigned seed) {
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> code(grid.qmin, grid.qmax);
    using T = typename Codes::Scalar;
    return Codes::NullaryExpr(rows, columns, [&] { return static_cast<T>(code(generator)); });
}

template <Code T, Granularity G, class Codes>
Quantized<T, G, Codes> quantized(Codes codes, std::vector<QuantParams> params, const Grid& grid) {
    return Quantized<T, G, Codes>(std::move(codes), std::move(params), grid);
}

/// Scales and zero points that all differ.
std::vector<QuantParams> params_of(Index count, const Grid& grid) {
    std::vector<QuantParams> params;
    for (Index i = 0; i < count; ++i) {
        const auto place = static_cast<std::int32_t>(i * 5 % (grid.qmax - grid.qmin));
        params.push_back({0.01F + 0.003F * static_cast<float>(i),
                          grid.symmetric ? grid.zero_point : grid.qmin + place});
    }
    return params;
}

/// The sum, from the definition and one matrix entry at a time.
template <class X, class W>
std::int64_t sum(const X& x, const W& w, Index i, Index j) {
    const Index of_x = x.params().size() == 1 ? 0 : i;
    const Index of_w = w.params().size() == 1 ? 0 : j;
    std::int64_t total = 0;
    for (Index p = 0; p < x.codes().cols(); ++p) {
        total += std::int64_t{x.codes()(i, p) - x.zero_point(of_x)} *
                 (w.codes()(j, p) - w.zero_point(of_w));
    }
    return total;
}

template <class X, class W, class Y>
bool are_sums(const X& x, const W& w, const Y& y) {
    for (Index i = 0; i < y.rows(); ++i) {
        for (Index j = 0; j < y.cols(); ++j) {
            if (y(i, j) != sum(x, w, i, j)) return false;
        }
    }
    return true;
}

template <class X, class W, class Y>
bool are_reals(const X& x, const W& w, const Eigen::VectorXf& bias, const Y& y) {
    for (Index i = 0; i < y.rows(); ++i) {
        for (Index j = 0; j < y.cols(); ++j) {
            const float s_x = x.scale(x.params().size() == 1 ? 0 : i);
            const float s_w = w.scale(w.params().size() == 1 ? 0 : j);
            const auto scale =
                static_cast<float>(static_cast<double>(s_x) * static_cast<double>(s_w));
            const float expected = std::fma(static_cast<float>(sum(x, w, i, j)), scale, bias[j]);
            if (std::bit_cast<std::uint32_t>(y(i, j)) != std::bit_cast<std::uint32_t>(expected)) {
                return false;
            }
        }
    }
    return true;
}

const auto x_tensor = quantized<std::uint8_t, PerTensor>(
    random_matrix<ByRows<std::uint8_t>>(9, 21, u8, 1), {{0.02F, 117}}, u8);
const auto w_channels = quantized<std::int8_t, PerChannel<0>>(
    random_matrix<ByRows<std::int8_t>>(19, 21, symmetric, 2), params_of(19, symmetric), symmetric);
const Eigen::VectorXf bias = Eigen::VectorXf::LinSpaced(19, -3.0F, 4.0F);

}  // namespace

TEST_CASE("multiply: sums of codes in every storage order and granularity") {
    const auto w_tensor = quantized<std::uint8_t, PerTensor>(
        random_matrix<ByColumns<std::uint8_t>>(19, 21, u8, 3), {{0.5F, 3}}, u8);
    const auto w_affine = quantized<std::int8_t, PerChannel<0>>(
        random_matrix<ByColumns<std::int8_t>>(19, 21, s8, 4), params_of(19, s8), s8);
    const auto x_tokens = quantized<std::int8_t, PerToken>(
        random_matrix<ByColumns<std::int8_t>>(9, 21, s8, 5), params_of(9, s8), s8);
    const auto x_rows = quantized<std::uint8_t, PerChannel<0>>(
        random_matrix<ByRows<std::uint8_t>>(9, 21, u8, 6), params_of(9, u8), u8);
    const auto check = [](const auto& x, const auto& w) {
        const auto packed = pack(w);
        CHECK(are_sums(x, w, multiply(x, packed, Raw())));
        CHECK(are_sums(x, w, multiply(x, packed, Raw64())));
        CHECK(are_reals(x, w, bias, multiply(x, packed, Dequantize(bias))));
    };
    check(x_tensor, w_channels);
    check(x_tensor, w_affine);
    check(x_tensor, w_tensor);
    check(x_tokens, w_channels);
    check(x_tokens, w_tensor);
    check(x_rows, w_affine);
}

TEST_CASE("multiply: the result is stored as x is") {
    static_assert(decltype(multiply(x_tensor, pack(w_channels), Raw()))::IsRowMajor);
    const auto x = quantized<std::uint8_t, PerTensor>(
        random_matrix<ByColumns<std::uint8_t>>(2, 21, u8, 1), {{0.02F, 117}}, u8);
    static_assert(!decltype(multiply(x, pack(w_channels), Raw()))::IsRowMajor);
    CHECK(multiply(x, pack(w_channels), Raw()).rows() == 2);
}

TEST_CASE("multiply: writes into matrices, maps, blocks and tensors, and nowhere else") {
    const auto packed = pack(w_channels);
    const Eigen::MatrixXf expected = multiply(x_tensor, packed, Dequantize(bias));

    Eigen::MatrixXf by_columns(9, 19);
    multiply(x_tensor, packed, Dequantize(bias), by_columns);
    CHECK(by_columns == expected);

    std::vector<float> memory(9 * 40, -1.0F);
    Eigen::Map<ByRows<float>, 0, Eigen::OuterStride<>> map(memory.data(), 9, 19,
                                                           Eigen::OuterStride<>(40));
    multiply(x_tensor, packed, Dequantize(bias), map);
    CHECK(map == expected);
    CHECK(memory[19] == -1.0F);

    Eigen::MatrixXf large = Eigen::MatrixXf::Constant(12, 22, -1.0F);
    multiply(x_tensor, packed, Dequantize(bias), large.block(1, 2, 9, 19));
    CHECK(large.block(1, 2, 9, 19) == expected);
    CHECK((large.array() == -1.0F).count() >= 12 * 22 - 9 * 19);
    CHECK(large(0, 2) == -1.0F);
    CHECK(large(1, 1) == -1.0F);
    CHECK(large(10, 2) == -1.0F);

    Eigen::Tensor<float, 2, Eigen::RowMajor> tensor(9, 19);
    multiply(x_tensor, packed, Dequantize(bias), tensor);
    CHECK(tensor(3, 5) == expected(3, 5));
    CHECK(tensor(8, 18) == expected(8, 18));
}

TEST_CASE("multiply: on an executor it gives the same, returned or written") {
    const auto packed = pack(w_channels);
    ThreadTeam team(2);
    const Eigen::MatrixXf expected = multiply(x_tensor, packed, Dequantize(bias));
    CHECK(multiply(x_tensor, packed, Dequantize(bias), team) == expected);
    Eigen::MatrixXf y(9, 19);
    multiply(x_tensor, packed, Dequantize(bias), y, team);
    CHECK(y == expected);
}

TEST_CASE("multiply: takes tensors of two axes on both sides") {
    Eigen::Tensor<std::uint8_t, 2> x_codes(9, 21);
    Eigen::Tensor<std::int8_t, 2, Eigen::RowMajor> w_codes(19, 21);
    for (Index p = 0; p < 21; ++p) {
        for (Index i = 0; i < 9; ++i) x_codes(i, p) = x_tensor.codes()(i, p);
        for (Index j = 0; j < 19; ++j) w_codes(j, p) = w_channels.codes()(j, p);
    }
    const auto x = quantized<std::uint8_t, PerTensor>(x_codes, x_tensor.params(), u8);
    const auto w = quantized<std::int8_t, PerChannel<0>>(w_codes, w_channels.params(), symmetric);
    CHECK(multiply(x, pack(w), Raw()) == multiply(x_tensor, pack(w_channels), Raw()));
}

TEST_CASE("Requantize: codes of the sum, bias and output parameters, by the contract") {
    const QuantParams output{0.07F, 90};
    const auto codes = multiply(x_tensor, pack(w_channels), Requantize<std::uint8_t>(output, bias));
    int inside = 0;
    for (Index i = 0; i < 9; ++i) {
        for (Index j = 0; j < 19; ++j) {
            const double scale = 0.02F * static_cast<double>(w_channels.scale(j));
            const double start = std::nearbyint(static_cast<double>(bias[j]) / scale);
            const auto factor =
                elementwise::make_multiplier(scale / static_cast<double>(output.scale)).value;
            const double total = static_cast<double>(sum(x_tensor, w_channels, i, j)) + start;
            const double code = std::nearbyint(total * factor) + output.zero_point;
            CHECK(codes.codes()(i, j) == std::min(255.0, std::max(0.0, code)));
            inside += 0.0 < code && code < 255.0 ? 1 : 0;
        }
    }
    CHECK(inside > 40);
}

TEST_CASE("Requantize: activations, grids and sub-byte codes cut the codes") {
    const auto packed = pack(w_channels);
    const QuantParams output{0.07F, 90};
    const auto codes = [&](const auto& requantize) {
        return multiply(x_tensor, packed, requantize).codes();
    };
    const auto plain = codes(Requantize<std::uint8_t>(output));
    const auto relu = codes(Requantize<std::uint8_t>(output, Activation::relu));
    const auto relu6 = codes(Requantize<std::uint8_t>(output, Activation::relu6));
    CHECK(relu == plain.cwiseMax(std::uint8_t{90}));
    CHECK(relu6 == relu.cwiseMin(std::uint8_t{90 + 86}));  // 6 / 0.07 = 85.7

    const auto four_bits = codes(Requantize<Int<4>>({1.0F, 0}));
    CHECK(four_bits.cast<int>().minCoeff() == -8);
    CHECK(four_bits.cast<int>().maxCoeff() == 7);
    const auto narrow = codes(Requantize<std::int8_t>({0.01F, 0}, Activation::none, symmetric));
    CHECK(narrow.cast<int>().minCoeff() == -127);
}

TEST_CASE("Requantize: what a quantizer makes, its code type, parameters and grid") {
    using Codes = ByRows<std::uint8_t>;
    const Quantized<std::uint8_t, PerTensor, Codes> like(Codes::Constant(1, 1, 9), {{0.07F, 60}},
                                                         {.qmin = 0, .qmax = 127});
    const Requantize requantize(like, bias, Activation::relu);
    static_assert(std::is_same_v<decltype(requantize), const Requantize<std::uint8_t>>);
    CHECK(requantize.params() == QuantParams{0.07F, 60});
    CHECK(requantize.grid().qmax == 127);
    const Requantize<std::uint8_t> by_hand({0.07F, 60}, bias, Activation::relu,
                                           {.qmin = 0, .qmax = 127});
    CHECK(multiply(x_tensor, pack(w_channels), requantize).codes() ==
          multiply(x_tensor, pack(w_channels), by_hand).codes());
    CHECK(Requantize(like).params() == requantize.params());
}

TEST_CASE("Requantize: the product is Quantized, with its parameters and grid: the next x") {
    const QuantParams output{0.07F, 60};
    const Grid seven_bits{.qmin = 0, .qmax = 127};
    const Requantize<std::uint8_t> requantize(output, bias, Activation::relu, seven_bits);
    const auto h = multiply(x_tensor, pack(w_channels), requantize);
    static_assert(std::is_same_v<decltype(h),
                                 const Quantized<std::uint8_t, PerTensor, ByRows<std::uint8_t>>>);
    CHECK(h.scale() == output.scale);
    CHECK(h.zero_point() == output.zero_point);
    CHECK(h.grid().qmax == 127);
    ByRows<std::uint8_t> codes(9, 19);
    multiply(x_tensor, pack(w_channels), requantize, codes);
    CHECK(h.codes() == codes);

    const auto w = quantized<std::int8_t, PerChannel<0>>(
        random_matrix<ByRows<std::int8_t>>(5, 19, symmetric, 11), params_of(5, symmetric),
        symmetric);
    CHECK(are_sums(h, w, multiply(h, pack(w), Raw())));
    const auto none =
        quantized<std::uint8_t, PerTensor>(ByRows<std::uint8_t>(0, 21), {{0.02F, 117}}, u8);
    CHECK(multiply(none, pack(w_channels), requantize).codes().cols() == 19);
}

TEST_CASE("Dequantize: without bias, with activations, and with any Eigen vector as bias") {
    const auto packed = pack(w_channels);
    const Eigen::VectorXf zeros = Eigen::VectorXf::Zero(19);
    const auto plain = multiply(x_tensor, packed, Dequantize());
    CHECK(plain == multiply(x_tensor, packed, Dequantize(zeros)));
    CHECK(plain.minCoeff() < 0.0F);
    CHECK(plain.maxCoeff() > 6.0F);
    CHECK(multiply(x_tensor, packed, Dequantize(Activation::relu)) == plain.cwiseMax(0.0F));
    CHECK(multiply(x_tensor, packed, Dequantize(Activation::relu6)) ==
          plain.cwiseMax(0.0F).cwiseMin(6.0F));

    const auto expected = multiply(x_tensor, packed, Dequantize(bias));
    const Eigen::RowVectorXd row = bias.transpose().cast<double>();
    CHECK(multiply(x_tensor, packed, Dequantize(row)) == expected);
    CHECK(multiply(x_tensor, packed, Dequantize(2.0F * bias - bias)) == expected);
    Eigen::Tensor<float, 1> tensor(19);
    for (Index j = 0; j < 19; ++j) tensor(j) = bias[j];
    CHECK(multiply(x_tensor, packed, Dequantize(tensor)) == expected);
}

TEST_CASE("multiply: 16-bit codes on either side give exact sums and reals") {
    const Grid s16{.qmin = -32768, .qmax = 32767};
    const auto x = quantized<std::int16_t, PerTensor>(
        random_matrix<ByRows<std::int16_t>>(4, 600, s16, 7), {{0.001F, -5}}, s16);
    const auto w8 = quantized<std::int8_t, PerChannel<0>>(
        random_matrix<ByRows<std::int8_t>>(19, 600, s8, 8), params_of(19, s8), s8);
    const auto w16 = quantized<std::int16_t, PerTensor>(
        random_matrix<ByColumns<std::int16_t>>(19, 600, s16, 9), {{0.001F, 11}}, s16);
    CHECK(are_sums(x, w8, multiply(x, pack(w8), Raw64())));
    CHECK(are_sums(x, w16, multiply(x, pack(w16), Raw64())));
    CHECK(are_reals(x, w16, bias, multiply(x, pack(w16), Dequantize(bias))));
}

TEST_CASE("multiply: empty batches, no channels, and no terms") {
    const auto packed = pack(w_channels);
    const auto none =
        quantized<std::uint8_t, PerTensor>(ByRows<std::uint8_t>(0, 21), {{0.02F, 117}}, u8);
    CHECK(multiply(none, packed, Dequantize(bias)).rows() == 0);
    const auto no_tokens = quantized<std::uint8_t, PerToken>(ByRows<std::uint8_t>(0, 21), {}, u8);
    CHECK(multiply(no_tokens, packed, Dequantize(bias)).cols() == 19);
    const auto no_channels =
        pack(quantized<std::int8_t, PerChannel<0>>(ByRows<std::int8_t>(0, 21), {}, s8));
    CHECK(multiply(x_tensor, no_channels, Raw()).cols() == 0);
    CHECK(multiply(x_tensor, no_channels, Dequantize()).rows() == 9);

    const auto x =
        quantized<std::uint8_t, PerTensor>(ByRows<std::uint8_t>(3, 0), {{0.02F, 117}}, u8);
    const auto w =
        pack(quantized<std::int8_t, PerTensor>(ByRows<std::int8_t>(19, 0), {{1.0F, 0}}, s8));
    CHECK(multiply(x, w, Raw()).isZero(0));
    CHECK(multiply(x, w, Dequantize(bias)) == bias.transpose().replicate(3, 1));
    CHECK(multiply(x, w, Requantize<std::uint8_t>({1.0F, 7})).codes() ==
          ByRows<std::uint8_t>::Constant(3, 19, 7));
}

TEST_CASE("multiply: shapes that do not meet are refused, and y stays as it is") {
    const auto packed = pack(w_channels);
    const auto x = quantized<std::uint8_t, PerTensor>(
        random_matrix<ByRows<std::uint8_t>>(9, 20, u8, 1), {{0.02F, 117}}, u8);
    CHECK_THROWS_WITH_AS(
        (void)multiply(x, packed, Raw()),
        "intact::multiply: x and W do not meet, expected x [batch, 21], given x [9, 20]",
        std::invalid_argument);
    Eigen::MatrixXf y = Eigen::MatrixXf::Constant(19, 9, -1.0F);
    CHECK_THROWS_WITH_AS(multiply(x_tensor, packed, Dequantize(), y),
                         "intact::multiply: y has the wrong shape, expected [9, 19], given [19, 9]",
                         std::invalid_argument);
    CHECK(y == Eigen::MatrixXf::Constant(19, 9, -1.0F));
}

TEST_CASE("multiply: a bias that does not fit is refused, by channel where it can be named") {
    const auto packed = pack(w_channels);
    const Eigen::VectorXf short_bias = Eigen::VectorXf::Zero(3);
    const char* message = "intact::multiply: the bias has the wrong length, expected 19, given 3";
    CHECK_THROWS_WITH_AS((void)multiply(x_tensor, packed, Dequantize(short_bias)), message,
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(
        (void)multiply(x_tensor, packed, Requantize<std::int8_t>({1.0F, 0}, short_bias)), message,
        std::invalid_argument);
    CHECK_THROWS_WITH_AS(Dequantize(Eigen::MatrixXf::Zero(2, 3)),
                         "intact::Dequantize: the bias is not a vector, given the shape [2, 3]",
                         std::invalid_argument);
    Eigen::VectorXf large = bias;
    large[7] = 1e9F;
    CHECK_THROWS_WITH_AS(
        (void)multiply(x_tensor, packed, Requantize<std::int8_t>({1.0F, 0}, large)),
        doctest::Contains("intact::multiply: the bias of channel 7 does not fit its int32 sum"),
        std::invalid_argument);
    // Fits an int32, but leaves no room for the sum itself: 2^31 - 1 - 1 * 255 * 127.
    const auto x = quantized<std::uint8_t, PerTensor>(ByRows<std::uint8_t>(2, 1), {{1.0F, 0}}, u8);
    const auto w = pack(quantized<std::int8_t, PerTensor>(
        random_matrix<ByRows<std::int8_t>>(19, 1, symmetric, 2), {{1.0F, 0}}, symmetric));
    large[7] = 2147483520.0F;
    CHECK_THROWS_WITH_AS((void)multiply(x, w, Requantize<std::int8_t>({1.0F, 0}, large)),
                         "intact::multiply: the bias of channel 7 does not fit its int32 sum, "
                         "expected at most 2147451262 steps of 1, given 2.14748e+09",
                         std::invalid_argument);
    large[7] = std::bit_cast<float>(0x7fc00000U);
    CHECK_THROWS_WITH_AS(Dequantize{large},
                         "intact::Dequantize: the bias of channel 7 is not finite as float32",
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(Requantize<std::int8_t>({1.0F, 0}, large),
                         "intact::Requantize: the bias of channel 7 is not finite as float32",
                         std::invalid_argument);
}

TEST_CASE("multiply: int32 outputs are refused beyond the limit of the grids, floats are not") {
    const auto x = quantized<std::uint8_t, PerTensor>(
        ByRows<std::uint8_t>(ByRows<std::uint8_t>::Constant(1, 66312, 255)), {{1.0F, 0}}, u8);
    const auto w = quantized<std::int8_t, PerTensor>(
        ByRows<std::int8_t>(ByRows<std::int8_t>::Constant(1, 66312, 127)), {{1.0F, 0}}, symmetric);
    CHECK_THROWS_WITH_AS((void)multiply(x, pack(w), Raw()),
                         doctest::Contains("expected at most 66311 terms"), std::invalid_argument);
    CHECK_THROWS_WITH_AS((void)multiply(x, pack(w), Requantize<std::int8_t>({1.0F, 0})),
                         doctest::Contains("expected at most 66311 terms"), std::invalid_argument);
    CHECK(multiply(x, pack(w), Raw64())(0, 0) == 66312LL * 255 * 127);
    CHECK(multiply(x, pack(w), Dequantize())(0, 0) == static_cast<float>(66312LL * 255 * 127));
}

TEST_CASE("Requantize and Dequantize: parameters and scales outside of float32 are refused") {
    CHECK_THROWS_AS(Requantize<std::int8_t>({0.0F, 0}), std::invalid_argument);
    CHECK_THROWS_AS(Requantize<std::uint8_t>({1.0F, -1}), std::invalid_argument);
    const auto x = quantized<std::uint8_t, PerTensor>(
        random_matrix<ByRows<std::uint8_t>>(1, 21, u8, 1), {{1e30F, 0}}, u8);
    const auto w = quantized<std::int8_t, PerTensor>(
        random_matrix<ByRows<std::int8_t>>(2, 21, s8, 1), {{1e30F, 0}}, s8);
    CHECK_THROWS_WITH_AS(
        (void)multiply(x, pack(w), Dequantize()),
        "intact::multiply: the product of the scales of x and of channel 0 is not a float32",
        std::invalid_argument);
    CHECK_THROWS_AS((void)multiply(x, pack(w), Requantize<std::int8_t>({1.0F, 0})),
                    std::invalid_argument);
}

TEST_CASE("Requantize and Dequantize: the caller's floating-point environment changes nothing") {
    const QuantParams params{0x1.824364p-6F, 0};
    const Eigen::VectorXd tenth = Eigen::VectorXd::Constant(19, 0.1);
    const auto with = [&](int mode) {
        std::fesetround(mode);
        const Requantize<std::uint8_t> requantize(params, Activation::relu6);
        const Dequantize dequantize(tenth);
        std::fesetround(FE_TONEAREST);
        return std::pair(multiply(x_tensor, pack(w_channels), requantize).codes(),
                         multiply(x_tensor, pack(w_channels), dequantize));
    };
    const auto expected = with(FE_TONEAREST);
    for (const int mode : {FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO}) CHECK(with(mode) == expected);
}

TEST_CASE(
    "Requantize: a grid that is not one of the codes is refused before anything is computed") {
    CHECK_THROWS_WITH_AS(
        Requantize<std::int8_t>({0.1F, 3}, Activation::none, {.qmin = 0, .qmax = 255}),
        "intact::Requantize: the grid is not one of codes of the type, expected within -128 to "
        "127, "
        "given 0 to 255",
        std::invalid_argument);
    CHECK_THROWS_AS(Requantize<std::uint8_t>({1.0F, 1}, Activation::relu6, {.qmin = 9, .qmax = 3}),
                    std::invalid_argument);
    CHECK_THROWS_AS(Requantize<std::uint8_t>({1.0F, INT32_MAX}, Activation::relu6),
                    std::invalid_argument);
}

TEST_CASE("multiply: no rows under a scale each have no zero points") {
    const Grid about_128{.qmin = 1, .qmax = 255, .symmetric = true, .zero_point = 128};
    const auto no_w =
        quantized<std::uint8_t, PerChannel<0>>(ByRows<std::uint8_t>(0, 5), {}, about_128);
    CHECK(pack(no_w).n() == 0);
    const auto no_x = quantized<std::uint8_t, PerToken>(ByRows<std::uint8_t>(0, 21), {}, about_128);
    CHECK(multiply(no_x, pack(w_channels), Dequantize()).rows() == 0);
    const Raw largest(Eigen::VectorXi::Constant(19, INT32_MAX));
    CHECK(multiply(no_x, pack(w_channels), largest).cols() == 19);
}

TEST_CASE("multiply: 16-bit codes without terms, column-major") {
    const Grid s16{.qmin = -32768, .qmax = 32767};
    const auto x =
        quantized<std::int16_t, PerTensor>(ByColumns<std::int16_t>(3, 0), {{1.0F, 0}}, s16);
    const auto w =
        quantized<std::int16_t, PerTensor>(ByColumns<std::int16_t>(4, 0), {{1.0F, 0}}, s16);
    CHECK(multiply(x, pack(w), Raw64()).isZero(0));
}
