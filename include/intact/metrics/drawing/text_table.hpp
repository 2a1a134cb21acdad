// A table for the terminal: the first column to the left, numbers to the right.
//
//   TextTable table;
//   table.add_head({"layer", "bytes"});
//   table.add({"conv2d_0", "224"});
//   std::cout << table;
//
// Errors   std::invalid_argument  a line with another number of cells than the first
#pragma once

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "intact/core/error.hpp"

namespace intact::drawing {

class TextTable {
public:
    using Cells = std::vector<std::string>;

    /// Appends a line to the head, which a rule sets apart from what follows.
    void add_head(Cells cells) {
        add(std::move(cells));
        head_ = lines_.size();
    }

    void add(Cells cells) {
        require(lines_.empty() || lines_.front().size() == cells.size(), "TextTable",
                "the number of cells changed, expected ", lines_.empty() ? 0 : lines_[0].size(),
                ", given ", cells.size());
        widths_.resize(cells.size());
        for (std::size_t column = 0; column < cells.size(); ++column) {
            widths_[column] = std::max(widths_[column], width_of(cells[column]));
        }
        lines_.push_back(std::move(cells));
    }

    friend std::ostream& operator<<(std::ostream& out, const TextTable& table) {
        std::size_t total = 0;
        for (const std::size_t width : table.widths_) total += width + 2;
        for (std::size_t i = 0; i < table.lines_.size(); ++i) {
            if (i > 0 && i == table.head_) out << "  " << std::string(total - 2, '-') << '\n';
            for (std::size_t column = 0; column < table.widths_.size(); ++column) {
                const std::string& cell = table.lines_[i][column];
                const std::string blanks(table.widths_[column] - width_of(cell), ' ');
                const bool is_left = column == 0;
                out << "  " << (is_left ? cell : blanks) << (is_left ? blanks : cell);
            }
            out << '\n';
        }
        return out;
    }

private:
    /// Characters of UTF-8 text: all bytes but those that continue one.
    static std::size_t width_of(const std::string& text) {
        return static_cast<std::size_t>(std::count_if(
            text.begin(), text.end(), [](char byte) { return (byte & '\xc0') != '\x80'; }));
    }

    std::vector<Cells> lines_;
    std::vector<std::size_t> widths_;  // characters
    std::size_t head_ = 0;             // lines of it
};

}  // namespace intact::drawing
