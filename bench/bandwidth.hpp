// How fast one core reads memory: a plain loop of vector loads, which is the bound of every product
// with few rows (each weight is read once).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "intact/simd/isa.hpp"

#if INTACT_X86
#include <immintrin.h>
#endif

namespace bench {

namespace detail {

inline constexpr std::size_t read_step = 512;  // bytes of one turn of the loops

inline void read_words(const char* from, std::size_t bytes) {
    std::uint64_t sums[4] = {};
    for (; bytes >= 32; bytes -= 32, from += 32) {
        std::uint64_t words[4];
        std::memcpy(words, from, sizeof(words));
        for (int i = 0; i < 4; ++i) sums[i] |= words[i];
    }
    asm volatile("" : : "r"(sums[0] | sums[1] | sums[2] | sums[3]));
}

#if INTACT_X86
INTACT_TARGET("sse4.1") inline void read_128(const char* from, std::size_t bytes) {
    __m128i sums[8] = {};
    for (const char* end = from + bytes / read_step * read_step; from != end; from += read_step) {
#pragma GCC unroll 32
        for (int i = 0; i < 32; ++i) {
            const auto* next = reinterpret_cast<const __m128i*>(from) + i;
            asm volatile("por %1, %0" : "+x"(sums[i % 8]) : "m"(*next));
        }
    }
}

INTACT_TARGET("avx2") inline void read_256(const char* from, std::size_t bytes) {
    __m256i sums[8] = {};
    for (const char* end = from + bytes / read_step * read_step; from != end; from += read_step) {
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) {
            const auto* next = reinterpret_cast<const __m256i*>(from) + i;
            asm volatile("vpor %1, %0, %0" : "+x"(sums[i % 8]) : "m"(*next));
        }
    }
}

INTACT_TARGET("avx512f") inline void read_512(const char* from, std::size_t bytes) {
    __m512i sums[8] = {};
    for (const char* end = from + bytes / read_step * read_step; from != end; from += read_step) {
#pragma GCC unroll 8
        for (int i = 0; i < 8; ++i) {
            const auto* next = reinterpret_cast<const __m512i*>(from) + i;
            asm volatile("vporq %1, %0, %0" : "+v"(sums[i]) : "m"(*next));
        }
    }
}
#endif

}  // namespace detail

/// Reads memory (its whole pieces of 512 bytes) with the widest loads of `isa`.
inline void read_memory(const void* from, std::size_t bytes, intact::simd::Isa isa) {
    const auto* first = static_cast<const char*>(from);
#if INTACT_X86
    using enum intact::simd::Isa;
    if (isa >= avx512_bw) return detail::read_512(first, bytes);
    if (isa >= avx2) return detail::read_256(first, bytes);
    if (isa >= sse41) return detail::read_128(first, bytes);
#endif
    (void)isa;
    detail::read_words(first, bytes);
}

}  // namespace bench
