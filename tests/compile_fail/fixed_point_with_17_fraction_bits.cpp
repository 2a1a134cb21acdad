// expect: intact::FixedPoint<N>: N is 0 to 16
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
intact::FixedPointQuantizer<std::int16_t, 16> quantizer;
#else
intact::FixedPointQuantizer<std::int16_t, 17> quantizer;
#endif
