// Compiles the AMX kernel file on emulated tiles, in a namespace of its own. What it borrows from
// the AVX-512 kernel file is emulated too.
#include "tests/gemm_emulated/kernels.hpp"
#include "tests/gemm_emulated/tiles.hpp"
#include "tests/gemm_emulated/vectors.hpp"

namespace intact::emulated_amx {
using namespace intact::gemm;  // NOLINT(google-build-using-namespace): what the kernel file uses
}  // namespace intact::emulated_amx

#define INTACT_TILES_EMULATED
#define gemm emulated_amx
#include "intact/gemm/kernels/amx_tiles.hpp"

namespace intact::emulated_amx::amx_int8 {

void store_config(TileConfig& to) { gemm_emulated::Tiles::of_thread().store_config(&to); }
void load_config(const TileConfig& from) { gemm_emulated::Tiles::of_thread().load_config(&from); }
void release() { gemm_emulated::Tiles::of_thread().release(); }

template <int Tile>
void load_tile(const void* from, Index stride) {
    gemm_emulated::Tiles::of_thread().load(Tile, from, stride);
}

template <int Tile>
void load_passing_tile(const void* from) {
    gemm_emulated::Tiles::of_thread().load(Tile, from, 64);
}

template <int Tile>
void store_tile(void* to, Index stride) {
    gemm_emulated::Tiles::of_thread().store(Tile, to, stride);
}

template <int Sums, int A, int B, bool IsSigned>
void multiply_tiles() {
    gemm_emulated::Tiles::of_thread().multiply(Sums, A, B, IsSigned);
}

}  // namespace intact::emulated_amx::amx_int8

// Each emulated instruction is a loop: inlined all over the kernel they would compile for minutes.
#define always_inline noinline
#include "intact/gemm/kernels/amx_int8.hpp"
#undef always_inline
#undef gemm

const intact::gemm::Kernel& gemm_emulated::amx_int8() {
    return intact::emulated_amx::amx_int8::kernel;
}
