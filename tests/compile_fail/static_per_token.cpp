// expect: intact: PerToken is dynamic
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Granularity = intact::PerChannel<0>;
#else
using Granularity = intact::PerToken;
#endif

void watch(intact::AffineQuantizer<std::uint8_t, Granularity>& quantizer) {
    quantizer.observe(Eigen::MatrixXf(2, 2));
}
