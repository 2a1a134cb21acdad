// A product with a residual, the way around a block of layers, added before the output is rounded:
//
//   intact::multiply(x8, w, intact::AddResidual(r8, intact::Requantize(
//                               activations, bias, intact::Activation::relu)));
//
// gives relu(x * transpose(W) + bias + r) as Quantized codes. What r8 stands for is rounded to
// whole steps of the sums, scale of x times scale of the output channel, and added to them in
// int32: far finer than adding two outputs.
//
// Shapes   r8 [batch, out], 8- or 16-bit codes under one scale, row- or column-major. It must live
//          until the product is done, and is not the memory of y. `next` is Requantize, Dequantize,
//          Raw or another AddResidual.
// Errors   std::invalid_argument  from the product: r8 of another shape than y; k beyond what int32
//                                 holds, also where `next` gives reals; a scale of r8 of 2^20
//                                 steps, or of so many that sums and residual could leave int32
//                                 (with a bias, too, they are cut to it)
// Cost     that of `next`; 8 bytes more an output channel, and a copy of r8 if it is column-major
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "intact/core/quantized.hpp"
#include "intact/core/transpose.hpp"
#include "intact/gemm/add_residual_to_sums.hpp"
#include "intact/gemm/output.hpp"

namespace intact {

template <Code R, Granularity G, class Codes, class Next>
class AddResidual {
    static_assert(std::is_same_v<G, PerTensor>, "intact::AddResidual: r8 is PerTensor");
    static_assert(ProductOutput<Next>,
                  "intact::AddResidual: next is Requantize, Dequantize, Raw or AddResidual");
    using BoundNext = decltype(std::declval<const Next&>().bind(std::declval<ProductScales>()));
    using NextEpilogue = decltype(std::declval<const BoundNext&>().epilogue());

public:
    /// One factor a column serves all rows.
    static constexpr bool takes_row_scales = false;

    AddResidual(const Quantized<R, G, Codes>& residual, Next next)
        : residual_(residual), next_(std::move(next)) {}
    AddResidual(const Quantized<R, G, Codes>&& temporary, Next next)
        : AddResidual(temporary, std::move(next)) {
        static_assert(sizeof(R) == 0, "intact::AddResidual points to the residual: name it first");
    }

    /// The epilogue for one product; it points to what it was bound to.
    class Bound {
    public:
        Bound(Bound&&) noexcept = default;  // a copy would point to this one's codes

        [[nodiscard]] gemm::AddResidualToSums<Storage<R>, NextEpilogue> epilogue() const noexcept {
            return {.codes = codes_,
                    .stride = stride_,
                    .zero_point = zero_point_,
                    .factors = factors_.data(),
                    .next = next_.epilogue()};
        }

    private:
        friend AddResidual;
        explicit Bound(BoundNext next) : next_(std::move(next)) {}

        BoundNext next_;
        const Storage<R>* codes_ = nullptr;
        Index stride_ = 0;
        std::int32_t zero_point_ = 0;
        std::vector<double> factors_;
        std::vector<Storage<R>> by_rows_;
    };

    [[nodiscard, gnu::noinline]] Bound bind(const ProductScales& scales) const {
        constexpr const char* where = "intact::multiply";
        const auto n = static_cast<Index>(scales.columns.size());
        const auto view = view_of(residual_.codes());
        require(view.rank == 2 && view.shape[0] == scales.batch && view.shape[1] == n, where,
                "the residual has the wrong shape, expected [", scales.batch, ", ", n, "], given ",
                shape_text(view));
        detail::require_int32_sums(scales, "without a residual");
        Bound bound(next_.bind(scales));
        bound.zero_point_ = residual_.zero_point();
        const double most = most_steps(scales);
        const auto of_residual = static_cast<double>(residual_.scale());
        const auto of_x = static_cast<double>(scales.rows.front());
        for (const float of_w : scales.columns) {
            const double steps =
                exact_quotient(of_residual, exactly(of_x * static_cast<double>(of_w)));
            require(steps <= most, where, "the scale of the residual is too large for channel ",
                    bound.factors_.size(), ", expected at most ", most,
                    " steps of its sums, given ", steps);
            bound.factors_.push_back(elementwise::ExactRounding::factor(steps));
        }
        bound.codes_ = view.data;
        bound.stride_ = view.strides[0];
        if (view.strides[1] != 1) {
            bound.by_rows_.resize(static_cast<std::size_t>(scales.batch * n));
            copy_rows(view.data, scales.batch, n, view.strides[0], view.strides[1],
                      bound.by_rows_.data(), n);
            bound.codes_ = bound.by_rows_.data();
            bound.stride_ = n;
        }
        return bound;
    }

    [[nodiscard]] const QuantParams& params() const noexcept requires requires(const Next& next) {
        next.params();
    }
    { return next_.params(); }
    [[nodiscard]] const Grid& grid() const noexcept requires requires(const Next& next) {
        next.grid();
    }
    { return next_.grid(); }

    /// As `next` gives it.
    template <class Y>
    [[nodiscard]] auto result(Y y) const {
        return next_.result(std::move(y));
    }

private:
    /// How many steps of the sums one of the residual may be.
    [[nodiscard]] double most_steps(const ProductScales& scales) const {
        const std::int64_t sums = scales.k * scales.level_x * scales.level_w;
        const Grid& grid = residual_.grid();
        const std::int64_t level =
            std::max(grid.qmax - residual_.zero_point(), residual_.zero_point() - grid.qmin);
        const std::int64_t room = (INT32_MAX - sums) / std::max<std::int64_t>(level, 1);
        return std::min(static_cast<double>(room), 0x1p20 - 1.0);
    }

    const Quantized<R, G, Codes>& residual_;
    Next next_;
};

}  // namespace intact
