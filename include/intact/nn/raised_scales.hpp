// Weight scales that leave room for the bias in an int32 sum: a channel of tiny weights and a large
// bias has more steps of s_x * s_w in its bias than int32 holds, unless s_w grows.
//
// Units    the scale of a raised channel is the least, to about 1 ulp, whose bias fits; its weights
//          get coarser codes, down to all zero points
// Source   what TensorFlow Lite's converter does likewise ("adjust weights scale for bias")
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/core/number.hpp"
#include "intact/nn/integer_weights.hpp"

namespace intact::nn {

/// The least weight scale under which `bias` has at most `room` steps; 0 where any does, or none.
[[nodiscard]] inline float least_scale(float bias, float input_scale, std::int64_t room) {
    if (is_non_finite(bias) || room <= 0) return 0.0F;  // refused later on
    const auto size = std::bit_cast<float>(std::bit_cast<std::uint32_t>(bias) & 0x7fffffffU);
    const auto real = static_cast<double>(size);
    const auto step = static_cast<double>(input_scale);
    const auto most = static_cast<double>(room);
    auto scale = static_cast<float>(exact_quotient(real, exactly(step * most)));
    scale = std::max(scale, std::numeric_limits<float>::min());
    while (exact_quotient(real, exactly(step * static_cast<double>(scale))) > most) {
        scale = std::bit_cast<float>(std::bit_cast<std::uint32_t>(scale) + 1U);
    }
    return scale;
}

/// For each of weights.params(), the least scale that all biases under it allow, given how the
/// codes of the input read.
template <class W>
[[nodiscard]] std::vector<float> least_scales(const IntegerWeights<W>& weights,
                                              const QuantParams& input, const Grid& input_grid) {
    std::vector<float> least(weights.params().size(), 0.0F);
    const std::int64_t level = largest_level(input, input_grid);
    for (Index c = 0; c < weights.geometry().out_channels; ++c) {
        const std::int64_t largest = largest_level(weights.params(c), weights.grid());
        const std::int64_t room =
            std::numeric_limits<std::int32_t>::max() - weights.geometry().k() * level * largest;
        float& own = least[least.size() == 1 ? 0 : static_cast<std::size_t>(c)];
        own = std::max(own, least_scale(weights.bias()[c], input.scale, room));
    }
    return least;
}

}  // namespace intact::nn
