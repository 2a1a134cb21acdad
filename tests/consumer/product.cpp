#include <iostream>

#include <intact/intact.hpp>

int main() {
    const Eigen::MatrixXf w = Eigen::MatrixXf::Identity(8, 8);
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(4, 8);
    intact::AffineQuantizer<std::uint8_t> activations;
    activations.observe(x);
    const auto packed = intact::pack(
        intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>().quantize_dynamic(w));
    const Eigen::MatrixXf y =
        intact::multiply(activations.quantize(x), packed, intact::Dequantize());
    std::cout << intact::simd::describe() << '\n' << intact::sqnr_db(x, y) << " dB\n";
    return intact::sqnr_db(x, y) > 30.0 ? 0 : 1;
}
