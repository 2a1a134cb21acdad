// Prints the results of one network as a table for the terminal, columns aligned.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "examples/quantize_network/numbers.hpp"
#include "examples/quantize_network/row.hpp"

namespace example {

namespace detail {

constexpr std::size_t columns = 9;
using Cells = std::array<std::string, columns>;

/// The two lines of the table's head.
inline const std::array<Cells, 2> head{{
    {"", "accuracy", "same as", "logits", "size", "us/image", "us/image", "speed-up", "speed-up"},
    {"", "%", "float %", "SQNR dB", "bytes", "batch 1", "batch 64", "batch 1", "batch 64"},
}};

/// How many times as fast as `reference` something is.
[[nodiscard]] inline std::string times(double reference, double microseconds) {
    return microseconds > 0.0 ? fixed(reference / microseconds, 2) + "x" : "-";
}

[[nodiscard]] inline Cells cells(const Row& row, const Row& reference) {
    return {row.name,
            fixed(100.0 * row.accuracy, 2),
            fixed(100.0 * row.agreement, 2),
            row.kind == Kind::float32 ? "exact" : fixed(row.sqnr_db, 1),
            grouped(row.bytes),
            fixed(row.microseconds_batch_1, 1),
            fixed(row.microseconds_batch_64, 1),
            times(reference.microseconds_batch_1, row.microseconds_batch_1),
            times(reference.microseconds_batch_64, row.microseconds_batch_64)};
}

/// Names to the left, numbers to the right.
inline void print_line(std::ostream& out, const Cells& line,
                       const std::array<std::size_t, columns>& widths) {
    for (std::size_t column = 0; column < columns; ++column) {
        const std::string blanks(widths[column] - line[column].size(), ' ');
        out << (column == 0 ? "  " + line[column] + blanks : "  " + blanks + line[column]);
    }
    out << '\n';
}

}  // namespace detail

/// The first of `rows` is the float network that the others are compared with.
inline void print_table(std::ostream& out, const std::string& title, const std::vector<Row>& rows) {
    std::vector<detail::Cells> lines(detail::head.begin(), detail::head.end());
    for (const Row& row : rows) lines.push_back(detail::cells(row, rows.front()));

    std::array<std::size_t, detail::columns> widths{};
    std::size_t total = 0;
    for (std::size_t column = 0; column < detail::columns; ++column) {
        for (const detail::Cells& line : lines) {
            widths[column] = std::max(widths[column], line[column].size());
        }
        total += widths[column] + 2;
    }

    out << title << '\n';
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i == detail::head.size()) out << "  " << std::string(total - 2, '-') << '\n';
        detail::print_line(out, lines[i], widths);
    }
}

}  // namespace example
