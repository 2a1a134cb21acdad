#include "intact/gemm/add_residual.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <utility>

#include <doctest/doctest.h>

#include "intact/gemm/product.hpp"
#include "intact/gemm/thread_team.hpp"

using namespace intact;

namespace {

constexpr Index batch = 9;
constexpr Index n = 35;
constexpr Index k = 21;
constexpr Grid u8{.qmin = 0, .qmax = 255};
constexpr Grid s8{.qmin = -128, .qmax = 127};

template <class T>
using ByRows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using ByColumns = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

/// All codes of 8 bits, under one scale or one a row.
template <class Codes, Granularity G = PerTensor>
auto random_codes(Index rows, Index columns, std::vector<QuantParams> params, unsigned seed) {
    using T = typename Codes::Scalar;
    std::mt19937 generator(seed);
    Codes codes = Codes::NullaryExpr(rows, columns, [&] { return static_cast<T>(generator()); });
    return Quantized<T, G, Codes>(std::move(codes), std::move(params),
                                  std::is_signed_v<T> ? s8 : u8);
}

std::vector<QuantParams> scales_of_channels() {
    std::vector<QuantParams> params;
    for (int j = 0; j < n; ++j) params.push_back({0.01F + 0.002F * static_cast<float>(j), 0});
    return params;
}

const auto x = random_codes<ByRows<std::uint8_t>>(batch, k, {{0.02F, 117}}, 1);
const auto w = random_codes<ByRows<std::int8_t>, PerChannel<0>>(n, k, scales_of_channels(), 2);
const Eigen::VectorXf bias = Eigen::VectorXf::LinSpaced(n, -3.0F, 4.0F);

double step(Index j) { return double{x.scale()} * double{w.scale(j)}; }

/// What the residual adds to a sum, in steps of it.
template <class R>
double steps_of(const R& r, Index i, Index j) {
    const double factor = elementwise::make_multiplier(double{r.scale()} / step(j)).value;
    return std::nearbyint((r.codes()(i, j) - r.zero_point()) * factor);
}

/// The sum and the residual, from the definition.
template <class R>
double sum(const R& r, Index i, Index j) {
    double total = steps_of(r, i, j);
    for (Index p = 0; p < k; ++p) total += (x.codes()(i, p) - x.zero_point()) * w.codes()(j, p);
    return total;
}

constexpr QuantParams output{0.07F, 90};

template <class R, class Y>
int wrong_codes(const R& r8, const Y& y) {
    int wrong = 0;
    for (Index i = 0; i < batch; ++i) {
        for (Index j = 0; j < n; ++j) {
            const double factor =
                elementwise::make_multiplier(step(j) / double{output.scale}).value;
            const double start = std::nearbyint(double{bias[j]} / step(j));
            const double code = std::nearbyint((sum(r8, i, j) + start) * factor) + 90.0;
            wrong += y(i, j) != std::clamp(code, 90.0, 255.0) ? 1 : 0;
        }
    }
    return wrong;
}

template <class R>
void check_codes(const R& r8) {
    const auto requantize = Requantize<std::uint8_t>(output, bias, Activation::relu);
    const auto packed = pack(w);
    const auto y8 = multiply(x, packed, AddResidual(r8, requantize));
    CHECK(wrong_codes(r8, y8.codes()) == 0);
    CHECK(y8.zero_point() == output.zero_point);
    ByColumns<std::uint8_t> y(batch, n);
    multiply(x, packed, AddResidual(r8, requantize), y);
    CHECK(wrong_codes(r8, y) == 0);
    CHECK(wrong_codes(r8, multiply(x, packed, requantize).codes()) > batch * n / 4);
}

}  // namespace

TEST_CASE("AddResidual: codes of product, bias and residual, rounded once, from any layout") {
    check_codes(random_codes<ByRows<std::uint8_t>>(batch, n, {{0.05F, 3}}, 3));
    check_codes(random_codes<ByColumns<std::uint8_t>>(batch, n, {{0.04F, 200}}, 4));
    check_codes(random_codes<ByRows<std::int8_t>>(batch, n, {{0.06F, -128}}, 5));
    check_codes(random_codes<ByColumns<std::int8_t>>(batch, n, {{1.0F, 0}}, 6));

    // Rows with a gap between them, and on two threads.
    const auto r8 = random_codes<ByRows<std::uint8_t>>(batch, n, {{0.05F, 3}}, 3);
    ByRows<std::uint8_t> wide = ByRows<std::uint8_t>::Constant(batch, n + 5, 255);
    wide.leftCols(n) = r8.codes();
    using Gap = Eigen::Map<const ByRows<std::uint8_t>, 0, Eigen::OuterStride<>>;
    const Quantized<std::uint8_t, PerTensor, Gap> with_gap(
        Gap(wide.data(), batch, n, Eigen::OuterStride<>(n + 5)), {{0.05F, 3}}, u8);
    check_codes(with_gap);
    const auto requantize = Requantize<std::uint8_t>(output, bias, Activation::relu);
    ThreadTeam team(2);
    ByRows<std::uint8_t> y8(batch, n);
    multiply(x, pack(w), AddResidual(with_gap, requantize), y8, team);
    CHECK(wrong_codes(r8, y8) == 0);
}

