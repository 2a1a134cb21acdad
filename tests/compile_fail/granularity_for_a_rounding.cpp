// expect: intact: the granularity is not one
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
intact::SymmetricQuantizer<std::int8_t, intact::PerTensor> quantizer;
#else
intact::SymmetricQuantizer<std::int8_t, intact::Floor> quantizer;
#endif
