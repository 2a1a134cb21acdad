// expect: intact::bind: a residual is another one in each product, so bind no AddResidual
#include "intact/gemm/add_residual.hpp"
#include "intact/gemm/bound_output.hpp"
#include "intact/quantizers/aliases.hpp"

auto bound(const Eigen::MatrixXf& x, const intact::PackedWeights<std::int8_t>& w) {
    const auto x8 = intact::AffineQuantizer<std::uint8_t>().quantize_dynamic(x);
#ifdef VALID
    return intact::bind(intact::Dequantize(), x8, w);
#else
    return intact::bind(intact::AddResidual(x8, intact::Dequantize()), x8, w);
#endif
}
