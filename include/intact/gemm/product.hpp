// The product of quantized activations with packed weights: y = x * transpose(W), exact integer
// sums, given as int32, codes or reals.
//
// Shapes   x [batch, in], W [out, in], y [batch, out]; any may be empty (no terms: y is the bias)
// Errors   std::invalid_argument  shapes that do not meet; k beyond what int32 holds, where the
//                                 output is not float or int64 (gemm/limits.hpp); a bad bias
// Cost     2 * batch * in * out operations; column-major x and y, Eigen's usual ones, are turned on
//          the way, which takes a few percent, more with few output channels. Each call makes of
//          the scales what the output needs, at most 12 bytes an output channel (and 8 a row where
//          rows have scales; of a residual more, see add_residual.hpp); with an output bound before
//          (bound_output.hpp) it allocates nothing.
//
//   const auto w = intact::pack(w8);
//   Eigen::MatrixXf y = intact::multiply(x8, w, intact::Dequantize(bias));
//   auto y8 = intact::multiply(x8, w, intact::Requantize(activations, bias));
//   y = intact::multiply(y8, w2, intact::Dequantize(bias2));      // y8 is Quantized: the next x
//   intact::multiply(x8, w, intact::Dequantize(bias), y);         // into the caller's memory
//   intact::multiply(x8, w, intact::Dequantize(bias), y, team);   // on the threads of a ThreadTeam
//
// gemm/multiply.hpp is the layer below: pointers, strides and scales made ready.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "intact/gemm/output.hpp"
#include "intact/gemm/raw_output.hpp"
#include "intact/gemm/weights.hpp"

