// expect: intact::multiply: w is packed: pack() the quantized weights first
#include "intact/gemm/product.hpp"
#include "intact/quantizers/aliases.hpp"

auto product(const Eigen::MatrixXf& x, const Eigen::MatrixXf& w) {
    const intact::SymmetricQuantizer<std::int8_t> quantizer;
    const auto x8 = quantizer.quantize_dynamic(x);
    const auto w8 = quantizer.quantize_dynamic(w);
#ifdef VALID
    return intact::multiply(x8, intact::pack(w8), intact::Dequantize());
#else
    return intact::multiply(x8, w8, intact::Dequantize());
#endif
}
