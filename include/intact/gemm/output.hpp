// What a product gives, said in reals; the product itself knows the scales of its two sides.
//
//   Raw(bias), Raw64                        the sums, int32 or int64 (raw_output.hpp)
//   Requantize(quantizer, bias, activation) the codes that the quantizer makes
//   Requantize<T>(params, bias, activation) codes of type T, read with parameters from elsewhere
//   Dequantize(bias, activation)            reals
//   AddResidual(r8, output)                 any of these but Raw64, with a residual
//                                           (add_residual.hpp)
//
// Shapes   bias: any Eigen vector, one real an output channel; an empty one is none
// Errors   std::invalid_argument  parameters that break the contract; a bias that is not finite;
//                                 from the product: a bias of another length, or too large for
//                                 int32 sums
// Cost     each product prepares its multipliers anew, O(n); bound_output.hpp does it once
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "intact/core/quantized.hpp"
#include "intact/core/tensor_view.hpp"
#include "intact/gemm/activation.hpp"
#include "intact/gemm/bias.hpp"
#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/limits.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// What a product knows of its two sides.
struct ProductScales {
    std::span<const float> rows;        ///< scale of x: one, or one a row
    const std::vector<float>& columns;  ///< scale of w, one an output channel
    float largest_column;               ///< of them
    Index batch;
    Index k;
    std::int64_t level_x;  ///< largest |code - zero point| of x
    std::int64_t level_w;
    bool has_row_scales;
};

/// Says what a product gives, and becomes an epilogue once the scales are known. result() makes of
/// a matrix that the epilogue has filled what the product returns.
template <class T>
concept ProductOutput = requires(const T& output, const ProductScales& scales) {
    { T::takes_row_scales } -> std::convertible_to<bool>;
    { output.bind(scales).epilogue() } -> gemm::Epilogue;
    output.result(Eigen::MatrixXf());
};

/// Parameters and codes of one scale: a quantizer or Quantized.
template <class T>
concept HasParams = requires(const T& x) {
    typename T::CodeType;
    requires std::same_as<typename T::GranularityType, PerTensor>;
    { x.params() } -> std::convertible_to<std::vector<QuantParams>>;
    { x.grid() } -> std::convertible_to<Grid>;
};

namespace detail {

/// What a vector holds: one axis, or two of which one has length 1.
template <class T>
std::vector<std::remove_const_t<T>> bias_of(const TensorView<T>& view, const char* where) {
    const bool is_vector = view.rank == 1 ||
                           (view.rank == 2 && (view.shape[0] == 1 || view.shape[1] == 1)) ||
                           view.size() == 0;
    require(is_vector, where, "the bias is not a vector, given the shape ", shape_text(view));
    const std::size_t axis = view.rank == 2 && view.shape[0] == 1 ? 1 : 0;
    std::vector<std::remove_const_t<T>> values(static_cast<std::size_t>(view.size()));
    const T* from = view.data;
    for (auto& value : values) {
        value = *from;
        from += view.strides[axis];
    }
    return values;
}

/// The same of reals, which are finite.
template <EigenObject X>
std::vector<float> real_bias_of(const X& x, const char* where) {
    static_assert(!std::is_integral_v<typename X::Scalar>,
                  "intact: the bias is in reals; one in units of the sums (int32) is for Raw, or "
                  "multiply it by scale of x times scale of the channel");
    const simd::DefaultEnvironment guard;
    const RealInput input(x);
    std::vector<float> values = bias_of(input.view(), where);
    for (const float& value : values) {
        require(!is_non_finite(value), where, "the bias of channel ", &value - values.data(),
                " is not finite as float32");
    }
    return values;
}

template <class T>
void require_bias_fits(const std::vector<T>& bias, const ProductScales& scales) {
    require(bias.empty() || bias.size() == scales.columns.size(), "intact::multiply",
            "the bias has the wrong length, expected ", scales.columns.size(), ", given ",
            bias.size());
}

inline void require_int32_sums(const ProductScales& scales, const char* hint) {
    const Index limit = gemm::largest_k(scales.level_x, scales.level_w);
    require(scales.k <= limit, "intact::multiply", "the sums can leave int32, expected at most ",
            limit, " terms (more only ", hint, "), given ", scales.k);
}

}  // namespace detail

/// Codes of type T, with Policy's rounding.
template <Code T, elementwise::Requantizing Policy = elementwise::ExactRounding>
class Requantize {
public:
    /// One multiplier and one bias a column serve all rows.
    static constexpr bool takes_row_scales = false;

    /// Without bias. `grid` says which codes there are, by default all of T.
    explicit Requantize(const QuantParams& output, Activation activation = Activation::none,
                        const Grid& grid = {.qmin = qmin<T>, .qmax = qmax<T>})
        : output_(output), grid_(grid), limits_(limits(output, activation, grid)) {}

    /// The codes that `output` makes: of a quantizer, or of Quantized.
    template <HasParams Q>
    explicit Requantize(const Q& output, Activation activation = Activation::none)
        : Requantize(std::vector<QuantParams>(output.params()).front(), activation, output.grid()) {
        static_assert(std::same_as<T, typename Q::CodeType>,
                      "intact::Requantize: T is the code type of the quantizer; leave it out");
    }

    template <HasParams Q, EigenObject X>
    Requantize(const Q& output, const X& bias, Activation activation = Activation::none)
        : Requantize(output, activation) {
        bias_ = detail::real_bias_of(bias, "intact::Requantize");
    }

