// Prints the results of one network as a table for the terminal, columns aligned.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"
#include "examples/quantize_network/row.hpp"

namespace example {

namespace detail {

/// How many times as fast as `reference` something is.
[[nodiscard]] inline std::string times(double reference, double microseconds) {
    return microseconds > 0.0 ? fixed(reference / microseconds, 2) + "x" : "-";
}

[[nodiscard]] inline TextTable::Cells cells(const Row& row, const Row& reference) {
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

}  // namespace detail

/// The first of `rows` is the float network that the others are compared with.
inline void print_table(std::ostream& out, const std::string& title, const std::vector<Row>& rows) {
    TextTable table;
    table.add_head({"", "accuracy", "same as", "logits", "size", "us/image", "us/image", "speed-up",
                    "speed-up"});
    table.add_head(
        {"", "%", "float %", "SQNR dB", "bytes", "batch 1", "batch 64", "batch 1", "batch 64"});
    for (const Row& row : rows) table.add(detail::cells(row, rows.front()));
    out << title << '\n' << table;
}

}  // namespace example
