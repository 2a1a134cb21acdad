// Calibration of prepared networks in files: the quantizer of every observed edge under the name of
// the layer that it leaves, the first one under no name.
//
//   auto watched = prepare<MyRecipe>(net);
//   load(in, watched);                    // the same layers, whatever their weights
//   for (const auto& batch : more) watched(batch);
//
// Errors   as in calibration.hpp; also std::runtime_error for other layers or other widths of codes
#pragma once

#include <cstddef>
#include <istream>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "intact/io/calibration.hpp"
#include "intact/nn/prepare.hpp"

namespace intact {

namespace io::detail {

template <Recipe R>
std::string network_kind() {
    return "Network<" + Format<typename R::Activations>::kind() + ">";
}

/// The name of the layer that edge `i` leaves.
template <Recipe R>
std::string edge_name(const Watched<R>& network, std::size_t i) {
    return i == 0 ? std::string() : network.net().stages()[i - 1].name;
}

/// Numbers of the edges that are observed.
template <Recipe R>
std::vector<std::size_t> observed_edges(const Watched<R>& network) {
    std::vector<std::size_t> edges;
    for (std::size_t i = 0; i <= network.net().stages().size(); ++i) {
        if (network.observes(i)) edges.push_back(i);
    }
    return edges;
}

}  // namespace io::detail

/// Writes all that the observers of `network` have seen.
template <Recipe R>
void save(std::ostream& to, const Watched<R>& network) {
    const std::vector<std::size_t> observed = io::detail::observed_edges(network);
    io::Writer contents;
    contents.text(io::detail::network_kind<R>());
    contents.count(observed.size());
    for (const std::size_t i : observed) {
        contents.text(io::detail::edge_name(network, i));
        io::Format<typename R::Activations>::write(contents, network.edge(i));
    }
    io::write_frame(to, contents.bytes());
}

/// Puts what was saved in place of what the observers of `network` have seen.
template <Recipe R>
void load(std::istream& from, Watched<R>& network) {
    using Activations = typename R::Activations;
    const std::vector<std::size_t> observed = io::detail::observed_edges(network);
    network.set_edges(io::next(from, io::detail::network_kind<R>(), [&](io::Reader& reader) {
        std::vector<Activations> edges = network.edges();
        if (const std::size_t given = reader.length(); given != observed.size()) {
            io::refuse("the number of observed edges differs, expected ", observed.size(),
                       ", given ", given);
        }
        for (const std::size_t i : observed) {
            const std::string expected = io::detail::edge_name(network, i);
            const std::string given = reader.text();
            if (given != expected) {
                io::refuse("the layers differ, expected \"", expected, "\", given \"",
                           io::shown(given), "\"");
            }
            Activations edge = io::Format<Activations>::read(reader);
            if (edge.grid() != edges[i].grid()) {
                io::refuse("the codes of \"", expected, "\" differ, expected ",
                           CodesText{edges[i].grid()}, ", given ", CodesText{edge.grid()});
            }
            edges[i] = std::move(edge);
        }
        return edges;
    }));
}

}  // namespace intact
