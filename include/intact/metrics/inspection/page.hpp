// The inspection of tensors as an HTML page complete in itself.
//
//   std::ofstream("weights.html") << html_page("Weights", {inspect(a, "a"), inspect(b, "b")});
//
// Cost     some 60 KB for each tensor
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "intact/metrics/drawing/html_table.hpp"
#include "intact/metrics/drawing/page.hpp"
#include "intact/metrics/inspection/pictures.hpp"
#include "intact/metrics/inspection/text.hpp"

namespace intact {

namespace detail {

inline std::string capitalized(std::string text) {
    if (!text.empty() && 'a' <= text[0] && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    }
    return text;
}

inline std::string advice_html(const std::vector<Advice>& advice) {
    if (advice.empty()) return "";
    std::string html = "<ul class=\"advice\">\n";
    for (const Advice& one : advice) {
        html += "<li><b>" + drawing::escape(capitalized(one.finding)) + "</b>→ " +
                drawing::escape(one.remedy) + "</li>\n";
    }
    return html + "</ul>\n";
}

/// The findings alone, or that there are none.
inline std::string findings_html(const std::vector<Advice>& advice) {
    std::string html;
    for (const Advice& one : advice) {
        html += (html.empty() ? "" : "<br>") + drawing::escape(capitalized(one.finding));
    }
    return html.empty() ? "<span class=\"none\">✓ none</span>" : html;
}

/// A drawing that takes the whole page where there is room for it.
template <class Picture>
std::string draw_wide(const Picture& picture) {
    return drawing::either(draw(picture, drawing::full_width), draw(picture, drawing::half_width));
}

/// The pictures of one tensor.
inline std::string pictures_html(const TensorInspection& seen) {
    using drawing::figure;
    using drawing::half_width;
    using drawing::Place;
    std::string html = figure(
        "Histogram, and the range that each criterion chose", draw_wide(histogram_picture(seen)),
        "Grey: how many values fell into each bin, on a scale on which each line is ten times the "
        "one below. Coloured: the reals that codes can reach if all values share one scale. "
        "<b>In use</b>: the quantizer's own range, where no criterion chose the same from this "
        "data. <b>Step</b> is the price of a wide range: the rounding error is up to half of it. "
        "<b>Clipped</b> is the price of a narrow one: the share of values beyond the range.",
        Place::whole);
    const bool is_wide = seen.channels.size() > 48;
    const Place place = is_wide ? Place::whole : Place::half;
    html += "<div class=\"pair\">\n";
    html += figure("Error of every range",
                   is_wide ? draw_wide(curve_picture(seen)) : draw(curve_picture(seen), half_width),
                   "Grey: the mean squared error that each scale would cause, rounding and "
                   "clipping together; both axes are logarithmic. Dotted below it: the mean "
                   "absolute error, squared; dashed above it: the root of the mean of the fourth "
                   "power, the same unit. The lower the power, the less a clipped value costs. A "
                   "point is what a criterion chose; it lies on the grey curve where its zero "
                   "point is the best one.",
                   place);
    html +=
        figure("How far each channel reaches",
               is_wide ? draw_wide(channel_picture(seen)) : draw(channel_picture(seen), half_width),
               "One point for each channel, on a logarithmic axis. One scale for all must "
               "cover the highest point: a channel that reaches an eighth as far is left with "
               "an eighth of the codes, three bits fewer.",
               place);
    return html + "</div>\n";
}

inline std::vector<std::string> tensor_cells(const TensorInspection& seen) {
    using drawing::grouped;
    return {drawing::escape(seen.name),
            grouped(static_cast<std::size_t>(seen.use.values())),
            std::to_string(seen.channels.size()),
            grouped(seen.scales),
            ratio_text(seen.use.sqnr_db()),
            drawing::per_cent(seen.use.clipped_share()),
            dead_text(seen.use),
            findings_html(seen.advice)};
}

}  // namespace detail

/// A page on tensors, in this order: a table of all, then each with its pictures.
[[nodiscard]] inline std::string html_page(const std::string& title,
                                           const std::vector<TensorInspection>& tensors) {
    using drawing::document;
    using drawing::escape;
    using drawing::figure;
    using drawing::Place;
    std::string body = "<h1>" + escape(title) + "</h1>\n";
    body +=
        "<p class=\"lead\">Quantization writes real numbers as small integers, <b>codes</b>: "
        "<code>real = scale × (code − zero point)</code>. The range that the codes cover is chosen "
        "from the data. This page shows the data, the choices, and what they cost.</p>\n";
    drawing::HtmlTable table({"tensor", "values", "channels", "scales", "SQNR", "clipped",
                              "codes without\na value", "findings"},
                             7);
    for (const TensorInspection& seen : tensors) table.add(detail::tensor_cells(seen));
    body += figure("", table.text(),
                   "<b>SQNR</b> is the power of the values over that of their error: 6 dB more is "
                   "half the error. <b>Clipped</b>: share of the values beyond the last code.",
                   Place::whole_drawing);
    for (const TensorInspection& seen : tensors) {
        body += "<h2>" + escape(seen.name) + "</h2>\n" + detail::advice_html(seen.advice) +
                detail::pictures_html(seen);
    }
    return document(title, body);
}

}  // namespace intact
