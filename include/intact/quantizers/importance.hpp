// Importance weights: how much the error of each value counts in the search for a range, the same
// for all values with one index along an axis.
//
//   // Weights [outputs, inputs], each input with the mean square of its activations:
//   quantizer.observe(w, Importance<1>(whole_weights(mean_squares)));
//   // Activations [samples, features], some samples more important than others:
//   quantizer.observe(x, Importance<0>(weights_of_samples));
//
// Shapes   as many weights as the tensor is long along the axis
// Units    whole numbers: a value of weight w counts as if it had been seen w times, exactly; 0
//          leaves it out of the statistics
// Errors   std::invalid_argument   another number of weights
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/core/exact.hpp"
#include "intact/core/number.hpp"
#include "intact/core/tensor_view.hpp"
#include "intact/observers/ordered.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

template <int Axis>
class Importance {
    static_assert(Axis >= 0, "intact::Importance<Axis>: an axis counts from 0");

public:
    explicit Importance(std::vector<std::uint32_t> weights) : weights_(std::move(weights)) {}

    [[nodiscard]] std::span<const std::uint32_t> weights() const noexcept { return weights_; }

    /// The weights as a tensor of the shape of `values`, which needs no memory of its own.
    [[nodiscard]] TensorView<const std::uint32_t> over(
        const TensorView<const float>& values) const {
        require(Axis < values.rank, "Importance", "the tensor has no axis ", Axis,
                ", expected less than ", values.rank);
        const Index length = values.shape[Axis];
        require(static_cast<Index>(weights_.size()) == length, "Importance",
                "the number of weights does not fit, expected ", length, " for the shape ",
                shape_text(values), ", given ", weights_.size());
        TensorView<const std::uint32_t> view{
            .data = weights_.data(), .rank = values.rank, .shape = values.shape};
        view.strides[Axis] = 1;
        return view;
    }

private:
    std::vector<std::uint32_t> weights_;
};

/// Whole weights in the proportion of real ones, the largest 2^16; what is below half a 2^16th of
/// it becomes 0.
[[nodiscard]] inline std::vector<std::uint32_t> whole_weights(std::span<const float> importance) {
    const simd::DefaultEnvironment guard;
    double largest = 0.0;
    for (const float one : importance) {
        require(!is_non_finite(one) && ordered(one) >= 0, "whole_weights",
                "importance is not a finite number from 0 on, given ", one);
        largest = std::max(largest, static_cast<double>(one));
    }
    std::vector<std::uint32_t> whole;
    whole.reserve(importance.size());
    for (const float one : importance) {
        const double share =
            exact_quotient(static_cast<double>(one), largest > 0.0 ? largest : 1.0);
        const double scaled = exactly(share * 0x1p16);
        const auto below = static_cast<std::uint32_t>(scaled);
        whole.push_back(below + (exactly(scaled - below) >= 0.5 ? 1 : 0));
    }
    return whole;
}

}  // namespace intact
