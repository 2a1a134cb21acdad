// Quantized operators of ONNX Runtime 1.30: products and convolutions to codes and to floats, and
// sums, products and means of codes.
//
// ONNX Runtime multiplies the int32 sum by a float32 factor; Float32Multiply does the same, bit for
// bit. Our default, the exact product rounded once, may differ beside ties only: those of
// `near_tie` where a row marks them, else those that float32 arithmetic can cross. The rows of
// convolutions, sums and products ask for 99 % of equal codes; these tests ask for all but the
// ties.
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "broadcast.hpp"
#include "bulk.hpp"
#include "compare.hpp"
#include "convolution.hpp"
#include "golden.hpp"
#include "intact/core/number.hpp"
#include "intact/elementwise/min_max.hpp"
#include "intact/elementwise/requantize.hpp"
#include "intact/elementwise/sum_codes.hpp"
#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "intact/quantizers/scheme.hpp"
#include "products.hpp"
#include "scales.hpp"

using namespace intact;
using elementwise::ExactRounding;
using elementwise::Float32Multiply;

namespace {

const golden::Group& group() {
    static const golden::Group qlinear("g2_ort_qlinear");
    return qlinear;
}

/// How far from a tie float32 arithmetic may carry a real across it, in steps; as in `near_tie`.
constexpr double beside_a_tie = 3e-4;

/// A number that ONNX holds as an array of one.
float real(const golden::Row& row, const char* key) { return row.input(key).value<float>(); }

QuantParams params(const golden::Row& row, const char* scale, const char* zero_point) {
    return {real(row, scale), row.input(zero_point).value<std::int32_t>()};
}

/// fl32(fl32(s_x * s_w) / s_y) of each column, as ONNX Runtime computes it.
std::vector<Float32Multiply::Factor> float_factors(float s_x, const std::vector<float>& s_w,
                                                   float s_y) {
    std::vector<Float32Multiply::Factor> factors;
    for (const float one : s_w) {
        volatile float product = s_x * one;
        volatile float factor = product / s_y;
        factors.push_back(Float32Multiply::factor(double{factor}));
    }
    return factors;
}

std::vector<ExactRounding::Factor> exact_factors(float s_x, const std::vector<float>& s_w,
                                                 float s_y) {
    std::vector<ExactRounding::Factor> factors;
    for (const float one : s_w) {
        factors.push_back(ExactRounding::factor(double{s_x} * double{one} / double{s_y}));
    }
    return factors;
}

template <class A, class B, class T>
void check_matmul(const golden::Row& row) {
    CAPTURE(row.name);
    const golden::Shape shape_a = row.input("a").shape();
    const golden::Shape shape_b = row.input("b").shape();
    REQUIRE(shape_a.size() == 2);
    REQUIRE(shape_b.size() == 2);
    const auto a = row.input("a").values<A>();
    const auto b = row.input("b").values<B>();
    const auto zero_a = golden::zero_points(row, "za");
    const auto zero_b = golden::zero_points(row, "zb");
    const auto left = golden::rows_operand(a.data(), shape_a[0], shape_a[1], zero_a);
    const auto right = golden::columns_operand(b.data(), shape_b[0], shape_b[1], zero_b);
    const auto s_b =
        golden::for_columns(row.input("sb").values<float>(), static_cast<std::size_t>(shape_b[1]));
    const auto in_float = float_factors(real(row, "sa"), s_b, real(row, "so"));
    const auto exact = exact_factors(real(row, "sa"), s_b, real(row, "so"));
    const auto zero_point = row.input("zo").value<std::int32_t>();
    const auto near_tie = row.expected("near_tie").values<std::uint8_t>();
    const auto expected = row.expected("y").values<T>();
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        const gemm::RequantizeSums<T, Float32Multiply> as_ort{.factors = in_float.data(),
                                                              .zero_point = zero_point};
        const gemm::RequantizeSums<T> ours{.factors = exact.data(), .zero_point = zero_point};
        const auto ort_codes = golden::product(left, right, as_ort, kernel);
        CHECK(golden::differences(ort_codes, expected, near_tie) == "");
        const auto our_codes = golden::product(left, right, ours, kernel);
        CHECK(golden::differences(our_codes, expected, near_tie) == "");
    });
}

