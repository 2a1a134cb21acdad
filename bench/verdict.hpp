// Whether int8 pays for one layer, said in a sentence, from what was measured.
//
// Two answers, since they differ: with floats in and out the activations are quantized first and
// the sums become floats; between int8 layers codes come in and codes go out.
//
// Units    seconds of the whole layer, all groups
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>

#include "bench/layer.hpp"
#include "intact/simd/isa.hpp"

namespace bench {

struct Costs {
    double real = 0;           ///< float layer
    double quantize = 0;       ///< of the inputs
    double reorder = 0;        ///< of images and answers
    double product = 0;        ///< int8 product, int32 sums out
    double to_reals = 0;       ///< int8 product, floats out
    double to_codes = 0;       ///< int8 product, codes out
    double alone = 0;          ///< int8 layer, floats in and out
    double in_chain = 0;       ///< int8 layer, codes in and out
    double peak_fraction = 0;  ///< of the peak that `product` reaches; 0: not measured
};

/// What is gained has to be seen beyond the noise.
inline constexpr double worth = 1.1;

[[nodiscard]] inline std::string text_of_time(double seconds) {
    char digits[32];
    if (seconds < 1e-6) {
        std::snprintf(digits, sizeof(digits), "%.0f ns", seconds * 1e9);
    } else if (seconds < 1e-3) {
        std::snprintf(digits, sizeof(digits), "%.3g us", seconds * 1e6);
    } else {
        std::snprintf(digits, sizeof(digits), "%.3g ms", seconds * 1e3);
    }
    return digits;
}

[[nodiscard]] inline std::string text_of_times(double factor) {
    char digits[32];
    std::snprintf(digits, sizeof(digits), "%.*f", factor < 10 ? 1 : 0, factor);
    return digits;
}

[[nodiscard]] inline std::string percent(double fraction) {
    return std::to_string(static_cast<int>(100 * fraction + 0.5)) + " %";
}

/// Why the product itself is not much faster than in float.
[[nodiscard]] inline std::string reason_of_product(const Layer& layer, const Costs& costs,
                                                   intact::simd::Isa isa) {
    using intact::simd::Isa;
    const double operations = static_cast<double>(layer.groups) * layer.shape().operations();
    const std::string products = std::to_string(layer.shape().k) + " products";
    if (operations < 1e6) {
        return "it is too small: of its " + text_of_time(costs.in_chain) +
               ", most goes into starting it";
    }
    if (isa == Isa::portable) {
        return "there is no vector kernel for this processor (or INTACT_ISA forbids it)";
    }
    if (layer.is_depthwise()) {
        return "each of its outputs has only " + products +
               ", which take less than to read and "
               "write the codes";
    }
    if (costs.to_codes > 2 * costs.product) {
        return "turning sums into codes takes " + percent(1 - costs.product / costs.to_codes) +
               " of the product's time, with only " + products + " in each";
    }
    if (isa == Isa::sse41 || isa == Isa::avx2 || isa == Isa::avx512_bw || isa == Isa::neon) {
        return std::string("without 8-bit dot products (VNNI), which ") + intact::simd::name(isa) +
               " lacks, exact int8 has at most twice the rate of float";
    }
    if (costs.peak_fraction > 0) {
        return "the int8 product reaches " + percent(costs.peak_fraction) +
               " of the peak of its instructions at this shape";
    }
    return "the int8 product is slow at this shape";
}

/// Why an int8 layer with floats in and out loses what its product gains.
[[nodiscard]] inline std::string reason_of_ends(const Costs& costs) {
    const double dequantize = costs.to_reals - costs.to_codes;
    if (costs.reorder > std::max(costs.quantize, dequantize)) {
        return "reordering images from and to [batch, channel, y, x] takes " +
               percent(costs.reorder / costs.alone) + " of its time";
    }
    if (dequantize > costs.quantize) {
        return "writing floats instead of codes takes " + percent(dequantize / costs.alone) +
               " of its time";
    }
    return "quantizing the activations takes " + percent(costs.quantize / costs.alone) +
           " of its time";
}

[[nodiscard]] inline std::string verdict(const Layer& layer, const Costs& costs,
                                         intact::simd::Isa isa) {
    const double alone = costs.real / costs.alone;
    const double in_chain = costs.real / costs.in_chain;
    const auto faster = [](double factor) {
        return factor >= 1 ? text_of_times(factor) + " times as fast as float"
                           : text_of_times(1 / factor) + " times as slow as float";
    };
    if (alone >= worth) {
        std::string sentence = "int8 pays: " + faster(alone) + " with floats in and out, " +
                               text_of_times(in_chain) + " times between int8 layers.";
        if (in_chain > 1.5 * alone) {
            sentence += " The difference: " + reason_of_ends(costs) + ".";
        }
        return sentence;
    }
    if (in_chain >= worth) {
        return "int8 pays only between int8 layers, where it is " + faster(in_chain) +
               "; with floats in and out it is " + faster(alone) + ", because " +
               reason_of_ends(costs) + ".";
    }
    return "int8 does not pay: even between int8 layers it is " + faster(in_chain) + ", because " +
           reason_of_product(layer, costs, isa) + ".";
}

}  // namespace bench
