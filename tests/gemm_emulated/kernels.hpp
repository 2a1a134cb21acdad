// Kernels of instruction sets that this machine may lack, through SIMDe's emulation.
#pragma once

#include "intact/gemm/kernel.hpp"

namespace gemm_emulated {

/// The kernel of intact/gemm/kernels/avx512_vnni.hpp, instruction by instruction in plain C++.
[[nodiscard]] const intact::gemm::Kernel& avx512_vnni();

}  // namespace gemm_emulated
