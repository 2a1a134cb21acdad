// A table of a page. With a column of words its rows become cards where the screen is too narrow,
// each cell under the name of its column; figures alone stay in columns, to be compared.
//
//   HtmlTable table({"layer", "SQNR\nbehind it", "findings"}, 2);   // column 2 holds words
//   table.add({escape(name), "38.7 dB", "<b>none</b>"});
//   html += table.text();
//
// Names are texts, whose lines may be broken; cells are HTML. The first column names its row.
//
// Errors   std::invalid_argument  another number of cells than of columns
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/metrics/drawing/svg.hpp"

namespace intact::drawing {

class HtmlTable {
public:
    /// No column of a table.
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    /// A table without rows; column `words` holds words that wrap, the others figures.
    explicit HtmlTable(std::vector<std::string> names, std::size_t words = none)
        : names_(std::move(names)), words_(words) {}

    /// Adds a row, which the style sheet may know by the class `style`.
    void add(const std::vector<std::string>& cells, const std::string& style = "") {
        require(cells.size() == names_.size(), "HtmlTable",
                "the cells of a row differ from the columns in number, expected ", names_.size(),
                ", given ", cells.size());
        rows_ += style.empty() ? "<tr>" : "<tr class=\"" + style + "\">";
        for (std::size_t i = 0; i < cells.size(); ++i) {
            rows_ += "<td" + class_of(i) +
                     (has_words() ? " data-label=\"" + on_lines(names_[i], " ") + "\"" : "") + ">" +
                     cells[i] + "</td>";
        }
        rows_ += "</tr>\n";
    }

    /// The whole table.
    [[nodiscard]] std::string text() const {
        std::string head;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            head += "<th" + class_of(i) + ">" + on_lines(names_[i], "<br>") + "</th>";
        }
        return std::string(has_words() ? "<table class=\"cards\">" : "<table>") + "<thead><tr>" +
               head + "</tr></thead><tbody>\n" + rows_ + "</tbody></table>";
    }

private:
    [[nodiscard]] bool has_words() const noexcept { return words_ < names_.size(); }

    [[nodiscard]] std::string class_of(std::size_t column) const {
        return column == words_ ? " class=\"words\"" : "";
    }

    /// The escaped text with `between` its lines.
    [[nodiscard]] static std::string on_lines(const std::string& text, const std::string& between) {
        std::string html = escape(text);
        for (std::size_t at = html.find('\n'); at != std::string::npos;
             at = html.find('\n', at + between.size())) {
            html.replace(at, 1, between);
        }
        return html;
    }

    std::vector<std::string> names_;
    std::size_t words_;
    std::string rows_;
};

}  // namespace intact::drawing
