// The parts of the page that are HTML rather than drawings: headline tiles, table, images.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"
#include "examples/quantize_network/page_inputs.hpp"
#include "examples/quantize_network/pictures/bitmap.hpp"

namespace example {

/// "3.9 times" from two quantities of the same unit.
[[nodiscard]] inline std::string times_less(double before, double after) {
    return after > 0.0 ? fixed(before / after, 1) + " times" : "-";
}

/// What the chosen row gains and costs, in four numbers.
[[nodiscard]] inline std::string tiles(const NetworkResults& network) {
    const Row& before = network.rows.front();
    const Row& after = network.rows.at(network.chosen);
    const double faster = before.microseconds_batch_64 / after.microseconds_batch_64;
    return "<div class=\"tiles\">\n" +
           tile(times_less(static_cast<double>(before.bytes), static_cast<double>(after.bytes)) +
                    " smaller",
                grouped(before.bytes) + " to " + grouped(after.bytes) + " bytes") +
           tile(faster >= 1.0 ? fixed(faster, 1) + " times faster"
                              : fixed(1.0 / faster, 1) + " times slower",
                fixed(before.microseconds_batch_64, 1) + " to " +
                    fixed(after.microseconds_batch_64, 1) + " µs an image, batches of 64") +
           tile(fixed(100.0 * after.accuracy, 2) + " % right",
                fixed(100.0 * before.accuracy, 2) + " % in float32") +
           tile(fixed(100.0 * after.agreement, 2) + " % the same",
                "answers equal to the float network's") +
           "</div>\n";
}

[[nodiscard]] inline std::string results_table(const NetworkResults& network) {
    const Row& reference = network.rows.front();
    HtmlTable table({"network", "accuracy\n%", "same as\nfloat, %", "logits\nSQNR, dB",
                     "size\nbytes", "batch 1\nµs / image", "batch 64\nµs / image",
                     "batch 1\nspeed-up", "batch 64\nspeed-up"});
    const auto speed_up = [](double before, double after) {
        return after > 0.0 ? fixed(before / after, 2) + "×" : "-";
    };
    for (std::size_t i = 0; i < network.rows.size(); ++i) {
        const Row& row = network.rows[i];
        table.add(
            {escape(row.name), fixed(100.0 * row.accuracy, 2), fixed(100.0 * row.agreement, 2),
             row.kind == Kind::float32 ? "exact" : fixed(row.sqnr_db, 1), grouped(row.bytes),
             fixed(row.microseconds_batch_1, 1), fixed(row.microseconds_batch_64, 1),
             speed_up(reference.microseconds_batch_1, row.microseconds_batch_1),
             speed_up(reference.microseconds_batch_64, row.microseconds_batch_64)},
            i == 0                ? "reference"
            : i == network.chosen ? "chosen"
                                  : "");
    }
    return table.text();
}

/// Each criterion at each width, the best of a column in bold.
[[nodiscard]] inline std::string fewer_bits_table(const std::vector<FewerBits>& lines) {
    std::vector<std::string> names{"criterion"};
    for (const int bits : widths) {
        names.push_back(std::to_string(bits) + " bits\n%");
        names.push_back(std::to_string(bits) + " bits\ndB");
    }
    FewerBits best = lines.front();
    for (const FewerBits& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            best.results[i].accuracy = std::max(best.results[i].accuracy, line.results[i].accuracy);
            best.results[i].sqnr_db = std::max(best.results[i].sqnr_db, line.results[i].sqnr_db);
        }
    }
    const auto shown = [](double value, int digits, bool is_best) {
        const std::string text = fixed(value, digits);
        return is_best ? "<b>" + text + "</b>" : text;
    };
    HtmlTable table(names);
    for (const FewerBits& line : lines) {
        std::vector<std::string> cells{escape(line.name)};
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const FewerBits::Result& own = line.results[i];
            const FewerBits::Result& most = best.results[i];
            cells.push_back(shown(100.0 * own.accuracy, 2, own.accuracy == most.accuracy));
            cells.push_back(shown(own.sqnr_db, 1, own.sqnr_db == most.sqnr_db));
        }
        table.add(cells);
    }
    return table.text();
}

/// The same image with fewer and fewer codes.
[[nodiscard]] inline std::string shades_row(const std::vector<Shades>& shades) {
    std::string html = "<div class=\"images\">\n";
    for (const Shades& shade : shades) {
        const std::string codes = std::to_string(std::size_t{1} << shade.bits);
        html += "<div>" + image_element(shade.image, "image in " + codes + " codes") + "<b>" +
                std::to_string(shade.bits) + (shade.bits == 1 ? " bit" : " bits") + "</b>, " +
                codes + " codes<br>" +
                (std::isinf(shade.sqnr_db) ? "exact" : fixed(shade.sqnr_db, 1) + " dB") +
                "</div>\n";
    }
    return html + "</div>";
}

[[nodiscard]] inline std::string answer(const std::string& network, const Sample& sample,
                                        const std::string& said, double confidence) {
    const bool is_right = said == sample.truth;
    return "<br>" + network + ": <span class=\"" + (is_right ? "right" : "wrong") + "\">" +
           (is_right ? "✓ " : "✗ ") + escape(said) + "</span> " + fixed(100.0 * confidence, 0) +
           "&nbsp;%";
}

[[nodiscard]] inline std::string samples_grid(const std::vector<Sample>& samples) {
    std::string html = "<div class=\"images\">\n";
    for (const Sample& sample : samples) {
        const bool differs = sample.float_answer != sample.int8_answer;
        html += std::string("<div") + (differs ? " class=\"differs\"" : "") + ">" +
                image_element(sample.image, escape(sample.truth)) + "<b>" + escape(sample.truth) +
                "</b>" + answer("float", sample, sample.float_answer, sample.float_confidence) +
                answer("int8", sample, sample.int8_answer, sample.int8_confidence) + "</div>\n";
    }
    return html + "</div>";
}

}  // namespace example
