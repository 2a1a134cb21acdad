// Kernels of instruction sets that this machine may lack, through emulated instructions.
#pragma once

#include "intact/gemm/kernel.hpp"

namespace gemm_emulated {

/// The kernel of intact/gemm/kernels/avx512_vnni.hpp, instruction by instruction in plain C++.
[[nodiscard]] const intact::gemm::Kernel& avx512_vnni();

/// The kernel of intact/gemm/kernels/amx_int8.hpp on the tiles of tiles.hpp.
[[nodiscard]] const intact::gemm::Kernel& amx_int8();

}  // namespace gemm_emulated
