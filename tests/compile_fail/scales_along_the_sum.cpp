// expect: intact::pack: scales along the summed axis cannot leave an int32 sum
#include "intact/gemm/weights.hpp"
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Granularity = intact::PerChannel<0>;
#else
using Granularity = intact::PerChannel<1>;
#endif

auto pack(const Eigen::MatrixXf& w) {
    return intact::pack(intact::SymmetricQuantizer<std::int8_t, Granularity>().quantize(w));
}
