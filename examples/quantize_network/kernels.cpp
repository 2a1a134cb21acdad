// The kernels of the whole program, compiled once.
#include "intact/kernels.hpp"
