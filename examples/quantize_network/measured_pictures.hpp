// The data of the page's pictures, measured on one network.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "examples/quantize_network/evaluation.hpp"
#include "examples/quantize_network/integer_form.hpp"
#include "examples/quantize_network/page_inputs.hpp"
#include "intact/metrics/error_measures.hpp"
#include "intact/quantizers/aliases.hpp"

namespace example {

/// The image as 0 to 255.
[[nodiscard]] inline GreyImage grey_image(const Dataset& set, std::size_t i) {
    return {.rows = side, .columns = side, .pixels = {set.pixels(i), set.pixels(i) + side * side}};
}

/// An image after its pixels went to codes of fewer and fewer bits and back.
[[nodiscard]] inline std::vector<Shades> shades_of(const Dataset& set, std::size_t i) {
    std::vector<Shades> shades;
    const Batch image = set.batch(i, 1);
    for (const int bits : {8, 6, 5, 4, 3, 2}) {
        auto quantizer = intact::AffineQuantizer<std::uint8_t>::of_bits(bits);
        quantizer.observe(image);
        const Batch back = quantizer.fake_quantize(image);
        Shades shade{.bits = bits, .sqnr_db = 0.0, .image = grey_image(set, i)};
        std::transform(
            back.data(), back.data() + back.size(), shade.image.pixels.begin(),
            [](float real) { return static_cast<std::uint8_t>(std::lround(real * 255.0F)); });
        // The pixels were 8-bit codes all along: what they lose shows in whole grey levels.
        const bool is_exact = shade.image.pixels == grey_image(set, i).pixels;
        shade.sqnr_db =
            is_exact ? std::numeric_limits<double>::infinity() : intact::sqnr_db(image, back);
        shades.push_back(std::move(shade));
    }
    return shades;
}

/// The range of each output channel of the convolutions of more than one weight a pixel.
[[nodiscard]] inline std::vector<WeightPicture> weights_of(const intact::Sequential& net) {
    std::vector<WeightPicture> pictures;
    for (const intact::nn::Stage& stage : net.stages()) {
        const auto& geometry = stage.geometry;
        if (!has_weights(stage) || geometry.height * geometry.width == 1) continue;
        const float* weight = std::get<intact::Conv2d>(net.layers()[stage.layer]).kernel.data();
        WeightPicture picture{.name = stage.name, .channels = {}};
        for (intact::Index channel = 0; channel < geometry.out_channels; ++channel) {
            const auto [min, max] = std::minmax_element(weight, weight + geometry.k());
            picture.channels.push_back({static_cast<double>(*min), static_cast<double>(*max)});
            weight += geometry.k();
        }
        pictures.push_back(std::move(picture));
    }
    return pictures;
}

/// All values of each edge over all batches: the input, then the output of each stage.
[[nodiscard]] inline std::vector<std::vector<float>> values_on_edges(
    const intact::Sequential& net, const std::vector<Batch>& batches) {
    std::vector<std::vector<float>> values(net.stages().size() + 1);
    for (const Batch& batch : batches) {
        const intact::RealInput input(batch);
        net.run(input.view(),
                [&](std::size_t edge, const intact::nn::FeatureMap<const float>& map) {
                    values[edge].insert(values[edge].end(), map.data, map.data + map.shape.size());
                });
    }
    return values;
}

/// A histogram of even bins from the smallest to the largest value, and zero.
[[nodiscard]] inline HistogramPicture histogram_of(std::string name,
                                                   const std::vector<float>& values,
                                                   std::size_t bins) {
    const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
    const double min = std::min(0.0, static_cast<double>(*smallest));
    const double max = std::max({0.0, static_cast<double>(*largest), min + 1e-6});
    const double width = (max - min) / static_cast<double>(bins);
    HistogramPicture picture{
        .name = std::move(name), .edges = {}, .counts = std::vector<double>(bins), .marks = {}};
    for (std::size_t i = 0; i < bins; ++i) {
        picture.edges.push_back(min + width * static_cast<double>(i));
    }
    picture.edges.push_back(max);
    for (const float value : values) {
        const auto bin = static_cast<std::size_t>((static_cast<double>(value) - min) / width);
        picture.counts[std::min(bin, bins - 1)] += 1.0;
    }
    return picture;
}

/// What an edge carries, in words.
[[nodiscard]] inline std::string edge_name(const intact::Sequential& net, std::size_t edge) {
    if (edge == 0) return "Input: the pixels";
    const intact::nn::Stage& stage = net.stages()[edge - 1];
    if (stage.work == intact::nn::Work::average_pool) return "After the average over each channel";
    std::string behind;
    if (stage.activation == intact::Activation::relu) behind = "ReLU";
    if (stage.activation == intact::Activation::relu6) behind = "ReLU6";
    if (stage.pool.size > 1) behind += behind.empty() ? "pooling" : " and pooling";
    return "Output of " + stage.name + (behind.empty() ? "" : ", after " + behind);
}

/// A criterion in the pictures of activations.
struct DrawnCriterion {
    const char* name;
    Look look;
    Quantize* quantize;
};

inline constexpr std::array<DrawnCriterion, 7> drawn_criteria{{
    {"min-max", intact::drawing::look::min_max, static_min_max},
    {"moving avg", intact::drawing::look::other, static_moving_average},
    {"percentile", intact::drawing::look::percentile, static_percentile},
    {"entropy", intact::drawing::look::entropy, static_entropy},
    {"absolute error", intact::drawing::look::absolute_error, static_absolute_error},
    {"squared error", intact::drawing::look::squared_error, static_squared_error},
    {"fourth power", intact::drawing::look::fourth_power, static_fourth_power},
}};

/// The histogram of each edge that has a range of its own, with the ranges that were chosen, the
/// input last. The network's output is left out: it stays in float.
[[nodiscard]] inline std::vector<HistogramPicture> activations_of(
    const intact::Sequential& net, const std::vector<Batch>& calibration) {
    const std::vector<std::vector<float>> values = values_on_edges(net, calibration);
    std::vector<std::vector<intact::Range>> ranges;  // of each criterion on each edge
    for (const DrawnCriterion& criterion : drawn_criteria) {
        ranges.push_back(criterion.quantize(net, calibration, {}).ranges);
    }
    std::vector<HistogramPicture> pictures;
    for (std::size_t edge = 0; edge < net.stages().size(); ++edge) {
        const bool observes = edge == 0 || has_weights(net.stages()[edge - 1]) ||
                              net.stages()[edge - 1].work == intact::nn::Work::average_pool;
        if (!observes) continue;
        HistogramPicture picture = histogram_of(edge_name(net, edge), values[edge], 128);
        for (std::size_t i = 0; i < drawn_criteria.size(); ++i) {
            const intact::Range& range = ranges[i][edge];
            picture.marks.push_back({.criterion = drawn_criteria[i].name,
                                     .min = std::min(0.0, range.min),
                                     .max = std::max(0.0, range.max),
                                     .clipped = {},
                                     .look = drawn_criteria[i].look});
        }
        pictures.push_back(std::move(picture));
    }
    std::rotate(pictures.begin(), pictures.begin() + 1, pictures.end());
    return pictures;
}

/// SQNR of every stage's output, in dB, over the first images of a set.
template <class Trace>
[[nodiscard]] std::vector<double> stage_ratios(const intact::Sequential& net, const Dataset& set,
                                               Trace&& trace) {
    std::vector<double> signal(net.stages().size());
    std::vector<double> error(net.stages().size());
    for (std::size_t first = 0; first < std::min<std::size_t>(set.size(), 640); first += 64) {
        const Batch batch = set.batch(first, 64);
        const auto exact = net.trace(batch);
        const auto given = trace(batch);
        for (std::size_t i = 0; i < exact.size(); ++i) {
            signal[i] += exact[i].template cast<double>().squaredNorm();
            error[i] +=
                (exact[i].template cast<double>() - given[i].template cast<double>()).squaredNorm();
        }
    }
    std::vector<double> ratios;
    for (std::size_t i = 0; i < signal.size(); ++i) {
        ratios.push_back(error[i] > 0.0 ? 10.0 * std::log10(signal[i] / error[i])
                                        : std::numeric_limits<double>::infinity());
    }
    return ratios;
}

/// The error behind each layer with weights: it alone quantized, and all up to it.
[[nodiscard]] inline std::vector<LayerError> layer_errors(const intact::Sequential& net,
                                                          const std::vector<Batch>& calibration,
                                                          const Dataset& set) {
    const auto& stages = net.stages();
    const std::vector<double> accumulated =
        stage_ratios(net, set, static_min_max(net, calibration, {}).trace);
    std::vector<LayerError> errors;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (!has_weights(stages[i])) continue;
        intact::Exceptions others;
        for (const intact::nn::Stage& other : stages) {
            if (has_weights(other) && other.layer != stages[i].layer) {
                others.push_back(intact::keep_float(other.layer));
            }
        }
        const auto alone = stage_ratios(net, set, static_min_max(net, calibration, others).trace);
        errors.push_back({stages[i].name, alone[i], accumulated[i]});
    }
    return errors;
}

