// The inspection of a network as an HTML page complete in itself.
//
//   std::ofstream("network.html") << html_page("My network", inspect(watched, int8, test_set));
//
// Cost     some 120 KB for each layer
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "intact/metrics/drawing/html_table.hpp"
#include "intact/metrics/drawing/page.hpp"
#include "intact/metrics/inspection/network_inspection.hpp"
#include "intact/metrics/inspection/page.hpp"

namespace intact {

namespace detail {

inline std::string harm_html(const LayerInspection& layer) {
    if (!layer.quantized) return "-";
    const double shown = std::clamp(layer.harm, 0.0, 1.0);
    return "<span class=\"share\" style=\"width:" + drawing::fixed(90.0 * shown, 0) +
           "px\"></span>" + drawing::fixed(100.0 * layer.harm, 1) + " %";
}

inline std::vector<std::string> layer_cells(const LayerInspection& layer) {
    const auto& weights = layer.weights;
    const auto& input = layer.input;
    return {drawing::escape(layer.name),
            harm_html(layer),
            ratio_text(layer.sqnr_db),
            layer.quantized ? "integer" : "float",
            drawing::grouped(layer.bytes),
            weights ? ratio_text(weights->use.sqnr_db()) : "-",
            input ? ratio_text(input->use.sqnr_db()) : "-",
            input ? drawing::per_cent(input->use.clipped_share()) : "-",
            input ? dead_text(input->use) : "-",
            findings_html(layer.advice)};
}

inline std::string layer_html(const LayerInspection& layer) {
    std::string html = "<h2>" + drawing::escape(layer.name) + "</h2>\n" + advice_html(layer.advice);
    if (!layer.quantized) html += "<p class=\"quiet\">This layer stays in float.</p>\n";
    if (layer.weights) {
        html += "<h3>Weights: " + scales_text(layer.weights->scales) + "</h3>\n" +
                pictures_html(*layer.weights);
    }
    if (layer.input) {
        html += "<h3>What the layer reads, over the test set</h3>\n" + pictures_html(*layer.input);
    }
    return html;
}

}  // namespace detail

/// A page on a network: a table of its layers sorted by harm, then each with its pictures.
[[nodiscard]] inline std::string html_page(const std::string& title,
                                           const NetworkInspection& network) {
    using drawing::escape;
    using drawing::fixed;
    using drawing::grouped;
    std::string body = "<h1>" + escape(title) + "</h1>\n";
    body +=
        "<p class=\"lead\">Quantization writes weights and the values between layers as small "
        "integers, <b>codes</b>: <code>real = scale × (code − zero point)</code>. This page shows "
        "which layer the error of the network's output comes from, and why.</p>\n"
        "<div class=\"tiles\">\n" +
        drawing::tile(detail::ratio_text(network.sqnr_db),
                      "SQNR of the output: its power over that of its error") +
        drawing::tile(grouped(network.bytes) + " bytes",
                      grouped(network.float_bytes) + " bytes in float32") +
        "</div>\n";
    drawing::HtmlTable table(
        {"layer", "harm", "SQNR\nbehind it", "form", "bytes", "weights\nSQNR", "input\nSQNR",
         "input\nclipped", "input codes\nwithout a value", "findings"},
        9);
    const std::vector<std::size_t> order = by_harm(network);
    for (const std::size_t i : order) table.add(detail::layer_cells(network.layers[i]));
    body += drawing::figure(
        "", table.text(),
        "<b>Harm</b>: the part of the output's squared error that is gone if this one layer stays "
        "in float; below zero where its error cancels that of others. <b>SQNR</b>: the power of "
        "the values over that of their error; 6 dB more is half the error. <b>Behind it</b>: of "
        "what the layer hands on, all layers before it quantized too.",
        drawing::Place::whole_drawing);
    for (const std::size_t i : order) body += detail::layer_html(network.layers[i]);
    return drawing::document(title, body);
}

}  // namespace intact
