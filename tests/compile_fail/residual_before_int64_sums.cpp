// expect: intact::AddResidual: next is Requantize, Dequantize, Raw or AddResidual
#include "intact/gemm/add_residual.hpp"
#include "intact/gemm/raw_output.hpp"
#include "intact/quantizers/aliases.hpp"

auto with_residual(const Eigen::MatrixXf& r) {
    const intact::AffineQuantizer<std::uint8_t> quantizer;
    const auto r8 = quantizer.quantize_dynamic(r);
#ifdef VALID
    const intact::AddResidual output(r8, intact::Raw());
#else
    const intact::AddResidual output(r8, intact::Raw64());
#endif
    return sizeof(output);
}
