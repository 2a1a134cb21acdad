// A quantized tensor: its codes, in the shape and order of the reals they stand for, and the scales
// and zero points that give them meaning.
//
//   auto w8 = quantizer.quantize(w);   // Quantized<std::int8_t, PerChannel<0>, MatrixX<int8>>
//   w8.codes()(2, 3);
//   w8.scale(2);
//   Eigen::MatrixXf w_again = w8.dequantize();
//
// Shapes   codes() as the input; params() in the order that granularity.hpp states.
// Errors   std::invalid_argument  parameters that do not fit the shape or the code type; a code
//                                 outside the grid
// Cost     one look at each code where the grid is narrower than the type that holds them
#pragma once

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "intact/core/code.hpp"
#include "intact/core/granularity.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/core/tensor_view.hpp"
#include "intact/core/walk.hpp"

namespace intact {

namespace detail {
/// Says that codes need no look.
struct CodesAreOfGrid {};
}  // namespace detail

template <Code T, Granularity G, class Codes>
class Quantized {
public:
    using CodeType = T;
    using GranularityType = G;
    using CodesType = Codes;

    /// Takes codes over with the parameters that they were made with.
    Quantized(Codes codes, std::vector<QuantParams> params, Grid grid)
        : Quantized(detail::CodesAreOfGrid{}, std::move(codes), std::move(params), grid) {
        require_codes();
    }

    /// The same for codes that are known to be of the grid.
    Quantized(detail::CodesAreOfGrid, Codes codes, std::vector<QuantParams> params, Grid grid)
        : codes_(std::move(codes)), params_(std::move(params)), grid_(grid) {
        check_grid<T>(grid_, "Quantized");
        const auto view = view_of(std::as_const(codes_));
        const auto expected = static_cast<std::size_t>(Walk(view, G{}).parameters());
        require(params_.size() == expected, "Quantized", "wrong number of parameters, expected ",
                expected, " for the shape ", shape_text(view), ", given ", params_.size());
        for (const QuantParams& params_of_one : params_) check(params_of_one, grid_, "Quantized");
    }

    /// The codes: a matrix or tensor of Storage<T>.
    [[nodiscard]] const Codes& codes() const noexcept { return codes_; }

    /// The codes, to be overwritten with others under the same parameters; each is one of grid().
    [[nodiscard]] Codes& mutable_codes() noexcept { return codes_; }

    /// Scale and zero point of each tensor, channel, group or token.
    [[nodiscard]] const std::vector<QuantParams>& params() const noexcept { return params_; }

    /// Which codes there are.
    [[nodiscard]] const Grid& grid() const noexcept { return grid_; }

    /// Scale number i of params().
    [[nodiscard]] float scale(Index i = 0) const {
        eigen_assert(0 <= i && i < static_cast<Index>(params_.size()));
        return params_[static_cast<std::size_t>(i)].scale;
    }

    /// Zero point number i of params().
    [[nodiscard]] std::int32_t zero_point(Index i = 0) const {
        eigen_assert(0 <= i && i < static_cast<Index>(params_.size()));
        return params_[static_cast<std::size_t>(i)].zero_point;
    }

    /// The reals that the codes stand for, as float32 in the shape of codes().
    /// Defined in intact/quantizers/quantizer.hpp.
    [[nodiscard]] auto dequantize() const { return dequantize_codes(*this); }

    /// Memory of the codes, and of scales and zero points where they are stored.
    [[nodiscard]] std::size_t bytes() const noexcept {
        const std::size_t zero_points = grid_.symmetric ? 0 : sizeof(Storage<T>);
        return static_cast<std::size_t>(codes_.size()) * sizeof(Storage<T>) +
               params_.size() * (sizeof(float) + zero_points);
    }

private:
    void require_codes() const {
        using Limits = std::numeric_limits<Storage<T>>;
        if (grid_.qmin == Limits::min() && grid_.qmax == Limits::max()) return;
        const auto view = view_of(codes_);
        Walk(view, PerTensor()).for_each_run([&](const Run& run) {
            for (Index i = 0; i < run.count; ++i) {
                const std::int32_t code = view.data[run.source + i * run.source_stride];
                require(grid_.qmin <= code && code <= grid_.qmax, "Quantized",
                        "a code lies outside the grid, expected ", CodesText{grid_}, ", given ",
                        code);
            }
        });
    }

    Codes codes_;
    std::vector<QuantParams> params_;
    Grid grid_;
};

}  // namespace intact
