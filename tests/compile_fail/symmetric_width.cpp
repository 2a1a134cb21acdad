// expect: intact::Symmetric<Width>: the width is Narrow, Full or HalfStep
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
intact::SymmetricQuantizer<std::int8_t, intact::PerTensor, intact::MinMax, intact::NearestEven,
                           intact::Full>
    quantizer;
#else
intact::SymmetricQuantizer<std::int8_t, intact::PerTensor, intact::MinMax, intact::NearestEven,
                           intact::Floor>
    quantizer;
#endif
