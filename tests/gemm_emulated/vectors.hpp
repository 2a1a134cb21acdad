// The intrinsics of 512-bit vectors, emulated; a kernel file that is included behind this needs no
// instruction set. Nothing may include the real ones before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

// 64-byte vectors are passed between functions of this file alone.
#pragma GCC diagnostic ignored "-Wpsabi"

// SIMDe first, under the names of the intrinsics; then nothing may include the real ones.
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#define _IMMINTRIN_H_INCLUDED  // GCC
#define __IMMINTRIN_H          // Clang

// What this SIMDe lacks.
using __mmask64 = std::uint64_t;

static inline __m512i _mm512_maskz_loadu_epi8(__mmask64 mask, const void* from) {
    std::uint8_t bytes[64] = {};
    for (std::size_t i = 0; i < 64; ++i) {
        if ((mask >> i & 1U) != 0) bytes[i] = static_cast<const std::uint8_t*>(from)[i];
    }
    return _mm512_loadu_si512(bytes);
}

// The emulation needs no instruction set.
#undef INTACT_TARGET
#define INTACT_TARGET(features)
