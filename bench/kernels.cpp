// The kernels of all programs here, compiled once.
#include "intact/kernels.hpp"
