// expect: intact::AddResidual points to the residual: name it first
#include "intact/gemm/add_residual.hpp"
#include "intact/quantizers/aliases.hpp"

auto with_residual(const Eigen::MatrixXf& r, const intact::Dequantize& next) {
    const intact::AffineQuantizer<std::uint8_t> quantizer;
#ifdef VALID
    const auto r8 = quantizer.quantize_dynamic(r);
    const intact::AddResidual output(r8, next);
#else
    const intact::AddResidual output(quantizer.quantize_dynamic(r), next);
#endif
    return sizeof(output);
}
