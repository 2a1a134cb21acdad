// An output bound to the scales of x and w beforehand: products with it allocate nothing, which
// code that must not wait wants, and begin sooner.
//
//   const auto stage = intact::bind(intact::Requantize(hidden, bias), activations, packed);  //
//   once intact::multiply(x8, packed, stage, h8);                                       // for each
//   x
//
// Shapes   x: a quantizer or Quantized with one scale; w: the packed weights of the products
// Errors   std::invalid_argument  as from the product; from a product with other scales, k or
//                                 number of channels than those that the output was bound to
// Cost     what a product with the output itself takes each time: O(out)
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "intact/gemm/operand.hpp"
#include "intact/gemm/output.hpp"
#include "intact/gemm/weights.hpp"

namespace intact {

template <ProductOutput E>
class BoundOutput {
    static_assert(
        std::copyable<E>,
        "intact::bind: a residual is another one in each product, so bind no AddResidual");
    using Bound = decltype(std::declval<const E&>().bind(std::declval<ProductScales>()));

public:
    static constexpr bool takes_row_scales = false;

    BoundOutput(const E& output, const ProductScales& scales)
        : output_(output),
          bound_(output_.bind(scales)),
          x_scale_(scales.rows.front()),
          columns_(scales.columns.size()),
          largest_column_(scales.largest_column),
          k_(scales.k),
          level_x_(scales.level_x),
          level_w_(scales.level_w) {}
    BoundOutput(BoundOutput&&) noexcept = default;  // a copy would point to this one's memory

    /// What was bound, for one product.
    struct Ready {
        const Bound* bound;

        [[nodiscard]] auto epilogue() const noexcept { return bound->epilogue(); }
    };

    [[nodiscard]] Ready bind(const ProductScales& scales) const {
        require(
            scales.rows.front() == x_scale_ && scales.level_x == level_x_, "intact::multiply",
            "the output is bound to another scale, zero point or grid of x, expected the scale ",
            x_scale_, ", given ", scales.rows.front());
        require(scales.columns.size() == columns_ && scales.k == k_ && scales.level_w == level_w_ &&
                    scales.largest_column == largest_column_,
                "intact::multiply", "the output is bound to other weights, expected [", columns_,
                ", ", k_, "], given [", scales.columns.size(), ", ", scales.k, "]");
        return {&bound_};
    }

    template <class Y>
    [[nodiscard]] auto result(Y y) const {
        return output_.result(std::move(y));
    }

    [[nodiscard]] const QuantParams& params() const noexcept requires requires(const E& output) {
        output.params();
    }
    { return output_.params(); }
    [[nodiscard]] const Grid& grid() const noexcept requires requires(const E& output) {
        output.grid();
    }
    { return output_.grid(); }

private:
    E output_;
    Bound bound_;  // to output_
    float x_scale_;
    std::size_t columns_;
    float largest_column_;
    Index k_;
    std::int64_t level_x_;
    std::int64_t level_w_;
};

/// `output` for products of that x with w.
template <ProductOutput E, HasParams X, Code B>
[[nodiscard]] BoundOutput<E> bind(const E& output, const X& x, const PackedWeights<B>& w) {
    const simd::DefaultEnvironment guard;
    const QuantParams params = std::vector<QuantParams>(x.params()).front();
    const gemm::Operand<Storage<typename X::CodeType>> of_x{
        .zero_point = params.zero_point, .qmin = x.grid().qmin, .qmax = x.grid().qmax};
    const std::vector<float> rows{params.scale};
    return {output,
            {.rows = rows,
             .columns = w.scales(),
             .largest_column = w.largest_scale(),
             .batch = 0,
             .k = w.k(),
             .level_x = gemm::largest_level(of_x, "intact::bind"),
             .level_w = w.codes().level(),
             .has_row_scales = false}};
}

}  // namespace intact