TEST_CASE("AddResidual: 16-bit codes, sums and reals as outputs, and two residuals") {
    Eigen::Tensor<std::int16_t, 2> words(batch, n);
    for (Index i = 0; i < words.size(); ++i) {
        words.data()[i] = static_cast<std::int16_t>(i * 199 - 31000);
    }
    const Grid s16{.qmin = -32768, .qmax = 32767};
    const Quantized<std::int16_t, PerTensor, Eigen::Tensor<std::int16_t, 2>> r16(
        words, {{0.0003F, 11}}, s16);
    const auto y = multiply(x, pack(w), AddResidual(r16, Dequantize()));
    const auto r8 = random_codes<ByRows<std::uint8_t>>(batch, n, {{0.05F, 3}}, 3);
    const AddResidual first(r16, Dequantize());
    const auto both = multiply(x, pack(w), AddResidual(r8, first));
    const auto sums = multiply(x, pack(w), AddResidual(r16, Raw(Eigen::VectorXi::Constant(n, 7))));
    int wrong = 0;
    for (Index i = 0; i < batch; ++i) {
        for (Index j = 0; j < n; ++j) {
            const auto scale = static_cast<float>(step(j));
            const double one = sum(r16, i, j);
            const double two = one + steps_of(r8, i, j);
            wrong += y(i, j) != static_cast<float>(one) * scale ? 1 : 0;
            wrong += sums(i, j) != one + 7.0 ? 1 : 0;
            wrong += both(i, j) != static_cast<float>(two) * scale ? 1 : 0;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("AddResidual: of another shape or too coarse it is refused, and y stays as it is") {
    const auto packed = pack(w);
    ByRows<float> y = ByRows<float>::Constant(batch, n, -1.0F);
    const auto short_of_one = random_codes<ByRows<std::uint8_t>>(batch, n - 1, {{0.05F, 3}}, 3);
    CHECK_THROWS_WITH_AS(
        multiply(x, packed, AddResidual(short_of_one, Dequantize()), y),
        "intact::multiply: the residual has the wrong shape, expected [9, 35], given [9, 34]",
        std::invalid_argument);
    const auto coarse = random_codes<ByRows<std::uint8_t>>(batch, n, {{220.0F, 3}}, 3);
    CHECK_THROWS_WITH_AS(multiply(x, packed, AddResidual(coarse, Dequantize()), y),
                         "intact::multiply: the scale of the residual is too large for channel 0, "
                         "expected at most 1.04858e+06 steps of its sums, given 1.1e+06",
                         std::invalid_argument);
    const Quantized<std::int16_t, PerTensor, ByRows<std::int16_t>> r16(
        ByRows<std::int16_t>::Constant(batch, n, 32000), {{100.0F, 0}},
        {.qmin = -32768, .qmax = 32767});
    CHECK_THROWS_WITH_AS(multiply(x, packed, AddResidual(r16, Dequantize()), y),
                         doctest::Contains("expected at most 65524 steps of its sums"),
                         std::invalid_argument);
    const auto long_x = random_codes<ByRows<std::uint8_t>>(1, 130000, {{0.02F, 117}}, 1);
    const auto long_w = pack(random_codes<ByRows<std::int8_t>>(1, 130000, {{0.01F, 0}}, 2));
    const auto r8 = random_codes<ByRows<std::uint8_t>>(1, 1, {{0.05F, 3}}, 3);
    CHECK_THROWS_WITH_AS((void)multiply(long_x, long_w, AddResidual(r8, Dequantize())),
                         doctest::Contains("(more only without a residual), given 130000"),
                         std::invalid_argument);
    CHECK(multiply(long_x, long_w, Dequantize()).size() == 1);
    CHECK(y == ByRows<float>::Constant(batch, n, -1.0F));
    const auto nobody = random_codes<ByRows<std::uint8_t>>(0, k, {{0.02F, 117}}, 1);
    const auto nothing = random_codes<ByRows<std::uint8_t>>(0, n, {{0.05F, 3}}, 3);
    CHECK(multiply(nobody, packed, AddResidual(nothing, Dequantize())).rows() == 0);
}

TEST_CASE("AddResidual: a residual whose grid has one code adds nothing") {
    const Quantized<std::uint8_t, PerTensor, ByRows<std::uint8_t>> nothing(
        ByRows<std::uint8_t>::Constant(batch, n, 7), {{0.05F, 7}}, {.qmin = 7, .qmax = 7});
    CHECK(multiply(x, pack(w), AddResidual(nothing, Dequantize())) ==
          multiply(x, pack(w), Dequantize()));
}