template <class A, class B>
void check_conv(const golden::Row& row) {
    CAPTURE(row.name);
    const golden::Convolution conv(row);
    const auto columns = static_cast<std::size_t>(conv.out_channels);
    const auto x = row.input("x").values<A>();
    const auto w = row.input("w").values<B>();
    const auto s_w = golden::for_columns(row.input("sw").values<float>(), columns);
    const auto in_float = float_factors(real(row, "sx"), s_w, real(row, "sy"));
    const auto exact = exact_factors(real(row, "sx"), s_w, real(row, "sy"));
    const std::vector<std::int32_t> bias = row.has_input("bias")
                                               ? row.input("bias").values<std::int32_t>()
                                               : std::vector<std::int32_t>(columns, 0);
    const auto zero_x = row.input("zx").value<std::int32_t>();
    const auto zero_y = row.input("zy").value<std::int32_t>();
    const auto zero_w = golden::zero_points(row, "zw");
    const auto expected = row.expected("y").values<A>();
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        const auto sums = conv.outputs(
            x, zero_x, w, zero_w, [](gemm::Index) { return gemm::Raw(); }, kernel);
        std::vector<double> products;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const std::size_t channel = i / static_cast<std::size_t>(conv.pixels()) % columns;
            products.push_back(static_cast<double>(sums[i] + bias[channel]) * exact[channel]);
        }
        const golden::Mask near_tie = golden::near_ties(products, 0.0, beside_a_tie);
        const auto as_ort = [&](gemm::Index first) {
            return gemm::RequantizeSums<A, Float32Multiply>{.factors = in_float.data() + first,
                                                            .bias = bias.data() + first,
                                                            .zero_point = zero_y};
        };
        const auto ours = [&](gemm::Index first) {
            return gemm::RequantizeSums<A>{
                .factors = exact.data() + first, .bias = bias.data() + first, .zero_point = zero_y};
        };
        const auto ort_codes = conv.outputs(x, zero_x, w, zero_w, as_ort, kernel);
        CHECK(golden::differences(ort_codes, expected, near_tie) == "");
        const auto our_codes = conv.outputs(x, zero_x, w, zero_w, ours, kernel);
        CHECK(golden::differences(our_codes, expected, near_tie) == "");
    });
}

/// Scales of the columns of a product with one scale on the left: fl32(double(s_a) * s_b).
std::vector<float> product_scales(float s_a, const std::vector<float>& s_b, std::size_t columns) {
    std::vector<float> scales;
    for (const float one : golden::for_columns(s_b, columns)) {
        scales.push_back(static_cast<float>(double{s_a} * double{one}));
    }
    return scales;
}

/// a (codes) times b (codes), with float outputs.
template <class A, class B>
std::vector<float> to_floats(const std::vector<A>& a, const QuantParams& of_a,
                             const golden::Row& row, const gemm::Kernel& kernel) {
    const golden::Shape shape_b = row.input("b").shape();
    REQUIRE(shape_b.size() == 2);
    const gemm::Index k = shape_b[0];
    const gemm::Index n = shape_b[1];
    const gemm::Index m = static_cast<gemm::Index>(a.size()) / k;
    const auto b = row.input("b").values<B>();
    const auto zero_b = golden::zero_points(row, "b_zp");
    const auto scales = product_scales(of_a.scale, row.input("b_scale").values<float>(),
                                       static_cast<std::size_t>(n));
    std::vector<float> bias;
    if (row.has_input("bias")) bias = row.input("bias").values<float>();
    const gemm::DequantizeSums epilogue{.scales = scales.data(),
                                        .bias = bias.empty() ? nullptr : bias.data()};
    return golden::product(golden::rows_operand(a.data(), m, k, {{of_a.zero_point}}),
                           golden::columns_operand(b.data(), k, n, zero_b), epilogue, kernel);
}

template <class A, class B>
void check_to_float(const golden::Row& row) {
    CAPTURE(row.name);
    const auto a = row.input("a").values<A>();
    const QuantParams of_a{real(row, "a_scale"),
                           row.has_input("a_zp") ? row.input("a_zp").value<std::int32_t>() : 0};
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        const auto y = to_floats<A, B>(a, of_a, row, kernel);
        CHECK(golden::far_differences(y, row.expected("y").values<float>(), 1e-5, 1e-4) == "");
    });
}

template <class B>
void check_dynamic(const golden::Row& row) {
    CAPTURE(row.name);
    const auto reals = row.input("a").values<float>();
    const elementwise::Extremes seen = elementwise::min_max(std::span<const float>(reals));
    const Grid grid{.qmin = 0, .qmax = 255};
    const Range range{.min = double{seen.min}, .max = double{seen.max}};
    const QuantParams of_a = Affine::params(range, grid).params;
    std::vector<std::uint8_t> a(reals.size());
    elementwise::quantize(std::span<const float>(reals), of_a, grid, a.data());
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        const auto y = to_floats<std::uint8_t, B>(a, of_a, row, kernel);
        CHECK(golden::far_differences(y, row.expected("y").values<float>(), 1e-4, 2e-3) == "");
    });
}

/// Codes of a function of two dequantized tensors, by the scalar definition.
template <class Function>
void check_binary(const golden::Row& row, Function&& function) {
    CAPTURE(row.name);
    const golden::Shape shape = row.expected("c").shape();
    const auto a = row.input("a").values<std::int32_t>();
    const auto b = row.input("b").values<std::int32_t>();
    const auto number_a = golden::broadcast(row.input("a").shape(), shape);
    const auto number_b = golden::broadcast(row.input("b").shape(), shape);
    const QuantParams of_a = params(row, "sa", "za");
    const QuantParams of_b = params(row, "sb", "zb");
    const QuantParams of_c = params(row, "sc", "zc");
    const Grid grid = golden::grid_of(row.param("dtype"));
    std::vector<std::int32_t> given;
    std::vector<double> steps;
    for (std::size_t i = 0; i < number_a.size(); ++i) {
        const float x = dequantize_number(a[static_cast<std::size_t>(number_a[i])], of_a);
        const float y = dequantize_number(b[static_cast<std::size_t>(number_b[i])], of_b);
        given.push_back(quantize_number(function(x, y), of_c, grid));
        steps.push_back(double{function(x, y)} / double{of_c.scale});
    }
    CHECK(golden::differences(given, row.expected("c").values<std::int32_t>(),
                              golden::near_ties(steps, 0.0, beside_a_tie)) == "");
}

