// Sums of products to codes: code = clamp(round(sum * M) + zero_point, qmin, qmax).
//
//   ExactRounding            the exact product, rounded once, ties to even (default)
//   GemmlowpDoubleRounding   two roundings, as TFLite and CMSIS-NN
//   SingleRoundingTiesUp     one rounding, ties up, as ruy and TFLite's single rounding
//   Float32Multiply          fl32(sum) * fl32(M) in float32, ties to even, as ONNX Runtime
//
// Shapes   sums[i] and factors[i] become out[i]: one factor per element, made by Policy::factor.
// Errors   std::invalid_argument  from factor(): M is negative, not finite, or too large
// Cost     O(n); vectors of sums with ExactRounding, the other policies take one at a time
//
//   for (double real : reals) factors.push_back(ExactRounding::factor(real));
//   requantize(sums, channels, factors.data(), zero_point, 0, 255, codes);
#pragma once

#include <bit>
#include <cassert>
#include <concepts>
#include <cstdint>
#include <limits>

#include "intact/core/exact.hpp"
#include "intact/core/rounding.hpp"
#include "intact/elementwise/dispatch.hpp"
#include "intact/elementwise/fixed_point.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/elementwise/multiplier.hpp"
#include "intact/simd/environment.hpp"

namespace intact::elementwise {

namespace detail {

/// `real` itself; throws std::invalid_argument where no policy takes it.
[[nodiscard]] inline double accepted(double real) {
    (void)make_multiplier(real);
    return real;
}

}  // namespace detail

struct ExactRounding {
    using Factor = double;  ///< value of a Multiplier

    [[nodiscard]] static Factor factor(double real) { return make_multiplier(real).value; }

    /// Cut to the range of int32.
    [[nodiscard]] static std::int32_t apply(std::int32_t sum, Factor factor) noexcept {
        using Limits = std::numeric_limits<std::int32_t>;
        return static_cast<std::int32_t>(
            portable::clamp(portable::rounded_product(sum, factor), Limits::min(), Limits::max()));
    }
};

struct GemmlowpDoubleRounding {
    using Factor = QuantizedMultiplier;

    [[nodiscard]] static Factor factor(double real) {
        return quantize_multiplier(detail::accepted(real));
    }
    [[nodiscard]] static std::int32_t apply(std::int32_t sum, Factor factor) noexcept {
        return multiply_by_quantized_multiplier(sum, factor);
    }
};

struct SingleRoundingTiesUp {
    using Factor = QuantizedMultiplier;

    [[nodiscard]] static Factor factor(double real) {
        return quantize_multiplier_single_rounding(detail::accepted(real));
    }
    [[nodiscard]] static std::int32_t apply(std::int32_t sum, Factor factor) noexcept {
        return multiply_by_quantized_multiplier_single_rounding(sum, factor);
    }
};

struct Float32Multiply {
    using Factor = float;

    [[nodiscard]] static Factor factor(double real) {
        return static_cast<float>(detail::accepted(real));
    }

    /// Cut to +-2^20, beyond every code.
    [[nodiscard]] static std::int32_t apply(std::int32_t sum, Factor factor) noexcept {
        // A product of two float32 is exact in double, so this rounds once, to float32.
        const auto rounded_sum = static_cast<double>(static_cast<float>(sum));
        const double product = exactly(rounded_sum * static_cast<double>(factor));
        if (product > largest_quotient) return static_cast<std::int32_t>(largest_quotient);
        if (product < -largest_quotient) return -static_cast<std::int32_t>(largest_quotient);
        return NearestEven::round(static_cast<float>(product), 0);
    }
};

/// A way to multiply a sum by a real factor and round: the factor as it is held, and the result.
template <class T>
concept Requantizing = requires(std::int32_t sum, double real, typename T::Factor factor) {
    { T::factor(real) } -> std::same_as<typename T::Factor>;
    { T::apply(sum, factor) } -> std::same_as<std::int32_t>;
};

namespace detail {

template <Requantizing Policy, StoredCode T>
[[gnu::noinline]] void requantize_by_definition(const std::int32_t* sums,
                                                std::ptrdiff_t sums_stride, std::ptrdiff_t rows,
                                                std::ptrdiff_t columns,
                                                const typename Policy::Factor* factors,
                                                const Output& output, T* out,
                                                std::ptrdiff_t out_stride) {
    for (std::ptrdiff_t i = 0; i < rows; ++i, sums += sums_stride, out += out_stride) {
        for (std::ptrdiff_t j = 0; j < columns; ++j) {
            const std::int64_t code =
                std::int64_t{Policy::apply(sums[j], factors[j])} + output.zero_point;
            out[j] = static_cast<T>(portable::clamp(code, output.qmin, output.qmax));
        }
    }
}

}  // namespace detail

/// For callers that hold a simd::DefaultEnvironment already: reading it costs more than a short
/// row.
namespace unguarded {

/// Codes of rows x columns of sums with one factor a column; rows lie sums_stride and out_stride
/// elements apart. Nothing outside is read or written.
template <Requantizing Policy = ExactRounding, StoredCode T>
void requantize_block(const std::int32_t* sums, std::ptrdiff_t sums_stride, std::ptrdiff_t rows,
                      std::ptrdiff_t columns, const typename Policy::Factor* factors,
                      const Output& output, T* out, std::ptrdiff_t out_stride,
                      [[maybe_unused]] const Kernels& kernels = best_kernels()) {
    if constexpr (std::same_as<Policy, ExactRounding>) {
        kernels.of<T>().requantize_block(sums, sums_stride, rows, columns, factors, output, out,
                                         out_stride);
    } else {
        detail::requantize_by_definition<Policy>(sums, sums_stride, rows, columns, factors, output,
                                                 out, out_stride);
    }
}

/// One row of n sums.
template <Requantizing Policy = ExactRounding, StoredCode T>
void requantize(const std::int32_t* sums, std::size_t n, const typename Policy::Factor* factors,
                const Output& output, T* out, const Kernels& kernels = best_kernels()) {
    requantize_block<Policy>(sums, 0, 1, static_cast<std::ptrdiff_t>(n), factors, output, out, 0,
                             kernels);
}

}  // namespace unguarded

/// Codes of n sums, cut to [qmin, qmax], which lies in the range of T; zero_point is a code of T.
template <Requantizing Policy = ExactRounding, StoredCode T>
void requantize(const std::int32_t* sums, std::size_t n, const typename Policy::Factor* factors,
                std::int32_t zero_point, std::int32_t qmin, std::int32_t qmax, T* out,
                const Kernels& kernels = best_kernels()) {
    assert(std::numeric_limits<T>::min() <= qmin && qmin <= qmax &&
           qmax <= std::numeric_limits<T>::max());
    const simd::DefaultEnvironment guard;
    unguarded::requantize<Policy>(sums, n, factors, Output{zero_point, qmin, qmax}, out, kernels);
}

}  // namespace intact::elementwise
