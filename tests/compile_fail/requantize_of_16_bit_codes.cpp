// expect: intact::multiply: the sums of 16-bit codes are int64
#include "intact/gemm/product.hpp"
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Code = std::uint8_t;
#else
using Code = std::int16_t;
#endif

auto product(const Eigen::MatrixXf& x, const intact::PackedWeights<std::int8_t>& w,
             const intact::Requantize<std::uint8_t>& output) {
    return intact::multiply(intact::AffineQuantizer<Code>().quantize(x), w, output);
}