/// The mean of each plane of codes, requantized.
template <class T>
void check_mean(const golden::Row& row) {
    CAPTURE(row.name);
    const golden::Shape shape = row.input("x").shape();
    REQUIRE(shape.size() == 4);
    const auto plane = static_cast<std::size_t>(shape[2] * shape[3]);
    const auto planes = static_cast<std::size_t>(shape[0] * shape[1]);
    const auto x = row.input("x").values<T>();
    const QuantParams of_x = params(row, "sx", "zx");
    const QuantParams of_y = params(row, "sy", "zy");
    const double factor = double{of_x.scale} / double{of_y.scale} / static_cast<double>(plane);
    const std::vector<double> factors(planes, ExactRounding::factor(factor));
    golden::for_each_kernels([&](const elementwise::Kernels& kernels) {
        std::vector<std::int32_t> sums;
        for (std::size_t i = 0; i < planes; ++i) {
            const auto sum = elementwise::sum_codes(x.data() + i * plane, plane, kernels);
            sums.push_back(static_cast<std::int32_t>(sum) -
                           of_x.zero_point * static_cast<std::int32_t>(plane));
        }
        std::vector<T> codes(planes);
        const Grid grid = golden::grid_of(row.param("dtype"));
        elementwise::requantize(sums.data(), planes, factors.data(), of_y.zero_point, grid.qmin,
                                grid.qmax, codes.data(), kernels);
        const golden::Mask everywhere(planes, 1);
        CHECK(golden::differences(codes, row.expected("y").values<T>(), everywhere) == "");
    });
}

}  // namespace

TEST_CASE("golden ORT QLinearMatMul: its codes with its float32 multiply, and with ours") {
    for (const golden::Row* row : group().rows_of("QLinearMatMul")) {
        golden::with_types(row->param("lhs"), row->param("rhs"), [&](auto a, auto b) {
            row->param("out") == "s8" ? check_matmul<decltype(a), decltype(b), std::int8_t>(*row)
                                      : check_matmul<decltype(a), decltype(b), std::uint8_t>(*row);
        });
    }
}

TEST_CASE("golden ORT QLinearConv: its codes with its float32 multiply, and with ours") {
    for (const golden::Row* row : group().rows_of("QLinearConv")) {
        golden::with_types(row->param("x_type"), row->param("w_type"),
                           [&](auto x, auto w) { check_conv<decltype(x), decltype(w)>(*row); });
    }
}

TEST_CASE("golden ORT MatMulIntegerToFloat: sums to floats with bias") {
    for (const golden::Row* row : group().rows_of("MatMulIntegerToFloat (com.microsoft)")) {
        const std::string lhs = row->input("a").type() == "u1" ? "u8" : "s8";
        golden::with_types(lhs, row->param("rhs"),
                           [&](auto a, auto b) { check_to_float<decltype(a), decltype(b)>(*row); });
    }
}

TEST_CASE("golden ORT DynamicQuantizeMatMul: floats to floats through 8 bits") {
    for (const golden::Row* row : group().rows_of("DynamicQuantizeMatMul (com.microsoft)")) {
        golden::with_types("u8", row->param("rhs"),
                           [&](auto /*a*/, auto b) { check_dynamic<decltype(b)>(*row); });
    }
}

TEST_CASE("golden ORT QLinearAdd and QLinearMul: two tensors of codes, broadcast") {
    for (const golden::Row* row : group().rows_of("QLinearAdd (com.microsoft)")) {
        check_binary(*row, [](float x, float y) { return x + y; });
    }
    for (const golden::Row* row : group().rows_of("QLinearMul (com.microsoft)")) {
        check_binary(*row, [](float x, float y) { return x * y; });
    }
}

TEST_CASE("golden ORT QLinearGlobalAveragePool: means of codes") {
    for (const golden::Row* row : group().rows_of("QLinearGlobalAveragePool (com.microsoft)")) {
        row->param("dtype") == "s8" ? check_mean<std::int8_t>(*row)
                                    : check_mean<std::uint8_t>(*row);
    }
}

TEST_CASE("golden ORT QLinear: no row is passed over in silence") {
    group().report_others({"QLinearMatMul", "QLinearConv", "MatMulIntegerToFloat (com.microsoft)",
                           "DynamicQuantizeMatMul (com.microsoft)", "QLinearAdd (com.microsoft)",
                           "QLinearMul (com.microsoft)",
                           "QLinearGlobalAveragePool (com.microsoft)"});
}
