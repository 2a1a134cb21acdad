// The inspection of a network for the terminal: its layers sorted by harm, then the advice.
//
//   std::cout << inspect(watched, int8, test_set);
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

#include "intact/metrics/drawing/numbers.hpp"
#include "intact/metrics/drawing/text_table.hpp"
#include "intact/metrics/inspection/network_inspection.hpp"
#include "intact/metrics/inspection/text.hpp"

namespace intact {

inline std::ostream& operator<<(std::ostream& out, const NetworkInspection& network) {
    using drawing::fixed;
    using drawing::grouped;
    using drawing::per_cent;
    drawing::TextTable table;
    table.add_head({"", "", "", "behind it", "", "weights", "input", "input", "input"});
    table.add_head(
        {"layer", "form", "bytes", "SQNR", "harm %", "SQNR", "SQNR", "clipped", "dead codes"});
    for (const std::size_t i : by_harm(network)) {
        const LayerInspection& layer = network.layers[i];
        table.add({layer.name, layer.quantized ? "integer" : "float", grouped(layer.bytes),
                   detail::ratio_text(layer.sqnr_db),
                   layer.quantized ? fixed(100.0 * layer.harm, 1) : "-",
                   layer.weights ? detail::ratio_text(layer.weights->use.sqnr_db()) : "-",
                   layer.input ? detail::ratio_text(layer.input->use.sqnr_db()) : "-",
                   layer.input ? per_cent(layer.input->use.clipped_share()) : "-",
                   layer.input ? detail::dead_text(layer.input->use) : "-"});
    }
    out << "output SQNR " << detail::ratio_text(network.sqnr_db) << ", " << grouped(network.bytes)
        << " bytes, in float " << grouped(network.float_bytes) << '\n'
        << table;
    for (const std::size_t i : by_harm(network)) {
        if (network.layers[i].advice.empty()) continue;
        out << network.layers[i].name << '\n';
        detail::print(out, network.layers[i].advice);
    }
    return out;
}

}  // namespace intact
