// A translation unit that includes all of intact: compiled without run-time type information, and
// read by clang-tidy.
#include "intact/intact.hpp"
