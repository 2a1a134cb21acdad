// expect: intact::UInt<Bits>: a code has 2 to 8 bits
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
intact::AffineQuantizer<intact::UInt<2>> quantizer;
#else
intact::AffineQuantizer<intact::UInt<1>> quantizer;
#endif
