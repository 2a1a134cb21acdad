// expect: intact: FixedPoint has one scale whatever the data
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Granularity = intact::PerTensor;
#else
using Granularity = intact::PerChannel<0>;
#endif

using Scheme = intact::FixedPoint<8>;
intact::Quantizer<std::int16_t, Scheme, Granularity, intact::MinMax, intact::Floor> quantizer;
