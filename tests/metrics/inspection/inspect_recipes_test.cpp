// Other recipes than static ones.
#include <doctest/doctest.h>

#include "intact/metrics/inspection/inspect_network.hpp"
#include "sample_network.hpp"

using namespace intact;

namespace {

using PerRow = SymmetricQuantizer<std::int8_t, PerChannel<0>>;

template <class R>
NetworkInspection inspected(const Sequential& net, const sample::Rows& x) {
    const auto watched = prepare<R>(net);
    return inspect(watched, convert(watched), x);
}

}  // namespace

TEST_CASE("inspect network: dynamic and weight-only recipes") {
    const Sequential net = sample::three_layers();
    const sample::Rows x = sample::gaussian(100, 30);
    const auto dynamic = inspected<DynamicRecipe<PerRow, AffineQuantizer<std::uint8_t>>>(net, x);
    REQUIRE(dynamic.layers[1].input);
    CHECK(dynamic.layers[1].input->use.clipped_share() == 0.0);
    CHECK_FALSE(dynamic.layers[1].input->in_use);
    const auto weights = inspected<WeightOnlyRecipe<PerRow>>(net, x);
    CHECK(weights.layers[1].weights);
    CHECK_FALSE(weights.layers[1].input);
}
