// The integer form of a stage with weights: codes in, codes or floats out, int32 sums between.
//
// Shapes   as the float stage
// Errors   std::invalid_argument  a bias that does not fit its int32 sum, naming the channel
// Cost     sums start from the bias; requantization, activation and zero points are part of it
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "intact/gemm/activation.hpp"
#include "intact/gemm/bias.hpp"
#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "intact/nn/direct.hpp"
#include "intact/nn/integer_weights.hpp"
#include "intact/nn/row_output.hpp"
#include "intact/nn/weighted.hpp"

namespace intact::nn {

/// Codes on the way from one stage to the next: how they read.
struct Edge {
    QuantParams params;
    Grid grid;
};

/// The product of an integer stage: one group's columns to its outputs.
template <class A, class Epilogue>
struct IntegerProduct {
    const Geometry& geometry;
    const std::vector<gemm::Packed>& packed;  // one a group
    const Edge& in;
    const std::vector<Epilogue>& epilogues;  // one a group

    void operator()(Index channel_group, const A* columns, Index rows,
                    typename Epilogue::Output* to, Index stride) const {
        const gemm::Operand<A> codes{.data = columns,
                                     .rows = rows,
                                     .k = geometry.k(),
                                     .row_stride = geometry.k(),
                                     .zero_point = in.params.zero_point,
                                     .qmin = in.grid.qmin,
                                     .qmax = in.grid.qmax};
        const auto index = static_cast<std::size_t>(channel_group);
        gemm::multiply(codes, packed[index], epilogues[index], to, stride, 1);
    }
};

/// A weighted stage in integers, with activations of type A and weights quantized by W.
template <class A, class W>
class IntegerStage {
public:
    IntegerStage() = default;

    /// Packs the weights; the scales of the activations come later.
    explicit IntegerStage(IntegerWeights<W> weights) : weights_(std::move(weights)) {
        const Geometry& geometry = weights_.geometry();
        require(!geometry.is_depthwise() || geometry.k() <= gemm::largest_k(255, 255), "Conv2d",
                "a depthwise kernel is too large for int32 sums, expected at most ",
                gemm::largest_k(255, 255), " weights a channel, given ", geometry.k());
        is_direct_ = runs_directly(weights_);
        if (is_direct_) {
            direct_ = DirectWeights(weights_);
            return;
        }
        const Index outputs = geometry.group_outputs();
        std::vector<std::int32_t> zero_points;
        for (Index j = 0; j < geometry.out_channels; ++j) {
            zero_points.push_back(weights_.params(j).zero_point);
        }
        for (Index first = 0; first < geometry.out_channels; first += outputs) {
            using Held = typename IntegerWeights<W>::Held;
            packed_.push_back(
                gemm::pack(gemm::Operand<Held>{.data = weights_.row(first),
                                               .rows = outputs,
                                               .k = geometry.k(),
                                               .row_stride = geometry.k(),
                                               .zero_points = zero_points.data() + first,
                                               .qmin = weights_.grid().qmin,
                                               .qmax = weights_.grid().qmax}));
        }
    }

    [[nodiscard]] const IntegerWeights<W>& weights() const noexcept { return weights_; }

    /// Fixes the scales for codes out: multipliers, int32 bias and activation.
    /// Not inlined, so that a caller's floating-point environment guard covers it.
    [[gnu::noinline]] void set_output(const std::string& name, const Edge& in, const Edge& out,
                                      Activation activation) {
        const auto channels = static_cast<std::size_t>(weights_.geometry().out_channels);
        const std::int64_t level_in = largest_level(in.params, in.grid);
        factors_.resize(channels);
        sums_bias_.resize(channels);
        for (std::size_t j = 0; j < channels; ++j) {
            const auto channel = static_cast<Index>(j);
            const double scale = product_scale(in, channel);
            factors_[j] = elementwise::ExactRounding::factor(
                exact_quotient(scale, static_cast<double>(out.params.scale)));
            const std::int64_t level = largest_level(weights_.params(channel), weights_.grid());
            sums_bias_[j] =
                gemm::int32_bias(weights_.bias()[channel], scale,
                                 weights_.geometry().k() * level_in * level, channel, name.c_str());
        }
        zero_point_ = out.params.zero_point;
        limits_ = clamp_codes(activation, out.params, out.grid);
        if (!is_direct_) return;
        const Index period = repeated_length(weights_.geometry().out_channels);
        factors_.resize(static_cast<std::size_t>(period));
        repeat(factors_.data(), weights_.geometry().out_channels, period);
        start_.resize(static_cast<std::size_t>(direct_.start_size()));
        direct_.start(sums_bias_.data(), in.params.zero_point + Frame<A>::flip, start_.data());
    }

