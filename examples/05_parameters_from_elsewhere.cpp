// Scales and zero points that PyTorch, ONNX or TFLite chose: read their codes, make the same codes,
// and see what is said of parameters that cannot be right.
#include <cmath>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <vector>

#include <intact/intact.hpp>

namespace {

/// Whether `action` refuses its data; prints what it says.
template <class Action>
bool refuses(const Action& action) {
    try {
        action();
    } catch (const std::invalid_argument& error) {
        std::cout << "  " << error.what() << '\n';
        return true;
    }
    std::cout << "  nothing was said\n";
    return false;
}

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n';
    // Activations: QuantizeLinear of an ONNX file with one scale and zero point.
    const intact::AffineQuantizer<std::uint8_t> activations({.scale = 0.05F, .zero_point = 128});
    Eigen::RowVectorXf x(5);
    x << -6.4F, -0.05F, 0.0F, 1.0F, 100.0F;
    const auto x8 = activations.quantize(x);
    std::cout << "activations: codes " << x8.codes().cast<int>() << ", reals " << x8.dequantize()
              << '\n';
    Eigen::RowVectorXi expected(5);
    expected << 0, 127, 128, 148, 255;
    bool ok = x8.codes().cast<int>() == expected;

    // Weights: the arrays of a per-channel tensor, q_per_channel_scales() and
    // q_per_channel_zero_points() in PyTorch, quantization.scale and zero_point in TFLite.
    const std::vector<float> scales{0.5F, 0.01F};
    const std::vector<std::int64_t> zero_points{0, -3};
    std::vector<intact::QuantParams> params;
    for (std::size_t i = 0; i < scales.size(); ++i) {
        params.push_back({scales[i], static_cast<std::int32_t>(zero_points[i])});
    }
    using Weights = intact::AffineQuantizer<std::int8_t, intact::PerChannel<0>>;
    const Weights weights(params);
    Eigen::MatrixXf w(2, 3);
    w << 1.0F, -2.0F, 63.5F, 0.01F, 0.0F, -1.25F;
    const auto w8 = weights.quantize(w);
    std::cout << "weights: codes\n" << w8.codes().cast<int>() << '\n';
    ok &= w8.dequantize() == w;  // all of these reals have codes

    // Codes that are there already are only read.
    using Codes = Eigen::Matrix<std::int8_t, 2, 3>;
    const intact::Quantized<std::int8_t, intact::PerChannel<0>, Codes> stored(w8.codes(), params,
                                                                              weights.grid());
    ok &= stored.dequantize() == w;

    std::cout << "refused:\n";
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float scale : {0.0F, -0.1F, 1e-40F, nan, 1e38F}) {
        ok &= refuses([&] { (void)intact::AffineQuantizer<std::uint8_t>({scale, 0}); });
    }
    ok &= refuses([&] { (void)intact::AffineQuantizer<std::uint8_t>({1.0F, 256}); });
    ok &= refuses([&] { (void)intact::SymmetricQuantizer<std::int8_t>({1.0F, 3}); });
    ok &= refuses([&] { (void)weights.quantize(Eigen::MatrixXf::Zero(3, 3)); });

    std::cout << (ok ? "as expected\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