namespace intact {

namespace detail {

template <class E>
struct EpilogueOf {  // one that takes sums as they are
    using Type = E;
    static constexpr bool takes_row_scales = true;
};
template <ProductOutput E>
struct EpilogueOf<E> {
    static constexpr bool takes_row_scales = E::takes_row_scales;
    using Type = decltype(std::declval<const E&>().bind(std::declval<ProductScales>()).epilogue());
};

/// The scales of the rows of x; of all of them in an array, where no memory is allocated.
template <Code A, Granularity G, class Codes>
auto row_scales(const Quantized<A, G, Codes>& x) {
    if constexpr (std::is_same_v<G, PerTensor>) {
        return std::array{x.scale()};
    } else {
        std::vector<float> scales;
        for (const QuantParams& params : x.params()) scales.push_back(params.scale);
        return scales;
    }
}

}  // namespace detail

/// Writes the product of x [batch, in] with W [out, in] to y [batch, out], which may be any Eigen
/// matrix, map, block or tensor in memory and does not overlap x.
template <Code A, Granularity G, class Codes, Code B, class E, class Y>
void multiply(const Quantized<A, G, Codes>& x, const PackedWeights<B>& w, const E& output, Y&& y) {
    CallersThread here;
    multiply(x, w, output, std::forward<Y>(y), here);
}

/// The same on the threads of an executor; products of 16-bit codes use the caller's alone.
template <Code A, Granularity G, class Codes, Code B, class E, class Y, Executor X>
void multiply(const Quantized<A, G, Codes>& x, const PackedWeights<B>& w, const E& output, Y&& y,
              X& executor) {
    using Epilogue = typename detail::EpilogueOf<E>::Type;
    static_assert(gemm::Epilogue<Epilogue>,
                  "intact::multiply: the output is Raw, Raw64, Requantize, Dequantize, AddResidual "
                  "or a model of gemm::Epilogue");
    static_assert(std::is_same_v<G, PerTensor> || std::is_same_v<G, PerToken> ||
                      std::is_same_v<G, PerChannel<0>>,
                  "intact::multiply: scales along the summed axis cannot leave an int32 sum; x "
                  "[batch, in] is PerTensor, PerToken or PerChannel<0>");
    static_assert(detail::has_two_axes<Codes>(), "intact::multiply: x has two axes, [batch, in]");
    constexpr bool is_per_row = !std::is_same_v<G, PerTensor>;
    static_assert(!is_per_row || detail::EpilogueOf<E>::takes_row_scales,
                  "intact::multiply: Requantize and AddResidual need one scale for x; with a scale "
                  "for each row use Dequantize");
    constexpr bool is_wide = sizeof(Storage<A>) > 1 || sizeof(Storage<B>) > 1;
    static_assert(!is_wide || gemm::WideEpilogue<Epilogue>,
                  "intact::multiply: the sums of 16-bit codes are int64; use Dequantize or Raw64, "
                  "without a residual");

    using Scalar = std::remove_pointer_t<decltype(view_of(y).data)>;
    static_assert(!std::is_const_v<Scalar>, "intact::multiply: y is const");
    static_assert(std::is_same_v<std::remove_const_t<Scalar>, typename Epilogue::Output>,
                  "intact::multiply: y holds another number type than the output gives");

    constexpr const char* where = "intact::multiply";
    const std::vector<std::int32_t> zero_points = detail::row_zero_points(x);
    const auto left = detail::operand_of(x, zero_points);
    const auto out = view_of(y);
    require(left.k == w.k(), where, "x and W do not meet, expected x [batch, ", w.k(),
            "], given x [", left.rows, ", ", left.k, "]");
    require(out.rank == 2 && out.shape[0] == left.rows && out.shape[1] == w.n(), where,
            "y has the wrong shape, expected [", left.rows, ", ", w.n(), "], given ",
            shape_text(out));

    const auto run = [&](const auto& epilogue) {
        if constexpr (is_wide) {
            gemm::multiply_words(left, w.codes(), epilogue, out.data, out.strides[0],
                                 out.strides[1]);
        } else {
            gemm::multiply_with(executor, left, w.codes(), epilogue, out.data, out.strides[0],
                                out.strides[1]);
        }
    };
    if constexpr (ProductOutput<E>) {
        const simd::DefaultEnvironment guard;
        const auto rows = detail::row_scales(x);
        const auto bound = output.bind({.rows = rows,
                                        .columns = w.scales(),
                                        .largest_column = w.largest_scale(),
                                        .batch = left.rows,
                                        .k = left.k,
                                        .level_x = gemm::largest_level(left, where),
                                        .level_w = w.codes().level(),
                                        .has_row_scales = is_per_row});
        run(bound.epilogue());
    } else {
        run(output);
    }
}

/// To codes that an earlier product with the same output gave.
template <Code A, Granularity G, class Codes, Code B, class E, Code T, class Held>
void multiply(const Quantized<A, G, Codes>& x, const PackedWeights<B>& w, const E& output,
              Quantized<T, PerTensor, Held>& y8) {
    CallersThread here;
    multiply(x, w, output, y8, here);
}

/// The same on the threads of an executor.
template <Code A, Granularity G, class Codes, Code B, class E, Code T, class Held, Executor X>
void multiply(const Quantized<A, G, Codes>& x, const PackedWeights<B>& w, const E& output,
              Quantized<T, PerTensor, Held>& y8, X& executor) {
    require(y8.params().front() == output.params() && y8.grid() == output.grid(),
            "intact::multiply", "y8 has other parameters or codes than the output gives");
    multiply(x, w, output, y8.mutable_codes(), executor);
}

/// The product as a matrix [batch, out], in the storage order of x; codes with their parameters, as
/// Quantized.
template <Code A, Granularity G, class Codes, Code B, class E, Executor X>
[[nodiscard]] auto multiply(const Quantized<A, G, Codes>& x, const PackedWeights<B>& w,
                            const E& output, X& executor) {
    using T = typename detail::EpilogueOf<E>::Type::Output;
    const auto view = view_of(x.codes());
    constexpr int order = [] {
        if constexpr (detail::EigenTensor<Codes>) {
            return detail::tensor_layout<Codes>;
        } else {
            return Codes::IsRowMajor ? Eigen::RowMajor : Eigen::ColMajor;
        }
    }();
    Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, order> y(view.shape[0], w.n());
    multiply(x, w, output, y, executor);
    if constexpr (ProductOutput<E>) {
        return output.result(std::move(y));
    } else {
        return y;
    }
}
template <Code A, Granularity G, class Codes, Code B, class E>
[[nodiscard]] auto multiply(const Quantized<A, G, Codes>& x, const PackedWeights<B>& w,
                            const E& output) {
    CallersThread here;
    return multiply(x, w, output, here);
}

// What is easily forgotten.
template <EigenObject X, class W, class E, class... Rest>
void multiply(const X&, const W&, const E&, Rest&&...) {
    static_assert(sizeof(X) == 0, "intact::multiply: x is Quantized: quantize() it first");
}
template <Code A, Granularity G, class Codes, class W, class E, class... Rest>
requires(EigenObject<W> || requires(const W& w) {
    w.codes().data();
}) void multiply(const Quantized<A, G, Codes>&, const W&, const E&, Rest&&...) {
    static_assert(sizeof(W) == 0,
                  "intact::multiply: w is packed: pack() the quantized weights first");
}

}  // namespace intact
