// What there is to see of one quantized tensor, as plain numbers: pictures, text and advice are
// made from these.
//
// Units    those of the data; shares are of 1; decibels where a name says so
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "intact/core/quant_params.hpp"
#include "intact/core/tensor_view.hpp"
#include "intact/metrics/inspection/bars.hpp"
#include "intact/metrics/inspection/code_use.hpp"
#include "intact/metrics/inspection/criteria.hpp"

namespace intact {

/// What is wrong.
enum class Condition {
    outlier_channel,   ///< one channel makes the steps too wide for the others
    outlier_values,    ///< a few values make the steps too wide for all others
    wide_steps,        ///< another criterion's range has a fraction of the error
    dead_codes,        ///< many codes stand for no value
    heavy_clipping,    ///< the range is too narrow for the data
    constant_channel,  ///< a channel whose values are all the same
    dominant_layer,    ///< most of the network's error comes from one layer
    raised_scales,     ///< weights have wider steps than they need, so that the biases fit
};

/// One finding and what to do about it.
struct Advice {
    Condition condition = Condition::outlier_channel;
    std::string finding;  ///< "channel 53 reaches 198 times as far as the median channel"
    std::string remedy;   ///< "a scale for each channel: PerChannel<0>"
    Index channel = -1;   ///< where the finding speaks of one
};

/// Smallest and largest value of one channel, and the sum of the squares of all its values.
struct ChannelExtremes {
    double min = 0.0;
    double max = 0.0;
    double squares = 0.0;

    [[nodiscard]] double largest() const noexcept { return std::max(-min, max); }
    [[nodiscard]] bool is_constant() const noexcept { return min == max; }
};

enum class TensorRole { weights, activations };

struct TensorInspection {
    std::string name;
    TensorRole role = TensorRole::weights;
    std::size_t scales = 1;  ///< of the quantizer in use
    CodeUse use;             ///< of the quantizer in use
    Bars bars;
    CriterionComparison criteria;          ///< one scale for the whole tensor
    std::optional<CriterionRange> in_use;  ///< of the quantizer, where it has one scale
    std::vector<ChannelExtremes> channels;
    std::vector<Advice> advice;

    [[nodiscard]] Index channel_size() const noexcept {
        return channels.empty()
                   ? 0
                   : static_cast<Index>(use.values()) / static_cast<Index>(channels.size());
    }
};

/// The middle one, the lower of two, of what `of` says of each channel that is not all zero; 0 if
/// none is.
template <class Of>
[[nodiscard]] double median_of_channels(const std::vector<ChannelExtremes>& channels, Of&& of) {
    std::vector<double> values;
    for (const ChannelExtremes& channel : channels) {
        if (channel.largest() > 0.0) values.push_back(of(channel));
    }
    if (values.empty()) return 0.0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The largest magnitude of the median channel.
[[nodiscard]] inline double median_reach(const std::vector<ChannelExtremes>& channels) {
    return median_of_channels(channels, [](const auto& channel) { return channel.largest(); });
}

/// The channel with the largest magnitude; the first of equals.
[[nodiscard]] inline std::size_t farthest_channel(const std::vector<ChannelExtremes>& channels) {
    const auto farthest =
        std::max_element(channels.begin(), channels.end(),
                         [](const auto& a, const auto& b) { return a.largest() < b.largest(); });
    return static_cast<std::size_t>(farthest - channels.begin());
}

}  // namespace intact
