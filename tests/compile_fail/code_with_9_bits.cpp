// expect: intact::Int<Bits>: a code has 2 to 8 bits
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
intact::AffineQuantizer<intact::Int<8>> quantizer;
#else
intact::AffineQuantizer<intact::Int<9>> quantizer;
#endif
