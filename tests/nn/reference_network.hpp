// An integer network once more, layer by layer from the contract in wide integers: what every
// static recipe has to give, bit for bit.
//
// Taken from the library: how each edge reads (scale, zero point, codes) and the codes of the
// weights. Everything between is computed here.
#pragma once

#include <cstdint>
#include <vector>

#include "definition.hpp"
#include "samples.hpp"
#include "tests/digest/contract.hpp"

#include "intact/nn/integer_network.hpp"

namespace reference {

using definition::Images;
using intact::Index;
using wide::Params;

template <class Q>
Params params_of(const Q& quantizer) {
    const intact::QuantParams params = quantizer.params().front();
    return {params.scale, params.zero_point, quantizer.grid().qmin, quantizer.grid().qmax};
}

/// Codes of weights less their zero points, and the scale of each output channel.
struct Weights {
    std::vector<std::int64_t> levels;
    std::vector<float> scales;
};

template <class Q, class X>
Weights weights_of(const X& real, Index channels, int bits) {
    Q quantizer = bits == 0 ? Q() : Q::of_bits(bits);
    quantizer.observe(real);
    const auto coded = quantizer.quantize(real);
    Weights made;
    const Index k = real.size() / channels;
    for (Index j = 0; j < channels; ++j) {
        const auto own = static_cast<Index>(coded.params().size() == 1 ? 0 : j);
        made.scales.push_back(coded.scale(own));
        for (Index i = j * k; i < (j + 1) * k; ++i) {
            made.levels.push_back(coded.codes().data()[i] - coded.zero_point(own));
        }
    }
    return made;
}

/// What follows a layer with weights up to the next one that computes.
struct Follow {
    bool relu = false;
    bool at_six = false;
    Index size = 1;
    Index stride = 1;
    std::size_t next = 0;
};

inline Follow follow(const std::vector<intact::Layer>& layers, std::size_t i) {
    Follow found;
    for (; i < layers.size(); ++i) {
        if (std::holds_alternative<intact::Relu>(layers[i])) {
            found.relu = true;
        } else if (std::holds_alternative<intact::Relu6>(layers[i])) {
            found.relu = found.at_six = true;
        } else if (const auto* pool = std::get_if<intact::MaxPool2d>(&layers[i])) {
            found.size = pool->size;
            found.stride = pool->stride;
        } else {
            break;
        }
    }
    found.next = i;
    return found;
}

inline Images<std::int64_t> less_zero(Images<std::int64_t> codes, const Params& params) {
    for (std::int64_t& code : codes.values) code -= params.zero_point;
    return codes;
}

inline std::vector<std::uint32_t> bits(const intact::FeatureMatrix& y) {
    std::vector<std::uint32_t> all;
    for (Index i = 0; i < y.size(); ++i) all.push_back(std::bit_cast<std::uint32_t>(y.data()[i]));
    return all;
}

/// The answer of the integer network of `watched` to x, as the bits of float32.
template <class R>
std::vector<std::uint32_t> answer(const intact::Watched<R>& watched, const samples::Tensor& x) {
    const std::vector<intact::Layer>& layers = watched.net().layers();
    Params in = params_of(watched.edge(0));
    Images<std::int64_t> codes(x.dimension(0), x.dimension(1), x.dimension(2), x.dimension(3));
    for (std::size_t i = 0; i < codes.values.size(); ++i) {
        codes.values[i] = wide::code_of(x.data()[i], in);
    }
    std::size_t stage = 0;
    for (std::size_t i = 0; i < layers.size(); ++stage) {
        if (std::holds_alternative<intact::Flatten>(layers[i])) {
            codes = definition::flattened(codes);
            ++i;
            continue;
        }
        const bool averages = std::holds_alternative<intact::GlobalAveragePool>(layers[i]);
        Images<std::int64_t> sums(0, 0, 0, 0);
        Weights weights;
        Eigen::VectorXf bias;
        const int weight_bits = watched.exception(stage).weight_bits;
        if (averages) {
            sums = definition::pixel_sums(less_zero(codes, in));
        } else if (const auto* conv = std::get_if<intact::Conv2d>(&layers[i])) {
            bias = conv->bias;
            weights = weights_of<typename R::Weights>(conv->kernel, bias.size(), weight_bits);
            sums = definition::convolution(
                less_zero(codes, in), weights.levels, conv->kernel.dimension(2),
                conv->kernel.dimension(3),
                std::vector<std::int64_t>(static_cast<std::size_t>(bias.size()), 0), conv->options);
        } else {
            const auto& linear = std::get<intact::Linear>(layers[i]);
            bias = linear.bias;
            weights = weights_of<typename R::Weights>(linear.weights, bias.size(), weight_bits);
            sums = definition::convolution(
                less_zero(codes, in), weights.levels, 1, 1,
                std::vector<std::int64_t>(static_cast<std::size_t>(bias.size()), 0), {});
        }
        const Follow next = averages ? Follow{.next = i + 1} : follow(layers, i + 1);
        const auto pixels = static_cast<std::size_t>(sums.height * sums.width);
        const auto channel_of = [&](std::size_t at) {
            return at / pixels % static_cast<std::size_t>(sums.channels);
        };
        if (next.next == layers.size() && R::float_output) {
            Images<float> reals(sums.batch, sums.channels, sums.height, sums.width);
            for (std::size_t at = 0; at < sums.values.size(); ++at) {
                const std::size_t c = channel_of(at);
                float y = std::bit_cast<float>(wide::real_bits_of_sum(
                    sums.values[at], in.scale, weights.scales[c], bias[static_cast<Index>(c)]));
                if (next.relu && y < 0.0F) y = 0.0F;
                if (next.at_six && y > 6.0F) y = 6.0F;
                reals.values[at] = y;
            }
            reals = definition::max_pool(reals, next.size, next.stride);
            std::vector<std::uint32_t> all;
            for (const float y : reals.values) all.push_back(std::bit_cast<std::uint32_t>(y));
            return all;
        }
        const Params out = params_of(watched.edge(stage + 1));
        Params limits = out;
        if (next.relu) limits.qmin = std::max(limits.qmin, out.zero_point);
        if (next.at_six) limits.qmax = wide::code_of(6.0F, out);
        for (std::size_t at = 0; at < sums.values.size(); ++at) {
            std::int64_t sum = sums.values[at];
            wide::Real factor;
            if (averages) {
                const wide::Real steps = wide::product(
                    wide::of(out.scale), wide::of(std::int64_t{codes.height * codes.width}));
                factor =
                    wide::rounded(wide::rounded(wide::quotient(wide::of(in.scale), steps), 53), 31);
            } else {
                const std::size_t c = channel_of(at);
                sum += wide::bias_steps(bias[static_cast<Index>(c)], in.scale, weights.scales[c]);
                factor = wide::multiplier(in.scale, weights.scales[c], out.scale);
            }
            sums.values[at] = wide::code_of_sum(sum, factor, limits);
        }
        codes = definition::max_pool(sums, next.size, next.stride);
        in = out;
        i = next.next;
    }
    std::vector<std::uint32_t> all;
    for (const std::int64_t code : codes.values) all.push_back(wide::real_bits(code, in));
    return all;
}

}  // namespace reference
