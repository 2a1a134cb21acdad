// Weights of one layer as codes, in the order in which they are multiplied.
//
// Shapes   codes [out, kernel y, kernel x, in / groups], one row of k codes an output channel
// Errors   std::domain_error  weights with NaN or infinity
// Cost     one byte a weight; a scale (and a zero point where the scheme has one) for each of
//          params()
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "intact/elementwise/dequantize.hpp"
#include "intact/nn/recipe.hpp"
#include "intact/nn/stage.hpp"

namespace intact::nn {

template <class W>
class IntegerWeights {
public:
    using Held = Storage<typename W::CodeType>;

    IntegerWeights() = default;

    /// Quantizes the weights of a Linear or Conv2d layer to codes of `bits` bits (0: all). Scales
    /// below those of `least`, if given, are raised to them.
    IntegerWeights(const Layer& layer, int bits, const std::vector<float>& least = {}) {
        W quantizer = bits == 0 ? W() : W::of_bits(bits);
        if (const auto* linear = std::get_if<Linear>(&layer)) {
            geometry_ = geometry_of(*linear);
            bias_ = linear->bias;
            take(quantizer, linear->weights, least);
        } else {
            const auto& conv = std::get<Conv2d>(layer);
            geometry_ = geometry_of(conv);
            bias_ = conv.bias;
            take(quantizer, conv.kernel, least);
        }
    }

    [[nodiscard]] const Geometry& geometry() const noexcept { return geometry_; }
    [[nodiscard]] const Eigen::VectorXf& bias() const noexcept { return bias_; }
    [[nodiscard]] const Grid& grid() const noexcept { return grid_; }

    /// The codes of output channel `channel`.
    [[nodiscard]] const Held* row(Index channel) const noexcept {
        return codes_.data() + channel * geometry_.k();
    }

    /// Scales and zero points: one for all channels, one a channel, or one a group.
    [[nodiscard]] const std::vector<QuantParams>& params() const noexcept { return params_; }

    /// Scale and zero point of output channel `channel`, where a channel has one of each.
    [[nodiscard]] const QuantParams& params(Index channel) const noexcept {
        return params_[params_.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
    }

    /// Code `index` of output channel `channel` less its zero point.
    [[nodiscard]] std::int32_t level(Index channel, Index index) const noexcept {
        return std::int32_t{row(channel)[index]} - params(channel).zero_point;
    }

    /// Bounds of level().
    [[nodiscard]] std::int32_t lowest_level() const noexcept {
        std::int32_t lowest = 0;
        for (const QuantParams& p : params_) lowest = std::min(lowest, grid_.qmin - p.zero_point);
        return lowest;
    }
    [[nodiscard]] std::int32_t highest_level() const noexcept {
        std::int32_t highest = 0;
        for (const QuantParams& p : params_) highest = std::max(highest, grid_.qmax - p.zero_point);
        return highest;
    }

    /// Memory of codes, scales, zero points where they are stored, and bias.
    [[nodiscard]] std::size_t bytes() const noexcept {
        const std::size_t zero_point = grid_.symmetric ? 0 : sizeof(Held);
        return codes_.size() * sizeof(Held) + params_.size() * (sizeof(float) + zero_point) +
               static_cast<std::size_t>(bias_.size()) * sizeof(float);
    }

    /// The reals of all codes, in the order of the codes.
    void dequantize(float* to) const {
        const auto size = static_cast<Index>(codes_.size());
        const Index row_length =
            run_ == 0 ? size / static_cast<Index>(params_.size()) : geometry_.in_channels;
        const Index run = run_ == 0 ? row_length : run_;
        std::size_t parameter = 0;
        for (Index row = 0; row < size; row += row_length) {
            for (Index i = 0; i < row_length; i += run) {
                const Index count = std::min(run, row_length - i);
                elementwise::dequantize(codes_.data() + row + i, static_cast<std::size_t>(count),
                                        params_[parameter++], to + row + i);
            }
        }
    }

private:
    template <class X>
    void take(W& quantizer, const X& weights, const std::vector<float>& least) {
        using Granularity = typename W::GranularityType;
        static_assert(leaves_sums<W> || intact::detail::is_per_group<Granularity>,
                      "intact: weights are PerTensor, PerChannel<0> or PerGroup<1, Size>");
        quantizer.observe(weights);
        if (!least.empty()) {
            std::vector<QuantParams> raised = quantizer.params();
            for (std::size_t i = 0; i < raised.size(); ++i) {
                raised[i].scale = std::max(raised[i].scale, least[i]);
            }
            quantizer.set_params(std::move(raised));
        }
        const auto quantized = quantizer.quantize(weights);
        grid_ = quantized.grid();
        codes_.resize(static_cast<std::size_t>(weights.size()));
        const auto view = view_of(quantized.codes());
        reorder(geometry_, view.data, codes_.data());
        params_ = quantized.params();
        if constexpr (intact::detail::is_per_group<Granularity>) {
            static_assert(Granularity::axis == 1,
                          "intact: groups of weights lie along axis 1, the input channels");
            run_ = std::min(Granularity::size, geometry_.in_channels);
            const Geometry groups{.out_channels = geometry_.out_channels,
                                  .in_channels = (geometry_.in_channels + run_ - 1) / run_,
                                  .height = geometry_.height,
                                  .width = geometry_.width,
                                  .options = {}};
            reorder(groups, quantized.params().data(), params_.data());
        }
    }

    Geometry geometry_;
    Grid grid_;
    std::vector<Held> codes_;
    std::vector<QuantParams> params_;
    Index run_ = 0;  // codes of one group; 0 where groups are whole channels
    Eigen::VectorXf bias_;
};

}  // namespace intact::nn
