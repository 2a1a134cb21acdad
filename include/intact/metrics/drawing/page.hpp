// An HTML page complete in itself: its style inside, no script, nothing fetched from anywhere.
//
//   document("Title", "<h1>Title</h1>" + figure("Weights", svg, "What to see.", Place::half))
//
// Texts called HTML are taken as they are; all others are escaped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "intact/metrics/drawing/style_sheet.hpp"
#include "intact/metrics/drawing/svg.hpp"

namespace intact::drawing {

/// Widths of drawings, in pixels.
inline constexpr double full_width = 1078.0;
inline constexpr double half_width = 512.0;

/// How much of the page a picture takes: half of it, or all of it. A drawing that takes all of it
/// is scrolled rather than shrunk on a narrow screen; the rest wraps.
enum class Place { half, whole, whole_drawing };

/// One drawing at two widths, of which a screen shows the one that it has room for.
[[nodiscard]] inline std::string either(const std::string& full, const std::string& half) {
    return "<div class=\"broad\">" + full + "</div><div class=\"narrow\">" + half + "</div>";
}

/// A picture in its card, with a heading of its own and words under it; `picture` and `caption` are
/// HTML.
[[nodiscard]] inline std::string figure(const std::string& heading, const std::string& picture,
                                        const std::string& caption, Place place) {
    return std::string("<figure") + (place == Place::half ? ">\n" : " class=\"whole\">\n") +
           (heading.empty() ? "" : "<h4>" + escape(heading) + "</h4>\n") +
           (place == Place::whole_drawing ? "<div class=\"wide\">" : "<div>") + picture +
           "</div>\n" + (caption.empty() ? "" : "<figcaption>" + caption + "</figcaption>\n") +
           "</figure>\n";
}

/// Which pictures take the whole width: those that want it, and those that no half stands beside.
[[nodiscard]] inline std::vector<bool> without_gaps(std::vector<bool> is_whole) {
    bool half_waits = false;
    for (std::size_t i = 0; i < is_whole.size(); ++i) {
        if (is_whole[i] && half_waits) is_whole[i - 1] = true;
        half_waits = !is_whole[i] && !half_waits;
    }
    if (half_waits) is_whole.back() = true;
    return is_whole;
}

/// One number that counts, in large letters, and what it says.
[[nodiscard]] inline std::string tile(const std::string& number, const std::string& words) {
    return "<div class=\"tile\"><b>" + escape(number) + "</b><span>" + escape(words) +
           "</span></div>\n";
}

/// The whole page around `body`, which is HTML.
[[nodiscard]] inline std::string document(std::string_view title, const std::string& body) {
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
           escape(title) + "</title>\n<style>" + std::string(style_sheet) +
           "</style>\n</head>\n<body>\n<main>\n" + body + "</main>\n</body>\n</html>\n";
}

}  // namespace intact::drawing
