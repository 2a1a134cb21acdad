#include "intact/metrics/inspection/network_inspection.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace intact;

namespace {

NetworkInspection of_harms(const std::vector<double>& harms, double sqnr_db) {
    NetworkInspection network{.layers = {}, .sqnr_db = sqnr_db};
    for (const double harm : harms) {
        network.layers.push_back({.name = "layer",
                                  .quantized = true,
                                  .harm = harm,
                                  .weights = {},
                                  .input = {},
                                  .advice = {}});
    }
    advise(network);
    return network;
}

}  // namespace

TEST_CASE("by_harm: the most harmful first, equals in order, layers in float last") {
    NetworkInspection network = of_harms({0.1, 0.6, 0.1, 0.2}, 40.0);
    network.layers[1].quantized = false;
    CHECK(by_harm(network) == std::vector<std::size_t>{3, 0, 2, 1});
}

TEST_CASE("Dominant layer: only where it does more than half and the output suffers") {
    CHECK(of_harms({0.1, 0.6, 0.1}, 20.0).layers[1].advice.size() == 1);
    CHECK(of_harms({0.1, 0.6, 0.1}, 20.0).layers[0].advice.empty());
    CHECK(of_harms({0.1, 0.6, 0.1}, 35.0).layers[1].advice.empty());
    CHECK(of_harms({0.1, 0.5, 0.1}, 20.0).layers[1].advice.empty());
    CHECK(of_harms({0.1, 0.9}, 20.0).layers[1].advice.empty());
}
