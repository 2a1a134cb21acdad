// expect: intact: the observer is not one
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
intact::AffineQuantizer<std::uint8_t, intact::PerTensor, intact::MinMax, intact::Floor> quantizer;
#else
intact::AffineQuantizer<std::uint8_t, intact::PerTensor, intact::Floor> quantizer;
#endif
