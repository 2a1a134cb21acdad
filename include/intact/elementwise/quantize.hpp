// Many reals to codes: the bulk form of quantize_number, bit for bit.
//
// Shapes   x[i] becomes out[i]; any length, any alignment.
// Errors   none: the parameters are taken as checked (intact::check), the codes of `grid` fit T
// Cost     NearestEven runs at about the speed of memory; the other policies one value at a time.
//
//   quantize(x, params, grid, codes.data());
//   quantize<Stochastic<7>>(row, params, grid, codes, row_index * columns);
#pragma once

#include <cassert>
#include <limits>
#include <span>

#include "intact/core/number.hpp"
#include "intact/elementwise/dispatch.hpp"
#include "intact/simd/environment.hpp"

namespace intact::elementwise {

namespace detail {

template <Rounding R, StoredCode T>
[[gnu::noinline]] void quantize_by_definition(std::span<const float> x, const QuantParams& params,
                                              const Grid& grid, T* out, std::uint64_t first_index) {
    for (std::size_t i = 0; i < x.size(); ++i) {
        out[i] = static_cast<T>(quantize_number<R>(x[i], params, grid, first_index + i));
    }
}

/// Whether every code of `grid` fits in a T.
template <StoredCode T>
[[nodiscard]] constexpr bool fits(const Grid& grid) noexcept {
    return std::numeric_limits<T>::min() <= grid.qmin && grid.qmin <= grid.qmax &&
           grid.qmax <= std::numeric_limits<T>::max();
}

}  // namespace detail

/// Codes of `x`; `first_index` is the row-major index of x[0], which only Stochastic looks at.
template <Rounding R = NearestEven, StoredCode T>
void quantize(std::span<const float> x, const QuantParams& params, const Grid& grid, T* out,
              [[maybe_unused]] std::uint64_t first_index = 0,
              [[maybe_unused]] const Kernels& kernels = best_kernels()) {
    assert(detail::fits<T>(grid));
    const simd::DefaultEnvironment guard;
    if constexpr (std::same_as<R, NearestEven>) {
        const Coding coding{params.scale, params.zero_point, grid.qmin, grid.qmax};
        kernels.of<T>().quantize(x.data(), x.size(), coding, out);
    } else {
        detail::quantize_by_definition<R>(x, params, grid, out, first_index);
    }
}

}  // namespace intact::elementwise
