// Weights of a convolution as its kernels read them, and where each of them lies in an image.
//
// A window is cut into runs of codes that lie together: whole rows of the kernel, or single pixels
// where dilation or groups leave gaps. Each run is padded with zero weights to whole groups of 4.
//
// Shapes   panels [group of channels][panel][group of 4][16][4];
//          depthwise taps [tap][period], the channels repeated up to a whole number of vectors
// Cost     one byte a weight and its padding; four where depthwise.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "intact/gemm/aligned_vector.hpp"
#include "intact/nn/integer_weights.hpp"
#include "intact/nn/kernel.hpp"

namespace intact::nn {

/// What of a window lies together in memory.
struct Runs {
    Index count = 0;
    Index length = 0;  ///< codes of each

    [[nodiscard]] Index groups() const noexcept { return (length + group_codes - 1) / group_codes; }
};

[[nodiscard]] inline Runs runs_of(const Geometry& geometry) noexcept {
    const bool dense = geometry.options.dilation == 1 && geometry.options.groups == 1;
    if (dense) return {geometry.height, geometry.width * geometry.in_channels};
    return {geometry.height * geometry.width, geometry.in_channels};
}

/// Where run or tap `index` of a window begins in an image `width` pixels wide, with its padding.
[[nodiscard]] inline Index run_offset(const Geometry& geometry, Index index, Index width) noexcept {
    const bool rows = runs_of(geometry).count == geometry.height;
    const Index ky = rows ? index : index / geometry.width;
    const Index kx = rows ? 0 : index % geometry.width;
    const Index channels = geometry.in_channels * geometry.options.groups;
    return (ky * width + kx) * geometry.options.dilation * channels;
}

/// Whether the outputs of a row of a depthwise convolution come as one run: the channels then
/// repeat every lcm(channels, 16) sums.
[[nodiscard]] inline bool joins_outputs(const Geometry& geometry) noexcept {
    constexpr Index longest = 512;
    return geometry.options.stride == 1 &&
           std::lcm(geometry.out_channels, depthwise_lanes) <= longest;
}

class DirectWeights {
public:
    DirectWeights() = default;

    template <class W>
    explicit DirectWeights(const IntegerWeights<W>& weights) : geometry_(weights.geometry()) {
        if (geometry_.is_depthwise()) {
            take_taps(weights);
        } else {
            take_panels(weights);
        }
    }

    [[nodiscard]] const Geometry& geometry() const noexcept { return geometry_; }
    [[nodiscard]] const Runs& runs() const noexcept { return runs_; }

    /// Panels of one group of channels.
    [[nodiscard]] Index panel_count() const noexcept { return panel_count_; }
    [[nodiscard]] const std::int8_t* panels(Index channel_group) const noexcept {
        return panels_.data() +
               channel_group * panel_count_ * runs_.count * runs_.groups() * panel_group_bytes;
    }

    [[nodiscard]] const std::int32_t* taps() const noexcept { return taps_.data(); }
    [[nodiscard]] Index period() const noexcept { return period_; }

    /// What the sums start from, given a bias a channel (or nullptr) and the canonical zero point
    /// of the image: bias - zero point * sum of weights, where the kernels look for it.
    [[nodiscard]] Index start_size() const noexcept {
        return geometry_.is_depthwise() ? period_
                                        : geometry_.options.groups * panel_count_ * panel_columns;
    }
    void start(const std::int32_t* bias, std::int32_t zero_point, std::int32_t* to) const noexcept {
        const auto of_channel = [&](Index channel) {
            const auto from = static_cast<std::uint32_t>(bias == nullptr ? 0 : bias[channel]);
            return static_cast<std::int32_t>(from -
                                             static_cast<std::uint32_t>(zero_point) *
                                                 channel_sums_[static_cast<std::size_t>(channel)]);
        };
        if (geometry_.is_depthwise()) {
            const Index channels = geometry_.out_channels;
            for (Index c = 0; c < channels; ++c) to[c] = of_channel(c);
            for (Index i = channels; i < period_; ++i) to[i] = to[i - channels];
            return;
        }
        const Index outputs = geometry_.group_outputs();
        const Index padded = panel_count_ * panel_columns;
        std::fill_n(to, start_size(), 0);
        for (Index c = 0; c < geometry_.out_channels; ++c) {
            to[c / outputs * padded + c % outputs] = of_channel(c);
        }
    }

private:
    static constexpr Index panel_group_bytes = group_codes * panel_columns;

    template <class W>
    void take_panels(const IntegerWeights<W>& weights) {
        runs_ = runs_of(geometry_);
        const Index outputs = geometry_.group_outputs();
        panel_count_ = (outputs + panel_columns - 1) / panel_columns;
        const Index panel_stride = runs_.count * runs_.groups() * panel_group_bytes;
        panels_.resize(
            static_cast<std::size_t>(geometry_.options.groups * panel_count_ * panel_stride));
        for (Index c = 0; c < geometry_.out_channels; ++c) {
            const Index column = c % outputs;
            const Index panel = c / outputs * panel_count_ + column / panel_columns;
            std::int8_t* to =
                panels_.data() + panel * panel_stride + column % panel_columns * group_codes;
            std::uint32_t sum = 0;
            for (Index r = 0; r < runs_.count; ++r, to += runs_.groups() * panel_group_bytes) {
                for (Index i = 0; i < runs_.length; ++i) {
                    const std::int32_t level = weights.level(c, r * runs_.length + i);
                    to[i / group_codes * panel_group_bytes + i % group_codes] =
                        static_cast<std::int8_t>(level);
                    sum += static_cast<std::uint32_t>(level);
                }
            }
            channel_sums_.push_back(sum);
        }
    }

    template <class W>
    void take_taps(const IntegerWeights<W>& weights) {
        const Index channels = geometry_.out_channels;
        runs_ = {geometry_.k(), 1};
        period_ = joins_outputs(geometry_)
                      ? std::lcm(channels, depthwise_lanes)
                      : (channels + depthwise_lanes - 1) / depthwise_lanes * depthwise_lanes;
        taps_.resize(static_cast<std::size_t>(geometry_.k() * period_));
        channel_sums_.resize(static_cast<std::size_t>(channels));
        std::int32_t* to = taps_.data();
        for (Index tap = 0; tap < geometry_.k(); ++tap, to += period_) {
            for (Index i = 0; i < period_; ++i) to[i] = weights.level(i % channels, tap);
            for (Index c = 0; c < channels; ++c) {
                channel_sums_[static_cast<std::size_t>(c)] += static_cast<std::uint32_t>(to[c]);
            }
        }
    }

    Geometry geometry_;
    Runs runs_;  // of one window; depthwise: single codes
    Index panel_count_ = 0;
    gemm::AlignedVector<std::int8_t> panels_;
    gemm::AlignedVector<std::int32_t> taps_;
    Index period_ = 0;                         // of the channels in taps_
    std::vector<std::uint32_t> channel_sums_;  // of code less zero point, modulo 2^32
};

}  // namespace intact::nn
