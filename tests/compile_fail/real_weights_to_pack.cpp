// expect: intact::pack: weights are Quantized: quantize() them first
#include "intact/gemm/weights.hpp"
#include "intact/quantizers/aliases.hpp"

auto packed(const Eigen::MatrixXf& w) {
#ifdef VALID
    return intact::pack(intact::SymmetricQuantizer<std::int8_t>().quantize_dynamic(w)).n();
#else
    return intact::pack(w), 0;
#endif
}
