// Picks the product kernel, once, at the first call.
//
// Errors   std::runtime_error  INTACT_ISA names no instruction set of this machine
#pragma once

#include <span>

#include "intact/gemm/kernel.hpp"

#if defined(INTACT_KERNELS_APART)
namespace intact::gemm {
[[nodiscard]] std::span<const Kernel> kernels() noexcept;
}
#else
#include "intact/gemm/kernels/all.hpp"
#endif

namespace intact::gemm {

namespace detail {

/// A kernel as it runs best where products take the pipes of all other vector operations: rows are
/// copied, which flips them once for all columns, and nothing else is put between products.
[[nodiscard]] inline Kernel sharing_pipes(Kernel kernel) {
    kernel.flips = false;
    if (kernel.multiply_sharing != nullptr) kernel.multiply = kernel.multiply_sharing;
    if (kernel.multiply_to_codes_sharing != nullptr) {
        kernel.multiply_to_codes = kernel.multiply_to_codes_sharing;
    }
    return kernel;
}

/// The best of kernels() up to an instruction set, as it runs best here.
[[nodiscard]] inline Kernel best_up_to(simd::Isa isa) {
    const Kernel& best = simd::best_of(kernels(), isa);
    return simd::features().has_spare_vector_pipes ? best : sharing_pipes(best);
}

/// Whether a product takes fewer cycles with tiles than with vpdpbusd, which starts two products of
/// 16 columns in a cycle. A row alone never does: then reading the weights is the bound.
[[nodiscard]] constexpr bool tiles_pay(Index rows, Index columns, Index k) noexcept {
    constexpr Index tile_rows = 16;
    constexpr Index tile_groups = 16;
    constexpr Index entering = 240;
    constexpr Index sums_of_tile = 24;
    const Index panels = (columns + panel_columns - 1) / panel_columns;
    const Index groups = (k + group - 1) / group;
    const Index row_tiles = (rows + tile_rows - 1) / tile_rows;
    const Index steps = (groups + tile_groups - 1) / tile_groups;
    return entering + row_tiles * panels * (16 * steps + sums_of_tile) <
           rows * panels * (groups / 2 + 1);
}

}  // namespace detail

/// The best of kernels() that this machine runs; INTACT_ISA can ask for a plainer one.
[[nodiscard]] inline const Kernel& best_kernel() {
    static const Kernel best = detail::best_up_to(simd::selected());
    return best;
}

/// The best of kernels() for a product of that size: tiles are not worth their configuration where
/// there is little to do.
[[nodiscard]] inline const Kernel& best_kernel(Index rows, Index columns, Index k) {
    const Kernel& best = best_kernel();
    if (best.isa != simd::Isa::amx_int8 || detail::tiles_pay(rows, columns, k)) return best;
    static const Kernel plainer = detail::best_up_to(simd::Isa::avx512_vnni);
    return plainer;
}

}  // namespace intact::gemm
