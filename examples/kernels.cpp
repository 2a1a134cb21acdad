// The kernels of a whole program, compiled once: what INTACT_KERNELS_APART asks for.
#include "intact/kernels.hpp"
