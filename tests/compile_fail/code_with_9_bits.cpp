// expect: intact::Int<Bits>: a code has 2 to 8 bits
#include "intact/core/code.hpp"

#ifdef VALID
intact::Int<8> code;
#else
intact::Int<9> code;
#endif
