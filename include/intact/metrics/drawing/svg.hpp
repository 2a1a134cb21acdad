// A drawing made of lines, boxes, texts and dots, written as one SVG element for an HTML page, or
// as a file that stands alone.
//
// Colours and fonts come from the page's style sheet by class name, or from the drawing's own, so
// that it follows the light and the dark scheme.
//
// Units    pixels of the drawing's own width; x to the right, y down
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "intact/metrics/drawing/numbers.hpp"

namespace intact::drawing {

struct Point {
    double x = 0.0;
    double y = 0.0;
};

/// `text` with the characters that mean something in HTML replaced.
[[nodiscard]] inline std::string escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

class Svg {
public:
    /// `label` says in one sentence what is to be seen, for those who cannot see it.
    Svg(double width, double height, std::string_view label)
        : text_("<svg viewBox=\"0 0 " + number(width) + " " + number(height) +
                "\" role=\"img\" aria-label=\"" + escape(label) + "\">\n") {}

    /// The same as a file, with a style sheet.
    Svg(double width, double height, std::string_view label, std::string_view style)
        : Svg(width, height, label) {
        const std::string element = "<svg ";
        text_.insert(element.size(), "xmlns=\"http://www.w3.org/2000/svg\" width=\"" +
                                         number(width) + "\" height=\"" + number(height) + "\" ");
        text_.append("<style>").append(style).append("</style>\n");
    }

    void line(Point from, Point to, std::string_view style) {
        text_ += "<line x1=\"" + number(from.x) + "\" y1=\"" + number(from.y) + "\" x2=\"" +
                 number(to.x) + "\" y2=\"" + number(to.y) + "\"" + styled(style) + "/>\n";
    }

    /// `hint` appears under the pointer.
    void box(Point corner, double width, double height, std::string_view style,
             std::string_view hint = "") {
        text_ += "<rect x=\"" + number(corner.x) + "\" y=\"" + number(corner.y) + "\" width=\"" +
                 number(width) + "\" height=\"" + number(height) + "\"" + styled(style) +
                 closed("rect", hint);
    }

    void circle(Point centre, double radius, std::string_view style, std::string_view hint = "") {
        text_ += "<circle cx=\"" + number(centre.x) + "\" cy=\"" + number(centre.y) + "\" r=\"" +
                 number(radius) + "\"" + styled(style) + closed("circle", hint);
    }

    /// Lines from point to point; `closes` back to the first.
    void path(const std::vector<Point>& points, std::string_view style, bool closes = false,
              std::string_view hint = "") {
        std::string steps;
        for (const Point& point : points) {
            steps += steps.empty() ? 'M' : 'L';
            steps += number(point.x) + " " + number(point.y);
        }
        text_ += "<path d=\"" + steps + (closes ? "Z" : "") + "\"" + styled(style) +
                 closed("path", hint);
    }

    /// Text on the line of `at`; the classes "middle" and "end" set where `at` is in the text.
    void text(Point at, std::string_view words, std::string_view style) {
        text_ += "<text x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\"" + styled(style) +
                 ">" + escape(words) + "</text>\n";
    }

    [[nodiscard]] std::string str() const { return text_ + "</svg>\n"; }

private:
    /// Two digits are a hundredth of a pixel; what is not a number is drawn at 0.
    [[nodiscard]] static std::string number(double value) {
        std::string text = fixed(std::isfinite(value) ? value : 0.0, 2);
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.') text.pop_back();
        return text;
    }

    [[nodiscard]] static std::string styled(std::string_view style) {
        return " class=\"" + std::string(style) + "\"";
    }

    [[nodiscard]] static std::string closed(const std::string& element, std::string_view hint) {
        if (hint.empty()) return "/>\n";
        return "><title>" + escape(hint) + "</title></" + element + ">\n";
    }

    std::string text_;
};

}  // namespace intact::drawing