    /// Codes to codes, between the edges of set_output().
    void run(const Stage& stage, const Edge& in, const FeatureMap<const A>& from, A* to) const {
        if (is_direct_) {
            const CodeRow<A> row{.channels = weights_.geometry().out_channels,
                                 .factors = factors_.data(),
                                 .period = static_cast<Index>(factors_.size()),
                                 .limits = {zero_point_, limits_.qmin, limits_.qmax}};
            run_directly(stage, direct_, start_.data(), in.params.zero_point, from, row, to);
            return;
        }
        run_groups<gemm::RequantizeSums<A>>(stage, in, from, to, [&](Index first) {
            return gemm::RequantizeSums<A>{.factors = factors_.data() + first,
                                           .bias = sums_bias_.data() + first,
                                           .zero_point = zero_point_,
                                           .qmin = limits_.qmin,
                                           .qmax = limits_.qmax};
        });
    }

    /// Codes to floats.
    void run(const Stage& stage, const Edge& in, const FeatureMap<const A>& from, float* to) const {
        const Index channels = weights_.geometry().out_channels;
        const Index period = is_direct_ ? repeated_length(channels) : channels;
        float* scales = scratch<float, 6>(period);
        for (Index j = 0; j < channels; ++j) scales[j] = static_cast<float>(product_scale(in, j));
        const bool clamps = stage.activation != Activation::none;
        const std::array limits{smallest_real(stage.activation), largest_real(stage.activation)};
        if (is_direct_) {
            repeat(scales, channels, period);
            float* bias = scratch<float, 8>(period);
            std::copy_n(weights_.bias().data(), channels, bias);
            repeat(bias, channels, period);
            auto* start = scratch<std::int32_t, 3>(direct_.start_size());
            direct_.start(nullptr, in.params.zero_point + Frame<A>::flip, start);
            const RealRow row{channels, scales, bias, period, clamps ? limits.data() : nullptr};
            run_directly(stage, direct_, start, in.params.zero_point, from, row, to);
            return;
        }
        run_groups<gemm::DequantizeSums>(stage, in, from, to, [&](Index first) {
            gemm::DequantizeSums epilogue{
                .scales = scales + first, .bias = weights_.bias().data() + first, .clamps = clamps};
            if (clamps) {
                epilogue.min = limits[0];
                epilogue.max = limits[1];
            }
            return epilogue;
        });
    }

private:
    /// Runs with epilogue_of(first output channel) for each group.
    template <class Epilogue, class Make>
    void run_groups(const Stage& stage, const Edge& in, const FeatureMap<const A>& from,
                    typename Epilogue::Output* to, Make&& epilogue_of) const {
        thread_local std::vector<Epilogue> epilogues;
        epilogues.clear();
        const Geometry& geometry = weights_.geometry();
        const Index outputs = geometry.group_outputs();
        for (Index first = 0; first < geometry.out_channels; first += outputs) {
            epilogues.push_back(epilogue_of(first));
        }
        const IntegerProduct<A, Epilogue> product{geometry, packed_, in, epilogues};
        run_weighted(stage, from, static_cast<A>(in.params.zero_point), to, product);
    }

    [[nodiscard]] double product_scale(const Edge& in, Index channel) const {
        return exactly(static_cast<double>(in.params.scale) *
                       static_cast<double>(weights_.params(channel).scale));
    }

    IntegerWeights<W> weights_;
    bool is_direct_ = false;
    DirectWeights direct_;              // if is_direct_
    std::vector<gemm::Packed> packed_;  // if not; one a group
    std::vector<double> factors_;       // per output channel; repeated if is_direct_
    std::vector<std::int32_t> sums_bias_;
    std::vector<std::int32_t> start_;  // of the sums, if is_direct_
    std::int32_t zero_point_ = 0;      // of the output
    Grid limits_;                      // of the output, behind the activation
};

}  // namespace intact::nn
