// expect: intact: the rounding is not one
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
intact::AffineQuantizer<std::uint8_t, intact::PerTensor, intact::MinMax> quantizer;
#else
intact::AffineQuantizer<std::uint8_t, intact::PerTensor, intact::MinMax, intact::MinMax> quantizer;
#endif
