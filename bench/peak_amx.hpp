// The peak of AMX: four tiles of sums, products of tiles that stay where they are.
//
// Everything is assembly of its own: GCC 12's intrinsics name too little of the memory they read.
// Source   Intel SDM volume 1, chapter 18; the Linux kernel's Documentation/x86/xstate.rst for the
//          permission.
#pragma once

#include "intact/simd/target.hpp"

#if INTACT_X86
#include <sys/syscall.h>
#include <unistd.h>

namespace bench {

struct alignas(64) TileConfig {
    unsigned char palette = 1;
    unsigned char start_row = 0;
    unsigned char reserved[14] = {};
    unsigned short row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    unsigned char rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfig) == 64);

inline constexpr int tile_steps = 500;
inline constexpr double tile_operations = 2.0 * tile_steps * 4 * 16 * 16 * 64;

INTACT_TARGET("amx-tile,amx-int8") inline void tile_products() {
    constexpr long request_permission = 0x1023;  // ARCH_REQ_XCOMP_PERM
    constexpr long tile_data = 18;               // XFEATURE_XTILEDATA
    syscall(SYS_arch_prctl, request_permission, tile_data);
    static const TileConfig config;
    asm volatile(
        "ldtilecfg %0\n\t"
        "tilezero %%tmm0\n\ttilezero %%tmm1\n\ttilezero %%tmm2\n\ttilezero %%tmm3\n\t"
        "tilezero %%tmm4\n\ttilezero %%tmm5\n\ttilezero %%tmm6\n\ttilezero %%tmm7"
        :
        : "m"(config));
    for (int step = 0; step < tile_steps; ++step) {
        asm volatile(
            "tdpbusd %tmm6, %tmm4, %tmm0\n\t"
            "tdpbusd %tmm7, %tmm4, %tmm1\n\t"
            "tdpbusd %tmm6, %tmm5, %tmm2\n\t"
            "tdpbusd %tmm7, %tmm5, %tmm3");
    }
    asm volatile("tilerelease");
}

}  // namespace bench
#endif
