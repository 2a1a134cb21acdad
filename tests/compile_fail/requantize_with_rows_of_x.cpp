// expect: intact::multiply: Requantize and AddResidual need one scale for x
#include "intact/gemm/product.hpp"
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Granularity = intact::PerTensor;
#else
using Granularity = intact::PerToken;
#endif

auto product(const Eigen::MatrixXf& x, const intact::PackedWeights<std::int8_t>& w,
             const intact::Requantize<std::uint8_t>& output) {
    return intact::multiply(intact::AffineQuantizer<std::uint8_t, Granularity>().quantize(x), w,
                            output);
}
