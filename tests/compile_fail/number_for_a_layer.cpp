// expect: intact::sequential: an argument is no layer
#include "intact/nn/sequential.hpp"

#ifdef VALID
auto net = intact::sequential(intact::Flatten());
#else
auto net = intact::sequential(intact::Flatten(), 3);
#endif
