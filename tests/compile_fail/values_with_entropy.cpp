// expect: intact: the criterion does not search values themselves (entropy needs the bins
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/values.hpp"

#ifdef VALID
intact::Values<> observer;
#else
intact::Values<intact::Entropy> observer;
#endif
