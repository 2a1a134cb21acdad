// expect: intact::Raw: the bias is int32, in units of the sums
#include "intact/gemm/raw_output.hpp"

#ifdef VALID
using Bias = Eigen::VectorXi;
#else
using Bias = Eigen::VectorXf;
#endif

auto output(const Bias& bias) { return intact::Raw(bias); }
