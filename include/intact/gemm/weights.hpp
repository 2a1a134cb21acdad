// Quantized weights [out, in], packed once for any number of products.
//
// Shapes   a matrix or a tensor of two axes, row- or column-major; PerTensor or PerChannel<0>
// Errors   std::invalid_argument  a code outside the grid
// Cost     the bytes of the codes (twice for 16-bit codes) and 16 for each output channel.
//
//   const auto w = intact::pack(w8);
//   Eigen::MatrixXf y = intact::multiply(x8, w, intact::Dequantize(bias));
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "intact/core/quantized.hpp"
#include "intact/gemm/multiply_words.hpp"
#include "intact/gemm/pack.hpp"

namespace intact {

namespace detail {

/// Quantized codes as an operand of a product; the zero points of its rows must outlive it.
template <Code T, Granularity G, class Codes>
gemm::Operand<Storage<T>> operand_of(const Quantized<T, G, Codes>& quantized,
                                     const std::vector<std::int32_t>& zero_points) {
    const auto view = view_of(quantized.codes());
    const bool shares_one = std::is_same_v<G, PerTensor>;
    static constexpr std::int32_t none = 0;  // of no rows, whose vector may have no memory
    return {.data = view.data,
            .rows = view.shape[0],
            .k = view.shape[1],
            .row_stride = view.strides[0],
            .column_stride = view.strides[1],
            .zero_point = shares_one ? quantized.zero_point() : 0,
            .zero_points = shares_one            ? nullptr
                           : zero_points.empty() ? &none
                                                 : zero_points.data(),
            .qmin = quantized.grid().qmin,
            .qmax = quantized.grid().qmax};
}

/// The zero points of the rows, none where all share one.
template <Code T, Granularity G, class Codes>
std::vector<std::int32_t> row_zero_points(const Quantized<T, G, Codes>& quantized) {
    std::vector<std::int32_t> zero_points;
    if constexpr (!std::is_same_v<G, PerTensor>) {
        for (const QuantParams& params : quantized.params()) {
            zero_points.push_back(params.zero_point);
        }
    }
    return zero_points;
}

template <class Codes>
constexpr bool has_two_axes() {
    if constexpr (EigenTensor<Codes>) {
        return tensor_rank<Codes> == 2;
    } else {
        return true;
    }
}

}  // namespace detail

template <Code T>
class PackedWeights {
public:
    using CodeType = T;
    using Codes = std::conditional_t<sizeof(Storage<T>) == 1, gemm::Packed, gemm::PackedWords>;

    PackedWeights(Codes codes, std::vector<float> scales)
        : codes_(std::move(codes)),
          scales_(std::move(scales)),
          largest_scale_(scales_.empty() ? 0.0F : *std::ranges::max_element(scales_)) {
        require(std::ssize(scales_) == codes_.n(), "intact::PackedWeights",
                "the number of scales does not fit, expected ", codes_.n(), ", given ",
                scales_.size());
    }

    /// Number of output channels.
    [[nodiscard]] Index n() const noexcept { return codes_.n(); }
    /// Length of the sums.
    [[nodiscard]] Index k() const noexcept { return codes_.k(); }
    [[nodiscard]] const Codes& codes() const noexcept { return codes_; }
    /// One scale an output channel.
    [[nodiscard]] const std::vector<float>& scales() const noexcept { return scales_; }
    [[nodiscard]] float largest_scale() const noexcept { return largest_scale_; }

private:
    Codes codes_;
    std::vector<float> scales_;
    float largest_scale_;
};

template <EigenObject W>
void pack(const W&) {
    static_assert(sizeof(W) == 0, "intact::pack: weights are Quantized: quantize() them first");
}

/// Packs weights [out, in].
template <Code T, Granularity G, class Codes>
[[nodiscard]] PackedWeights<T> pack(const Quantized<T, G, Codes>& weights) {
    static_assert(std::is_same_v<G, PerTensor> || std::is_same_v<G, PerChannel<0>>,
                  "intact::pack: scales along the summed axis cannot leave an int32 sum; weights "
                  "[out, in] are PerTensor or PerChannel<0>");
    static_assert(detail::has_two_axes<Codes>(), "intact::pack: weights have two axes, [out, in]");
    const std::vector<std::int32_t> zero_points = detail::row_zero_points(weights);
    const auto operand = detail::operand_of(weights, zero_points);
    std::vector<float> scales;
    for (Index j = 0; j < operand.rows; ++j) {
        scales.push_back(weights.scale(std::is_same_v<G, PerTensor> ? 0 : j));
    }
    if constexpr (sizeof(Storage<T>) == 1) {
        return {gemm::pack(operand), std::move(scales)};
    } else {
        return {gemm::PackedWords(operand), std::move(scales)};
    }
}

}  // namespace intact
