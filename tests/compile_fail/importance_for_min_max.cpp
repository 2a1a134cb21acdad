// expect: intact: this observer takes no importance weights
#include "intact/observers/histogram.hpp"
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Observer = intact::Histogram<>;
#else
using Observer = intact::MinMax;
#endif
void observe(intact::AffineQuantizer<std::uint8_t, intact::PerTensor, Observer>& quantizer) {
    quantizer.observe(Eigen::RowVectorXf(3), intact::Importance<1>({1, 2, 3}));
}
