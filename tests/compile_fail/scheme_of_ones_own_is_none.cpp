// expect: intact: the scheme is not one
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Scheme = intact::Affine;
#else
struct Scheme {};
#endif

intact::Quantizer<std::int8_t, Scheme, intact::PerTensor, intact::MinMax, intact::NearestEven>
    quantizer;
