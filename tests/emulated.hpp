// Whether QEMU emulates the x86 processor of this process. /proc/cpuinfo then speaks of another
// one, and masked loads may fault in lanes that they leave out (QEMU 7.2).
#pragma once

#include <cstdint>
#include <cstring>

#include "intact/simd/detect.hpp"

inline bool is_emulated() {
#if INTACT_X86
    namespace simd = intact::simd;
    const simd::detail::Cpuid leaf1(1, 0);
    if (!simd::detail::bit(leaf1.c, 31)) return false;
    std::uint32_t a = 0;
    std::uint32_t signature[3] = {};
    __cpuid(0x40000000, a, signature[0], signature[1], signature[2]);
    return std::memcmp(signature, "TCGTCGTCGTCG", sizeof(signature)) == 0;
#else
    return false;
#endif
}
