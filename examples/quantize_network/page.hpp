// Writes one HTML page, complete in itself, from which a person learns what quantization does.
//
// Errors   std::runtime_error     the file cannot be written
//          std::invalid_argument  the inputs do not fit together, before anything is written
#pragma once

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"
#include "examples/quantize_network/page_inputs.hpp"
#include "examples/quantize_network/page_sections.hpp"
#include "examples/quantize_network/pictures/size_picture.hpp"
#include "examples/quantize_network/pictures/staircase_picture.hpp"
#include "intact/core/error.hpp"

namespace example {

namespace detail {

[[nodiscard]] inline std::string introduction(const PageInputs& page) {
    return "<h1>What 8-bit integers cost a neural network, and what they gain</h1>\n"
           "<p class=\"lead\">A trained network is a few thousand real numbers, each in 32 bits of "
           "floating point. Quantization writes them, and the values that flow between its "
           "layers, as integers of 8 bits: a quarter of the memory, and arithmetic that a "
           "processor does many at a time. This page shows where that loses precision and "
           "how little of the loss arrives in the answers.</p>\n"
           "<p class=\"quiet\">Fashion-MNIST, 28 × 28 grey images of ten kinds of clothing. " +
           grouped(page.test_images) + " test images; ranges chosen on " +
           grouped(page.calibration_images) + " training images.</p>\n";
}

[[nodiscard]] inline std::string what_a_code_is(const PageInputs& page) {
    std::string html =
        "<h2>A real number becomes a code</h2>\n"
        "<p>A <b>code</b> is a small integer that stands for a real number. Two numbers say how to "
        "read it: <code>real = scale × (code − zero point)</code>. The <b>scale</b> is the step "
        "from one code to the next; the <b>zero point</b> is the code of exactly 0.</p>\n";
    html += figure(
        "Eight codes (3 bits), scale 0.5, zero point 2",
        either(draw_staircase(full_width), draw_staircase(half_width)),
        "Two errors, two causes. Inside the range a number goes to the nearest code: the "
        "<b>rounding error</b> is at most half a step. Outside it there are no codes, every "
        "number becomes the last one: the <b>clipping error</b> grows with the distance. A wide "
        "range has large steps, a narrow one clips: to choose a range is to weigh the two. "
        "8 bits have 256 codes, so the steps are 36 times finer than here.",
        Place::whole);
    if (!page.shades.empty()) {
        html += figure("The same image with fewer and fewer codes", shades_row(page.shades),
                       "The pixels had 8 bits to begin with, so nothing is lost there. Each bit "
                       "less doubles the step and costs about 6 dB of <b>SQNR</b>, the ratio of "
                       "the signal's power to the error's. At 6 bits the eye hardly sees a "
                       "difference, and neither do most networks.",
                       Place::whole);
    }
    return html;
}

[[nodiscard]] inline std::string results(const PageInputs& page, const NetworkResults& network) {
    std::vector<Row> sized = network.rows;
    sized.insert(sized.end(), network.narrower.begin(), network.narrower.end());
    const double one_image =
        100.0 / static_cast<double>(std::max<std::size_t>(page.test_images, 1));
    return "<h3>Results</h3>\n" +
           figure("", results_table(network),
                  "<b>Weight-only</b>: weights as codes, arithmetic in float. <b>Dynamic</b>: "
                  "ranges of the activations measured anew in every batch, here of 64. "
                  "<b>Static</b>: ranges "
                  "fixed beforehand by the criterion named. One image is " +
                      significant(one_image, 2) +
                      " points of accuracy, and a quantized network can be right by luck: the "
                      "columns <b>same as float</b> and <b>SQNR</b> (the power of the outputs "
                      "over that of their error) show the loss itself. Speed-up is over the "
                      "float32 network, "
                      "compiled with every instruction this processor has.",
                  Place::whole_drawing) +
           figure("Accuracy against size", draw_sizes(sized, full_width),
                  "Up is better, left is smaller. All 8-bit forms have nearly the same size; what "
                  "sets them apart is how their ranges were chosen. Weights of fewer bits are "
                  "smaller still, counted here as packed codes, and need more care than "
                  "min-max. The vertical axis does not start at zero.",
                  Place::whole_drawing);
}

[[nodiscard]] inline std::string fewer_bits(const NetworkResults& network) {
    if (network.fewer_bits.empty()) return "";
    return "<h3>With fewer bits the choice of ranges weighs more</h3>\n" +
           figure("", fewer_bits_table(network.fewer_bits),
                  "<b>%</b>: right answers; <b>dB</b>: SQNR of the outputs. Every layer's weights "
                  "and inputs in 8, 6 and 4 bits, static, a scale for each output channel. A bit "
                  "less doubles every step. The criteria choose the ranges of the activations; in "
                  "the last row those of the weights too. The best of each column is bold.",
                  Place::whole_drawing);
}

/// The channel that one scale for the whole tensor serves worst.
[[nodiscard]] inline std::string narrowest_channel(const WeightPicture& picture) {
    std::size_t narrowest = 0;
    for (std::size_t i = 1; i < picture.channels.size(); ++i) {
        if (picture.channels[i].largest() < picture.channels[narrowest].largest()) narrowest = i;
    }
    const ChannelRange& channel = picture.channels.at(narrowest);
    return "channel " + std::to_string(narrowest) + " is left with " +
           std::to_string(codes_reached(channel, picture.largest())) + " of 255 codes";
}

[[nodiscard]] inline std::string weights(const NetworkResults& network) {
    if (network.weights.empty()) return "";
    std::string html =
        "<h3>Weights: why every channel gets its own scale</h3>\n"
        "<p>One scale for a whole tensor must cover its largest weight. Channels with small "
        "weights then share a few codes, and their rounding error is as large as the weights "
        "themselves. A scale for each output channel gives all of them 255 codes, for four bytes "
        "a channel.</p>\n<div class=\"pair\">\n";
    std::vector<bool> wants_all;
    for (const WeightPicture& picture : network.weights) {
        wants_all.push_back(picture.channels.size() > 16);
    }
    const std::vector<bool> is_whole = without_gaps(wants_all);
    for (std::size_t i = 0; i < is_whole.size(); ++i) {
        const WeightPicture& picture = network.weights[i];
        html += figure(picture.name, draw(picture, is_whole[i] ? full_width : half_width),
                       "Bars: weights of each channel. The number under a bar is how many codes "
                       "one scale for all leaves that channel: " +
                           narrowest_channel(picture) + ".",
                       is_whole[i] ? Place::whole_drawing : Place::half);
    }
    return html + "</div>\n";
}

[[nodiscard]] inline std::string activations(const NetworkResults& network) {
    if (network.activations.empty()) return "";
    std::string html =
        "<h3>Activations: which range would you choose?</h3>\n"
        "<p>Activations depend on the image, so their range is chosen from what the "
        "calibration images showed. Most values are small and a few are large: the more of "
        "the few are clipped, the finer the step for all others. Each criterion draws that line "
        "elsewhere.</p>\n";
    const HistogramPicture& first = network.activations.front();
    html += figure(first.name, either(draw(first, full_width), draw(first, half_width)),
                   "Grey: how many values fell into each bin, on a scale on which each line is ten "
                   "times the one below. Coloured: the range that each criterion chose. "
                   "<b>Step</b> is the price of a wide range (rounding error up to half of it), "
                   "<b>clipped</b> the price of a narrow one. Ranges always hold 0, because "
                   "padding and ReLU need its exact code.",
                   Place::whole);
    html += "<div class=\"pair\">\n";
    const std::vector<bool> is_whole =
        without_gaps(std::vector<bool>(network.activations.size() - 1, false));
    for (std::size_t i = 0; i < is_whole.size(); ++i) {
        const HistogramPicture& picture = network.activations[i + 1];
        const std::string half = draw(picture, half_width);
        html += is_whole[i] ? figure(picture.name, either(draw(picture, full_width), half), "",
                                     Place::whole)
                            : figure(picture.name, half, "", Place::half);
    }
    return html + "</div>\n";
}

[[nodiscard]] inline std::string layers(const NetworkResults& network) {
    if (network.layers.empty()) return "";
    const double out_db = network.layers.back().accumulated_db;
    const std::string size = std::isfinite(out_db)
                                 ? "At " + fixed(out_db, 1) + " dB the error that comes out is " +
                                       significant(100.0 * std::pow(10.0, -out_db / 20.0), 2) +
                                       " % of the signal (root mean square)."
                                 : "";
    return "<h3>Where the error is made, and where it ends up</h3>\n" +
           figure("Signal to error ratio after each layer (" +
                      network.rows.at(network.chosen).name + ")",
                  either(draw(network.layers, full_width), draw(network.layers, half_width)),
                  "Blue: only this layer is quantized, all others are float. A low bar is a layer "
                  "that is hard to quantize: give it more bits, or leave it in float. Orange: this "
                  "layer and all before it are quantized, so errors add up from left to right. "
                  "Only the <b>last column</b> leaves the network: an error in the middle harms "
                  "nobody unless it arrives there. " +
                      size,
                  Place::whole);
}

[[nodiscard]] inline std::string samples(const PageInputs& page, const NetworkResults& network) {
    if (network.samples.empty()) return "";
    const Row& row = network.rows.at(network.chosen);
    const auto changed = static_cast<std::size_t>(
        std::lround((1.0 - row.agreement) * static_cast<double>(page.test_images)));
    return "<h3>What changes for a user</h3>\n" +
           figure("Test images and the answers of both networks", samples_grid(network.samples),
                  "Bold: the true kind. Of " + grouped(page.test_images) +
                      " test images the int8 network answers " + grouped(changed) +
                      " differently from the float one; those shown here are framed. They are the "
                      "images that float was unsure about, so the change can be for better or "
                      "worse.",
                  Place::whole);
}

[[nodiscard]] inline std::string network_section(const PageInputs& page,
                                                 const NetworkResults& network) {
    return "<h2>" + escape(network.name) + "</h2>\n<p>" + escape(network.description) +
           " Numbers of the row “" + escape(network.rows.at(network.chosen).name) + "”:</p>\n" +
           tiles(network) + results(page, network) + fewer_bits(network) + weights(network) +
           activations(network) + layers(network) + samples(page, network);
}

/// Refuses inputs that a drawing would read beyond their end.
inline void check(const NetworkResults& network) {
    intact::require(network.chosen < network.rows.size(), "page_text",
                    "the chosen row is not there, expected one of ", network.rows.size(),
                    ", given ", network.chosen);
    for (const HistogramPicture& picture : network.activations) {
        intact::require(
            !picture.counts.empty() && picture.edges.size() == picture.counts.size() + 1,
            "page_text", "the histogram of ", picture.name, " has no such bins, expected ",
            picture.counts.size() + 1, " edges of at least one bin, given ", picture.edges.size());
    }
    for (const WeightPicture& picture : network.weights) {
        intact::require(!picture.channels.empty(), "page_text", "the weights of ", picture.name,
                        " have no channels, expected at least one, given none");
    }
}

}  // namespace detail

/// The whole page as text; throws std::invalid_argument where the inputs do not fit together.
[[nodiscard]] inline std::string page_text(const PageInputs& page) {
    for (const NetworkResults& network : page.networks) detail::check(network);
    std::string body = detail::introduction(page) + detail::what_a_code_is(page);
    for (const NetworkResults& network : page.networks) {
        body += detail::network_section(page, network);
    }
    return document(
        "What 8-bit integers cost a neural network",
        body + "<footer><p>Made by <code>" + escape(page.command) + "</code> on " +
            escape(page.machine) +
            ".</p><p>Images: Fashion-MNIST, © 2017 Zalando SE, MIT licence.</p></footer>\n");
}

inline void write_page(const std::filesystem::path& path, const PageInputs& page) {
    std::ofstream file(path, std::ios::binary);
    file << page_text(page);
    file.close();
    intact::require<std::runtime_error>(file.good(), path.string().c_str(),
                                        "cannot be written, expected a file in an existing folder ",
                                        "with room, given a failure");
}

}  // namespace example
