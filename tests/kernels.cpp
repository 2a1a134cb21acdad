// The kernels of all test programs, compiled once.
#include "intact/kernels.hpp"
