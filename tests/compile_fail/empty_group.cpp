// expect: intact::PerGroup<Axis, Size>: a group holds at least one value
#include "intact/core/granularity.hpp"

#ifdef VALID
intact::PerGroup<0, 1> granularity;
#else
intact::PerGroup<0, 0> granularity;
#endif
