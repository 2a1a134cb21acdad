// Weights and activations to 8 bits, and their product in integers.
#include <iostream>

#include <intact/intact.hpp>

int main() {
    std::cout << intact::simd::describe() << '\n';
    const Eigen::MatrixXf w = Eigen::MatrixXf::Random(64, 256);  // weights [out, in]
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(8, 256);   // activations [batch, in]

    intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>> weights;  // a scale each row
    intact::AffineQuantizer<std::uint8_t> activations;                       // one for all
    weights.observe(w);
    activations.observe(x);

    const auto packed = intact::pack(weights.quantize(w));  // once
    const auto x8 = activations.quantize(x);                // for each batch
    const Eigen::MatrixXf y = intact::multiply(x8, packed, intact::Dequantize());

    const double db = intact::sqnr_db(x * w.transpose(), y);
    std::cout << db << " dB between the float product and the one in integers\n";
    return db > 30.0 ? 0 : 1;
}
