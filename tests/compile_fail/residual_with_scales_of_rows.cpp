// expect: intact::AddResidual: r8 is PerTensor
#include "intact/gemm/add_residual.hpp"
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Granularity = intact::PerTensor;
#else
using Granularity = intact::PerToken;
#endif

auto with_residual(const Eigen::MatrixXf& r) {
    const auto r8 = intact::AffineQuantizer<std::uint8_t, Granularity>().quantize_dynamic(r);
    const intact::AddResidual output(r8, intact::Dequantize());
    return sizeof(output);
}
