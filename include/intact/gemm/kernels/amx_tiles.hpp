// The tile instructions of AMX-INT8, each as one statement of assembly.
//
// Compilers' own intrinsics are not used: GCC 12 names no memory that a tile load reads and only 8
// of the 64 bytes that a configuration has, so that stores before them can be dropped or sink.
// Here every instruction that touches memory says so, and all of them keep their order.
//
// Tiles are numbered at compile time. Nobody else may hold data in them: the x86-64 ABI makes tiles
// and their configuration scratch for every call. Errands are the exception: what they call leaves
// tiles alone (InterleavedEpilogue in epilogue.hpp).
//
// Source   Intel SDM volume 2, LDTILECFG to TDPBSSD; System V ABI for AMD64, section 3.2.1
#pragma once

#include <cstdint>

#include "intact/gemm/kernel.hpp"
#include "intact/simd/target.hpp"

#if INTACT_X86

namespace intact::gemm::amx_int8 {

/// What LDTILECFG reads: shapes of up to 8 tiles, 64 bytes in all.
struct alignas(64) TileConfig {
    std::uint8_t palette = 0;  ///< 0: tiles are not in use
    std::uint8_t start_row = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t row_bytes[16] = {};
    std::uint8_t rows[16] = {};
};
static_assert(sizeof(TileConfig) == 64);

// A program that emulates tiles (the tests do) defines INTACT_TILES_EMULATED and the functions.
#if !defined(INTACT_TILES_EMULATED)

/// The configuration in use, all zeros if there is none.
[[gnu::always_inline]] inline void store_config(TileConfig& to) {
    asm volatile("sttilecfg %0" : "=m"(to) : : "memory");
}

/// Puts a configuration to use and zeros the tiles.
[[gnu::always_inline]] inline void load_config(const TileConfig& from) {
    asm volatile("ldtilecfg %0" : : "m"(from) : "memory");
}

/// Ends the use of tiles.
[[gnu::always_inline]] inline void release() { asm volatile("tilerelease" : : : "memory"); }

/// Reads the rows of a tile; `stride` is in bytes, 0 gives all rows the same.
template <int Tile>
[[gnu::always_inline]] inline void load_tile(const void* from, Index stride) {
    asm volatile("tileloadd {(%0,%1), %%tmm%c2|tmm%c2, [%0+%1]}"
                 :
                 : "r"(from), "r"(stride), "i"(Tile)
                 : "memory");
}

/// The same for a tile that is one piece of 1 KiB and is not read again soon: it need not push
/// others out of the nearest cache.
template <int Tile>
[[gnu::always_inline]] inline void load_passing_tile(const void* from) {
    Index stride;  // made where it is needed: registers are few
    asm volatile("mov {$64, %0|%0, 64}\n\ttileloaddt1 {(%1,%0), %%tmm%c2|tmm%c2, [%1+%0]}"
                 : "=&r"(stride)
                 : "r"(from), "i"(Tile)
                 : "memory");
}

/// Writes the rows of a tile; `stride` is in bytes.
template <int Tile>
[[gnu::always_inline]] inline void store_tile(void* to, Index stride) {
    asm volatile("tilestored {%%tmm%c2, (%0,%1)|[%0+%1], tmm%c2}"
                 :
                 : "r"(to), "r"(stride), "i"(Tile)
                 : "memory");
}

/// Adds A * B to the sums: groups of 4 int8 or uint8 codes of A, of 4 int8 codes of B.
template <int Sums, int A, int B, bool IsSigned>
[[gnu::always_inline]] inline void multiply_tiles() {
    if constexpr (IsSigned) {
        asm volatile("tdpbssd {%%tmm%c2, %%tmm%c1, %%tmm%c0|tmm%c0, tmm%c1, tmm%c2}"
                     :
                     : "i"(Sums), "i"(A), "i"(B));
    } else {
        asm volatile("tdpbusd {%%tmm%c2, %%tmm%c1, %%tmm%c0|tmm%c0, tmm%c1, tmm%c2}"
                     :
                     : "i"(Sums), "i"(A), "i"(B));
    }
}

#endif

}  // namespace intact::gemm::amx_int8
#endif
