// The integer form of a stage with weights: codes in, codes or floats out, int32 sums between.
//
// Shapes   as the float stage
// Errors   std::invalid_argument  a bias that does not fit its int32 sum, naming the channel
// Cost     sums start from the bias; requantization, activation and zero points are part of the
// product.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "intact/gemm/activation.hpp"
#include "intact/gemm/bias.hpp"
#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "intact/nn/integer_weights.hpp"
#include "intact/nn/weighted.hpp"

namespace intact::nn {

/// Codes on the way from one stage to the next: how they read.
struct Edge {
    QuantParams params;
    Grid grid;
};

/// The product of an integer stage: one group's columns, or one depthwise pixel, to its outputs.
template <class A, class Epilogue>
struct IntegerProduct {
    const Geometry& geometry;
    const std::vector<gemm::Packed>& packed;  // one a group
    const std::vector<std::int16_t>& taps;    // depthwise: [tap][channel], less zero point
    const Edge& in;
    const std::vector<Epilogue>& epilogues;  // one a group

    void operator()(Index group, const A* columns, Index rows, typename Epilogue::Output* to,
                    Index stride) const {
        const gemm::Operand<A> codes{.data = columns,
                                     .rows = rows,
                                     .k = geometry.k(),
                                     .row_stride = geometry.k(),
                                     .zero_point = in.params.zero_point,
                                     .qmin = in.grid.qmin,
                                     .qmax = in.grid.qmax};
        const auto index = static_cast<std::size_t>(group);
        gemm::multiply(codes, packed[index], epilogues[index], to, stride, 1);
    }

    void depthwise(const A* image, const Shape& shape, Index y, Index x,
                   typename Epilogue::Output* to) const {
        const Index channels = shape.channels;
        auto* sums = scratch<std::int32_t, 0>(channels);
        const std::int32_t* start = gemm::initial_sums(epilogues.front());
        for (Index c = 0; c < channels; ++c) sums[c] = start == nullptr ? 0 : start[c];
        const std::int32_t zero_point = in.params.zero_point;
        for_each_tap(geometry, shape, image, y, x, [&](Index tap, const A* pixel) {
            const std::int16_t* weights = taps.data() + tap * channels;
            for (Index c = 0; c < channels; ++c) {
                sums[c] += (std::int32_t{pixel[c]} - zero_point) * weights[c];
            }
        });
        epilogues.front().store({sums, 0}, {.row = 0, .column = 0, .rows = 1, .columns = channels},
                                to, 0);
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
        if (geometry.is_depthwise()) {
            pack_taps();
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
    }

    /// Codes to codes.
    void run(const Stage& stage, const Edge& in, const FeatureMap<const A>& from, A* to) const {
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
        float* scales = scratch<float, 6>(channels);
        for (Index j = 0; j < channels; ++j) scales[j] = static_cast<float>(product_scale(in, j));
        run_groups<gemm::DequantizeSums>(stage, in, from, to, [&](Index first) {
            gemm::DequantizeSums epilogue{.scales = scales + first,
                                          .bias = weights_.bias().data() + first,
                                          .clamps = stage.activation != Activation::none};
            if (epilogue.clamps) {
                epilogue.min = smallest_real(stage.activation);
                epilogue.max = largest_real(stage.activation);
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
        const Index outputs =
            geometry.is_depthwise() ? geometry.out_channels : geometry.group_outputs();
        for (Index first = 0; first < geometry.out_channels; first += outputs) {
            epilogues.push_back(epilogue_of(first));
        }
        const IntegerProduct<A, Epilogue> product{geometry, packed_, taps_, in, epilogues};
        run_weighted(stage, from, static_cast<A>(in.params.zero_point), to, product);
    }

    void pack_taps() {
        const Geometry& geometry = weights_.geometry();
        require(geometry.k() <= gemm::largest_k(255, 255), "Conv2d",
                "a depthwise kernel is too large for int32 sums, expected at most ",
                gemm::largest_k(255, 255), " weights a channel, given ", geometry.k());
        taps_.resize(static_cast<std::size_t>(geometry.k() * geometry.out_channels));
        for (Index c = 0; c < geometry.out_channels; ++c) {
            for (Index tap = 0; tap < geometry.k(); ++tap) {
                taps_[static_cast<std::size_t>(tap * geometry.out_channels + c)] =
                    static_cast<std::int16_t>(weights_.row(c)[tap] - weights_.params(c).zero_point);
            }
        }
    }

    [[nodiscard]] double product_scale(const Edge& in, Index channel) const {
        return exactly(static_cast<double>(in.params.scale) *
                       static_cast<double>(weights_.params(channel).scale));
    }

    IntegerWeights<W> weights_;
    std::vector<gemm::Packed> packed_;  // one a group; empty where depthwise
    std::vector<std::int16_t> taps_;    // depthwise only
    std::vector<double> factors_;       // per output channel
    std::vector<std::int32_t> sums_bias_;
    std::int32_t zero_point_ = 0;  // of the output
    Grid limits_;                  // of the output, behind the activation
};

}  // namespace intact::nn
