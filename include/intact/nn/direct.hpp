// Runs a convolution straight from the image, row by row of its outputs: sums, the largest of each
// pooling window, codes or reals, all while they are in the first-level cache.
//
// Shapes   as the stage; any kernel, stride, padding, dilation and groups
// Cost     each sum once; where pooling windows overlap, codes are pooled afterwards. What a row
//          needs is prepared once a batch.
#pragma once

#include <algorithm>
#include <cstdint>

#include "intact/nn/direct_weights.hpp"
#include "intact/nn/dispatch.hpp"
#include "intact/nn/frame.hpp"
#include "intact/nn/max_pool.hpp"
#include "intact/nn/row_output.hpp"
#include "intact/nn/stage.hpp"

namespace intact::nn {

/// Whether a layer runs here rather than as a product of matrices, whose columns would cost as much
/// as the product itself where there are few outputs; and whether its weights fit int8.
template <class W>
[[nodiscard]] bool runs_directly(const IntegerWeights<W>& weights) noexcept {
    const Geometry& geometry = weights.geometry();
    if (geometry.is_linear) return false;
    if (geometry.is_depthwise()) return true;
    constexpr Index most_outputs = 64;
    constexpr Index longest_sum = 768;
    return geometry.group_outputs() <= most_outputs && geometry.k() <= longest_sum &&
           weights.lowest_level() >= -128 && weights.highest_level() <= 127;
}

/// Makes rows of sums [output][channel] of a convolution with many channels.
class ConvolutionRows {
public:
    /// `pool`: the windows that each output joins; `frame`: shape of the padded image.
    ConvolutionRows(const DirectWeights& weights, const Pool& pool, const Shape& frame,
                    const std::int32_t* start)
        : weights_(weights),
          start_(start),
          frame_(frame),
          padded_(weights.panel_count() * panel_columns) {
        const Geometry& geometry = weights.geometry();
        const Runs& runs = weights.runs();
        step_ = geometry.options.stride * frame.channels;
        window_count_ = pool.size * pool.size;
        groups_ = runs.count * runs.groups();
        Index* next = scratch<Index, 0>(window_count_ + groups_);
        windows_ = next;
        for (Index w = 0; w < window_count_; ++w) {
            *next++ = (w / pool.size * frame.width + w % pool.size) * step_;
        }
        offsets_ = next;
        for (Index r = 0; r < runs.count; ++r) {
            const Index begin = run_offset(geometry, r, frame.width);
            for (Index i = 0; i < runs.length; i += group_codes) *next++ = begin + i;
        }
        step_ *= pool.stride;
    }

    /// Makes `count` outputs of row y, from x on, and hands their sums on: store(SumRow).
    template <class Store>
    void run(const std::uint8_t* image, Index y, Index x, Index count, const Kernels& kernels,
             Store&& store) const {
        const Geometry& geometry = weights_.geometry();
        const Index outputs = geometry.group_outputs();
        auto* sums = scratch<std::int32_t, 1>(count * padded_);
        for (Index g = 0; g < geometry.options.groups; ++g) {
            kernels.convolve(
                {.codes = image + (y * frame_.width + x) * step_ + g * geometry.in_channels,
                 .step = step_,
                 .count = count,
                 .windows = windows_,
                 .window_count = window_count_,
                 .offsets = offsets_,
                 .groups = groups_,
                 .panels = weights_.panels(g),
                 .panel_count = weights_.panel_count(),
                 .start = start_ + g * padded_,
                 .sums = sums});
            store(SumRow{sums, padded_, count, g * outputs, outputs});
        }
    }

private:
    const DirectWeights& weights_;
    const std::int32_t* start_;
    Shape frame_;
    Index padded_;    // sums of one output, whole panels
    Index step_ = 0;  // codes between outputs
    Index window_count_ = 0;
    Index groups_ = 0;
    const Index* windows_ = nullptr;
    const Index* offsets_ = nullptr;
};

/// Makes rows of sums [output][channel] of a depthwise convolution.
class DepthwiseRows {
public:
    DepthwiseRows(const DirectWeights& weights, const Shape& frame, const std::int32_t* start)
        : weights_(weights), start_(start), frame_(frame) {
        const Geometry& geometry = weights.geometry();
        Index* offsets = scratch<Index, 0>(geometry.k());
        for (Index t = 0; t < geometry.k(); ++t) {
            offsets[t] = run_offset(geometry, t, frame.width);
        }
        offsets_ = offsets;
    }

    template <class Store>
    void run(const std::uint8_t* image, Index y, Index x, Index count, const Kernels& kernels,
             Store&& store) const {
        const Geometry& geometry = weights_.geometry();
        const Index channels = geometry.out_channels;
        const Index step = geometry.options.stride * channels;
        const bool joins = joins_outputs(geometry);
        auto* sums = scratch<std::int32_t, 1>(count * channels);
        kernels.convolve_depthwise({.codes = image + (y * frame_.width + x) * step,
                                    .step = joins ? weights_.period() : step,
                                    .run = joins ? weights_.period() : channels,
                                    .count = count * channels,
                                    .offsets = offsets_,
                                    .taps = geometry.k(),
                                    .weights = weights_.taps(),
                                    .start = start_,
                                    .period = weights_.period(),
                                    .sums = sums});
        store(SumRow{sums, channels, count, 0, channels});
    }

private:
    const DirectWeights& weights_;
    const std::int32_t* start_;
    Shape frame_;
    const Index* offsets_ = nullptr;
};

/// Runs a stage on a batch: `start` as DirectWeights::start() gave it, `pad` the zero point of the
/// codes, `row` a CodeRow or RealRow.
template <class A, class Row>
[[gnu::noinline]] void run_directly(const Stage& stage, const DirectWeights& weights,
                                    const std::int32_t* start, std::int32_t pad,
                                    const FeatureMap<const A>& in, const Row& row,
                                    typename Row::Output* out,
                                    const Kernels& kernels = best_kernels()) {
    constexpr Index most_sums = 8192;  // of a piece of a row: 32 KiB
    const Geometry& geometry = weights.geometry();
    const Shape made = geometry.output(in.shape);
    const Shape pooled = stage.pool.output(made);
    const bool joins = !geometry.is_depthwise() && stage.pool.size <= stage.pool.stride;
    const Shape& kept = joins ? pooled : made;
    const Index outputs = std::max<Index>(1, most_sums / made.channels);

    const Frame<A> frame(in.shape, geometry.options.padding, pad);
    const auto run = [&](const auto& rows) {
        for (Index n = 0; n < in.shape.batch; ++n) {
            auto* const image_out = out + n * pooled.image_size();
            auto* to = joins || !stage.pool.pools()
                           ? image_out
                           : scratch<typename Row::Output, 0>(made.image_size());
            const auto* const unpooled = to;
            const std::uint8_t* image = frame.of(in.image(n));
            for (Index y = 0; y < kept.height; ++y) {
                for (Index x = 0; x < kept.width; x += outputs) {
                    const Index count = std::min(outputs, kept.width - x);
                    rows.run(image, y, x, count, kernels,
                             [&](const SumRow& sums) { row.store(sums, to); });
                    to += count * made.channels;
                }
            }
            if (unpooled != image_out) max_pool(stage.pool, made, pooled, unpooled, image_out);
        }
    };
    if (geometry.is_depthwise()) {
        run(DepthwiseRows(weights, frame.shape(), start));
    } else {
        run(ConvolutionRows(weights, joins ? stage.pool : Pool{}, frame.shape(), start));
    }
}

}  // namespace intact::nn
