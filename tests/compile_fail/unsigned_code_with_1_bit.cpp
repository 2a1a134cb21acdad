// expect: intact::UInt<Bits>: a code has 2 to 8 bits
#include "intact/core/code.hpp"

#ifdef VALID
intact::UInt<2> code;
#else
intact::UInt<1> code;
#endif
