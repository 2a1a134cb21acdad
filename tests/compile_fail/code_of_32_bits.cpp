// expect: intact: the code type is not one
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
intact::AffineQuantizer<std::uint16_t> quantizer;
#else
intact::AffineQuantizer<std::uint32_t> quantizer;
#endif
