// The most that one core can do: the multiplying instructions of an instruction set alone, from
// registers, as fast as they issue.
//
// The instructions stand in assembly, each with an accumulator of its own: a compiler merges equal
// accumulators, which doubles the figure.
//
//   vpmaddwd + vpaddd   the exact way without VNNI: products of 16-bit codes, summed in pairs
//   pmaddwd + paddd     the same on 128 bits, after the copy of a factor that it overwrites
//   vpdpbusd            8-bit dot products, 256 and 512 bits
//   tdpbusd             16 x 16 sums over 64 codes each (peak_amx.hpp)
//   vfmadd231ps         float, for comparison
#pragma once

#include "bench/peak_amx.hpp"
#include "intact/simd/isa.hpp"

#if INTACT_X86
#include <immintrin.h>
#endif

namespace bench {

struct Peak {
    const char* instructions;
    double operations;  ///< of one call of run
    void (*run)();
};

#if INTACT_X86
namespace detail {

inline constexpr int peak_steps = 500;
inline constexpr int peak_sums = 12;  // enough for any latency times two ports

INTACT_TARGET("sse4.1") inline void madd_128() {
    __m128i sums[peak_sums] = {};
    const __m128i row = _mm_set1_epi16(3);
    const __m128i column = _mm_set1_epi16(5);
    for (int step = 0; step < peak_steps; ++step) {
#pragma GCC unroll 12
        for (__m128i& sum : sums) {
            __m128i product = row;
            asm volatile("pmaddwd %1, %0" : "+x"(product) : "x"(column));
            asm volatile("paddd %1, %0" : "+x"(sum) : "x"(product));
        }
    }
}

INTACT_TARGET("avx2,fma") inline void madd_256() {
    __m256i sums[peak_sums] = {};
    const __m256i row = _mm256_set1_epi16(3);
    const __m256i column = _mm256_set1_epi16(5);
    for (int step = 0; step < peak_steps; ++step) {
#pragma GCC unroll 12
        for (__m256i& sum : sums) {
            __m256i product;
            asm volatile("vpmaddwd %2, %1, %0" : "=x"(product) : "x"(row), "x"(column));
            asm volatile("vpaddd %1, %0, %0" : "+x"(sum) : "x"(product));
        }
    }
}

INTACT_TARGET("avx2,fma") inline void dot_256() {
    __m256i sums[peak_sums] = {};
    const __m256i row = _mm256_set1_epi8(3);
    const __m256i column = _mm256_set1_epi8(5);
    for (int step = 0; step < peak_steps; ++step) {
#pragma GCC unroll 12
        for (__m256i& sum : sums) {
            asm volatile("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(row), "x"(column));
        }
    }
}

INTACT_TARGET("avx2,fma") inline void fma_256() {
    __m256 sums[peak_sums] = {};
    const __m256 row = _mm256_set1_ps(3.0F);
    for (int step = 0; step < peak_steps; ++step) {
#pragma GCC unroll 12
        for (__m256& sum : sums) asm volatile("vfmadd231ps %1, %1, %0" : "+x"(sum) : "x"(row));
    }
}

// All products before all sums: one after the other takes a fifth longer on AMD's Zen 4.
INTACT_TARGET("avx512f,avx512bw") inline void madd_512() {
    __m512i sums[peak_sums] = {};
    __m512i products[peak_sums];
    const __m512i row = _mm512_set1_epi16(3);
    const __m512i column = _mm512_set1_epi16(5);
    for (int step = 0; step < peak_steps; ++step) {
#pragma GCC unroll 12
        for (__m512i& product : products) {
            asm volatile("vpmaddwd %2, %1, %0" : "=v"(product) : "v"(row), "v"(column));
        }
#pragma GCC unroll 12
        for (int i = 0; i < peak_sums; ++i) {
            asm volatile("vpaddd %1, %0, %0" : "+v"(sums[i]) : "v"(products[i]));
        }
    }
}

INTACT_TARGET("avx512f,avx512bw,avx512vnni") inline void dot_512() {
    __m512i sums[peak_sums] = {};
    const __m512i row = _mm512_set1_epi8(3);
    const __m512i column = _mm512_set1_epi8(5);
    for (int step = 0; step < peak_steps; ++step) {
#pragma GCC unroll 12
        for (__m512i& sum : sums) {
            asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(row), "v"(column));
        }
    }
}

INTACT_TARGET("avx512f") inline void fma_512() {
    __m512 sums[peak_sums] = {};
    const __m512 row = _mm512_set1_ps(3.0F);
    for (int step = 0; step < peak_steps; ++step) {
#pragma GCC unroll 12
        for (__m512& sum : sums) asm volatile("vfmadd231ps %1, %1, %0" : "+v"(sum) : "v"(row));
    }
}

/// Operations of one call, of instructions with `products` products each.
constexpr double peak_operations(int products) { return 2.0 * peak_steps * peak_sums * products; }

}  // namespace detail
#endif

/// Exact 8-bit products on `isa`, which this machine has; empty where nobody wrote one.
[[nodiscard]] inline Peak int8_peak(intact::simd::Isa isa) {
#if INTACT_X86
    using enum intact::simd::Isa;
    switch (isa) {
        case sse41:
            return {"pmaddwd + paddd, 128 bits", detail::peak_operations(8), detail::madd_128};
        case avx2:
            return {"vpmaddwd + vpaddd, 256 bits", detail::peak_operations(16), detail::madd_256};
        case avx_vnni:
            return {"vpdpbusd, 256 bits", detail::peak_operations(32), detail::dot_256};
        case avx512_bw:
            return {"vpmaddwd + vpaddd, 512 bits", detail::peak_operations(32), detail::madd_512};
        case avx512_vnni:
            return {"vpdpbusd, 512 bits", detail::peak_operations(64), detail::dot_512};
        case amx_int8:
            return {"tdpbusd", tile_operations, tile_products};
        default:
            break;
    }
#endif
    (void)isa;
    return {};
}

/// Float products on `isa`, which this machine has; empty where nobody wrote one.
[[nodiscard]] inline Peak float_peak(intact::simd::Isa isa) {
#if INTACT_X86
    using enum intact::simd::Isa;
    if (isa >= avx512_bw) {
        return {"vfmadd231ps, 512 bits", detail::peak_operations(16), detail::fma_512};
    }
    if (isa >= avx2) {
        return {"vfmadd231ps, 256 bits", detail::peak_operations(8), detail::fma_256};
    }
#endif
    (void)isa;
    return {};
}

}  // namespace bench
