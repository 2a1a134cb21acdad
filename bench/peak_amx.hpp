// The peak of AMX: four tiles of sums, products of tiles that stay where they are.
//
// Source   Intel SDM volume 1, chapter 18
#pragma once

#include "intact/gemm/kernels/amx_tiles.hpp"

#if INTACT_X86

namespace bench {

inline constexpr int tile_steps = 500;
inline constexpr double tile_operations = 2.0 * tile_steps * 4 * 16 * 16 * 64;

INTACT_TARGET("amx-tile,amx-int8") inline void tile_products() {
    intact::gemm::amx_int8::load_config({.palette = 1,
                                         .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
                                         .rows = {16, 16, 16, 16, 16, 16, 16, 16}});
    asm volatile(
        "tilezero %tmm0\n\ttilezero %tmm1\n\ttilezero %tmm2\n\ttilezero %tmm3\n\t"
        "tilezero %tmm4\n\ttilezero %tmm5\n\ttilezero %tmm6\n\ttilezero %tmm7");
    for (int step = 0; step < tile_steps; ++step) {
        asm volatile(
            "tdpbusd %tmm6, %tmm4, %tmm0\n\t"
            "tdpbusd %tmm7, %tmm4, %tmm1\n\t"
            "tdpbusd %tmm6, %tmm5, %tmm2\n\t"
            "tdpbusd %tmm7, %tmm5, %tmm3");
    }
    intact::gemm::amx_int8::release();
}

}  // namespace bench
#endif
