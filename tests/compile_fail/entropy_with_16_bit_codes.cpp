// expect: intact: the criterion searches codes of at most 8 bits
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using T = std::int8_t;
#else
using T = std::int16_t;
#endif
intact::SymmetricQuantizer<T, intact::PerTensor, intact::Histogram<intact::Entropy>> quantizer;
