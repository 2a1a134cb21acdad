// expect: intact::PerChannel<Axis>: an axis counts from 0
#include "intact/core/granularity.hpp"

#ifdef VALID
intact::PerChannel<0> granularity;
#else
intact::PerChannel<-1> granularity;
#endif
