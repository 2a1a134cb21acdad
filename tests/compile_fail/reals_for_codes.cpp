// expect: intact::multiply: x is Quantized: quantize() it first
#include "intact/gemm/product.hpp"
#include "intact/quantizers/aliases.hpp"

auto product(const Eigen::MatrixXf& x, const intact::PackedWeights<std::int8_t>& w) {
#ifdef VALID
    return intact::multiply(intact::AffineQuantizer<std::uint8_t>().quantize_dynamic(x), w,
                            intact::Dequantize());
#else
    return intact::multiply(x, w, intact::Dequantize());
#endif
}