    template <EigenObject X>
    Requantize(const QuantParams& output, const X& bias, Activation activation = Activation::none,
               const Grid& grid = {.qmin = qmin<T>, .qmax = qmax<T>})
        : Requantize(output, activation, grid) {
        bias_ = detail::real_bias_of(bias, "intact::Requantize");
    }

    /// The epilogue for one product, with the memory it points to.
    class Bound {
    public:
        [[nodiscard]] gemm::RequantizeSums<Storage<T>, Policy> epilogue() const noexcept {
            return {.factors = factors_.data(),
                    .bias = bias_.empty() ? nullptr : bias_.data(),
                    .zero_point = zero_point_,
                    .qmin = limits_.qmin,
                    .qmax = limits_.qmax};
        }

    private:
        friend Requantize;
        std::vector<typename Policy::Factor> factors_;
        std::vector<std::int32_t> bias_;
        std::int32_t zero_point_ = 0;
        Grid limits_;
    };

    [[nodiscard, gnu::noinline]] Bound bind(const ProductScales& scales) const {
        constexpr const char* where = "intact::multiply";
        detail::require_bias_fits(bias_, scales);
        detail::require_int32_sums(scales, "with float or int64 outputs");
        Bound bound;
        bound.zero_point_ = output_.zero_point;
        bound.limits_ = limits_;
        bound.factors_.resize(scales.columns.size());
        bound.bias_.resize(bias_.size());
        const auto of_x = static_cast<double>(scales.rows.front());
        const auto of_output = static_cast<double>(output_.scale);
        for (std::size_t j = 0; j < scales.columns.size(); ++j) {
            const double scale = exactly(of_x * static_cast<double>(scales.columns[j]));
            bound.factors_[j] = Policy::factor(exact_quotient(scale, of_output));
            if (bias_.empty()) continue;
            bound.bias_[j] =
                gemm::int32_bias(bias_[j], scale, scales.k * scales.level_x * scales.level_w,
                                 static_cast<std::int64_t>(j), where);
        }
        return bound;
    }

    /// Parameters and grid of the codes.
    [[nodiscard]] const QuantParams& params() const noexcept { return output_; }
    [[nodiscard]] const Grid& grid() const noexcept { return grid_; }

    /// The codes with their parameters: the x of the next product.
    template <class Codes>
    [[nodiscard]] Quantized<T, PerTensor, Codes> result(Codes codes) const {
        return {{}, std::move(codes), {output_}, grid_};
    }

private:
    static Grid limits(const QuantParams& output, Activation activation, const Grid& grid) {
        check_grid<T>(grid, "intact::Requantize");
        check(output, grid, "intact::Requantize");
        const simd::DefaultEnvironment guard;
        return clamp_codes(activation, output, grid);
    }

    QuantParams output_;
    Grid grid_;
    Grid limits_;  // of it, after the activation
    std::vector<float> bias_;
};

template <HasParams Q>
explicit Requantize(const Q&, Activation = Activation::none) -> Requantize<typename Q::CodeType>;
template <HasParams Q, EigenObject X>
Requantize(const Q&, const X&, Activation = Activation::none) -> Requantize<typename Q::CodeType>;

/// float32 reals.
class Dequantize {
public:
    static constexpr bool takes_row_scales = true;

    explicit Dequantize(Activation activation = Activation::none) : activation_(activation) {}

    template <EigenObject X>
    explicit Dequantize(const X& bias, Activation activation = Activation::none)
        : activation_(activation), bias_(detail::real_bias_of(bias, "intact::Dequantize")) {}

    /// The epilogue for one product; it points to what it was bound to.
    class Bound {
    public:
        Bound(Bound&&) = default;  // a copy would point to this one's scales

        [[nodiscard]] gemm::DequantizeSums epilogue() const noexcept { return epilogue_; }

    private:
        friend Dequantize;
        Bound() = default;

        std::vector<float> scales_;
        gemm::DequantizeSums epilogue_;
    };

    [[nodiscard, gnu::noinline]] Bound bind(const ProductScales& scales) const {
        constexpr const char* where = "intact::multiply";
        detail::require_bias_fits(bias_, scales);
        const auto row = std::ranges::max_element(scales.rows);
        if (row != scales.rows.end() && is_non_finite(*row * scales.largest_column)) {
            const auto column = std::ranges::max_element(scales.columns);
            fail(where, "the product of the scales of x and of channel ",
                 column - scales.columns.begin(), " is not a float32");
        }
        Bound bound;
        bound.epilogue_ = {.scales = scales.columns.data(),
                           .bias = bias_.empty() ? nullptr : bias_.data(),
                           .clamps = activation_ != Activation::none,
                           .min = 0.0F,
                           .max = largest_real(activation_)};
        if (scales.has_row_scales) {
            bound.epilogue_.row_scales = scales.rows.data();
        } else {
            bound.scales_.resize(scales.columns.size());
            for (std::size_t j = 0; j < bound.scales_.size(); ++j) {
                bound.scales_[j] = scales.columns[j] * scales.rows.front();
            }
            bound.epilogue_.scales = bound.scales_.data();
        }
        return bound;
    }

    template <class Reals>
    [[nodiscard]] Reals result(Reals reals) const {
        return reals;
    }

private:
    Activation activation_;
    std::vector<float> bias_;
};

}  // namespace intact
