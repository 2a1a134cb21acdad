// The kernels of a whole program, compiled once (kernels.cmake).
#include "intact/kernels.hpp"
