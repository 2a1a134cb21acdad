// A drawing as one SVG file that stands alone: its style sheet is inside and follows the light and
// the dark scheme of whoever looks at it.
//
// Units    pixels; x to the right, y down
#pragma once

#include <cstdio>
#include <string>

namespace bench {

class Drawing {
public:
    Drawing(double width, double height, const std::string& label, const std::string& style)
        : text_("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) +
                "\" height=\"" + number(height) + "\" viewBox=\"0 0 " + number(width) + " " +
                number(height) + "\" role=\"img\" aria-label=\"" + escaped(label) + "\">\n<style>" +
                style + "</style>\n") {}

    /// `hint` appears under the pointer.
    void box(double x, double y, double width, double height, const std::string& style,
             const std::string& hint = "") {
        text_ += "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) +
                 "\" height=\"" + number(height) + "\" class=\"" + style + "\"";
        text_ += hint.empty() ? "/>\n" : "><title>" + escaped(hint) + "</title></rect>\n";
    }

    void line(double x1, double y1, double x2, double y2, const std::string& style) {
        text_ += "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
                 "\" y2=\"" + number(y2) + "\" class=\"" + style + "\"/>\n";
    }

    void text(double x, double y, const std::string& words, const std::string& style) {
        text_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" class=\"" + style + "\">" +
                 escaped(words) + "</text>\n";
    }

    [[nodiscard]] std::string str() const { return text_ + "</svg>\n"; }

private:
    /// A tenth of a pixel is enough.
    [[nodiscard]] static std::string number(double value) {
        char digits[32];
        std::snprintf(digits, sizeof(digits), "%.1f", value);
        std::string text = digits;
        if (text.ends_with(".0")) text.resize(text.size() - 2);
        return text;
    }

    [[nodiscard]] static std::string escaped(const std::string& words) {
        std::string safe;
        for (const char c : words) {
            if (c == '&') {
                safe += "&amp;";
            } else if (c == '<') {
                safe += "&lt;";
            } else if (c == '"') {
                safe += "&quot;";
            } else {
                safe += c;
            }
        }
        return safe;
    }

    std::string text_;
};

}  // namespace bench
