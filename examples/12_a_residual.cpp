// A block of a residual network in integers: y = relu(W2 * relu(W1 * x + b1) + b2 + x). What goes
// around the layers is added to the sums of the last one, before they are rounded to codes.
#include <iostream>

#include <intact/intact.hpp>

namespace {

using Activations = intact::AffineQuantizer<std::uint8_t>;
using Weights = intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>;

/// A quantizer that has seen `values`.
Activations watched(const Eigen::MatrixXf& values) {
    Activations quantizer;
    quantizer.observe(values);
    return quantizer;
}

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n';
    constexpr Eigen::Index batch = 32, channels = 128;
    const Eigen::MatrixXf w1 = Eigen::MatrixXf::Random(channels, channels) / 8.0F;  // [out, in]
    const Eigen::MatrixXf w2 = Eigen::MatrixXf::Random(channels, channels) / 8.0F;
    const Eigen::RowVectorXf b1 = Eigen::RowVectorXf::Random(channels);
    const Eigen::RowVectorXf b2 = Eigen::RowVectorXf::Random(channels);
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(batch, channels);

    // In float, which also tells the ranges.
    const Eigen::MatrixXf h = ((x * w1.transpose()).rowwise() + b1).cwiseMax(0.0F);
    const Eigen::MatrixXf y = (((h * w2.transpose()).rowwise() + b2) + x).cwiseMax(0.0F);
    const Activations of_h = watched(h);
    const Activations of_y = watched(y);

    // In integers: all that lies between the layers is codes.
    // [README]
    const auto packed1 = intact::pack(Weights().quantize_dynamic(w1));
    const auto packed2 = intact::pack(Weights().quantize_dynamic(w2));
    const intact::Requantize to_h(of_h, b1, intact::Activation::relu);  // of_h: a quantizer
    const intact::Requantize to_y(of_y, b2, intact::Activation::relu);

    const auto x8 = Activations().quantize_dynamic(x);
    const auto h8 = intact::multiply(x8, packed1, to_h);
    const auto y8 = intact::multiply(h8, packed2, intact::AddResidual(x8, to_y));
    // [README end]

    // The same where the product is rounded to codes before the sum.
    const intact::Requantize to_product(watched((h * w2.transpose()).rowwise() + b2), b2);
    const auto product = intact::multiply(h8, packed2, to_product);
    const Eigen::MatrixXf sum = (product.dequantize() + x8.dequantize()).cwiseMax(0.0F);
    const Eigen::MatrixXf twice = Activations().quantize_dynamic(sum).dequantize();

    const double db = intact::sqnr_db(y, y8.dequantize());
    const double twice_db = intact::sqnr_db(y, twice);
    std::cout << db << " dB from the float block; " << twice_db
              << " dB where the product is rounded before the residual is added\n";
    const bool ok = db > 40.0 && db > twice_db;
    std::cout << (ok ? "as expected\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
