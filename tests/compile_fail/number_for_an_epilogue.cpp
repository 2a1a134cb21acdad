// expect: intact::multiply: the output is Raw, Raw64, Requantize, Dequantize
#include "intact/gemm/product.hpp"
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Output = intact::Raw;
#else
struct Output {};
#endif

auto product(const Eigen::MatrixXf& x, const intact::PackedWeights<std::int8_t>& w) {
    return intact::multiply(intact::AffineQuantizer<std::uint8_t>().quantize(x), w, Output{});
}