/// Probability that a network gives to its own answer for image `i`.
[[nodiscard]] inline double confidence(const intact::FeatureMatrix& outputs, std::size_t i) {
    const Eigen::ArrayXd row =
        outputs.row(static_cast<Eigen::Index>(i)).cast<double>().transpose().array();
    return 1.0 / (row - row.maxCoeff()).exp().sum();
}

/// Some images whose answer changed, then others, one of each kind.
[[nodiscard]] inline std::vector<Sample> samples_of(const Dataset& set,
                                                    const intact::FeatureMatrix& float_outputs,
                                                    const intact::FeatureMatrix& int8_outputs) {
    constexpr std::size_t most_changed = 6;
    constexpr std::size_t shown = 12;
    const std::vector<std::size_t> before = answers_of(float_outputs);
    const std::vector<std::size_t> after = answers_of(int8_outputs);
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < before.size() && chosen.size() < most_changed; ++i) {
        if (before[i] != after[i]) chosen.push_back(i);
    }
    std::vector<bool> is_shown(class_names.size());
    for (std::size_t i = 0; i < before.size() && chosen.size() < shown; ++i) {
        if (before[i] != after[i] || is_shown[set.labels[i]]) continue;
        is_shown[set.labels[i]] = true;
        chosen.push_back(i);
    }
    std::vector<Sample> samples;
    for (const std::size_t i : chosen) {
        samples.push_back({.image = grey_image(set, i),
                           .truth = class_names[set.labels[i]],
                           .float_answer = class_names[before[i]],
                           .float_confidence = confidence(float_outputs, i),
                           .int8_answer = class_names[after[i]],
                           .int8_confidence = confidence(int8_outputs, i)});
    }
    return samples;
}

}  // namespace example
