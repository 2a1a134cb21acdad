// expect: one in units of the sums (int32) is for Raw
#include "intact/gemm/output.hpp"

#ifdef VALID
using Bias = Eigen::VectorXf;
#else
using Bias = Eigen::VectorXi;
#endif

auto output(const Bias& bias) { return intact::Dequantize(bias); }
