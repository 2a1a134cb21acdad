// Other recipes than static ones.
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "intact/metrics/inspection/inspect_network.hpp"
#include "sample_network.hpp"

using namespace intact;

namespace {

using PerRow = SymmetricQuantizer<std::int8_t, PerChannel<0>>;

/// Static, where scales of weights make room for biases.
template <class W>
struct Raising : StaticRecipe<W, AffineQuantizer<std::uint8_t>> {
    static constexpr bool raises_weight_scales = true;
};

template <class R>
NetworkInspection inspected(const Sequential& net, const sample::Rows& x) {
    auto watched = prepare<R>(net);
    if constexpr (R::mode == nn::Mode::static_ranges) watched(x);
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

TEST_CASE("inspect network: scales raised for a bias are named, with the codes that are left") {
    using Recipe = Raising<PerRow>;
    const sample::Rows x = sample::gaussian(100, 30);
    const auto net = [](float smaller, float bias) {
        sample::Rows weights = sample::gaussian(8, 30, 1) / 5.0F;
        weights.row(5) *= smaller;
        Eigen::VectorXf all = Eigen::VectorXf::Zero(8);
        all[5] = bias;
        return sequential(Linear(weights, all).named("first"), Relu(),
                          Linear(sample::Rows(sample::gaussian(4, 8, 2)), Eigen::VectorXf::Zero(4)),
                          Relu());
    };
    const NetworkInspection seen = inspected<Recipe>(net(1e-6F, -4.0F), x);
    const RaisedScales& raised = seen.layers[0].raised;
    CHECK(raised.scales == 1);
    CHECK(raised.farthest == 5);
    // The bias has 4 / (s_x s_w) steps, and an int32 sum holds 2^31 less those of the products.
    AffineQuantizer<std::uint8_t> edge;
    edge.observe(x);
    PerRow weights;
    weights.observe(std::get<Linear>(net(1e-6F, -4.0F).layers()[0]).weights);
    const double steps = 4.0 / (static_cast<double>(edge.params()[0].scale) *
                                static_cast<double>(weights.params()[5].scale));
    CHECK(raised.times == doctest::Approx(steps / 0x1p31).epsilon(1e-3));
    REQUIRE(raised.times > 3.0);
    REQUIRE(raised.times < 60.0);
    REQUIRE(seen.layers[0].advice.size() == 1);
    const Advice& advice = seen.layers[0].advice[0];
    CHECK(advice.condition == Condition::raised_scales);
    CHECK(advice.channel == 5);
    CHECK(advice.finding.find("weights: 1 of 8 scales was raised, that of channel 5") == 0);
    const int left = 2 * static_cast<int>(std::lround(127.0 / raised.times)) + 1;
    CHECK(advice.finding.find("about " + std::to_string(left) + " of 255 codes") !=
          std::string::npos);
    CHECK(advice.remedy.find("keep_float(\"first\")") != std::string::npos);
    // The codes looked at are those of the raised scale.
    CHECK(seen.layers[0].weights->use.squared_error() >
          inspect<PerRow>(std::get<Linear>(net(1e-6F, 0.0F).layers()[0]).weights)
              .use.squared_error());

    for (const auto& healthy : {net(1.0F, -4.0F), net(1e-6F, -1e-3F)}) {
        const NetworkInspection none = inspected<Recipe>(healthy, x);
        CHECK(none.layers[0].raised.scales == 0);
        CHECK(none.layers[0].advice.empty());
        CHECK(none.layers[1].advice.empty());
    }
}

TEST_CASE("inspect network: one raised scale for all channels, and not its symptoms") {
    const sample::Rows x = sample::gaussian(100, 60);
    const Eigen::VectorXf bias = Eigen::VectorXf::Constant(300, 20.0F);
    const auto net =
        sequential(Linear(sample::Rows(sample::gaussian(300, 60) * 2e-7F), bias).named("first"),
                   Relu(), Linear(sample::Rows(sample::gaussian(4, 300, 2)), bias.head(4)));
    const NetworkInspection seen = inspected<Raising<SymmetricQuantizer<std::int8_t>>>(net, x);
    CHECK(seen.layers[0].raised.scales == 1);
    REQUIRE(seen.layers[0].advice.size() == 1);
    CHECK(seen.layers[0].advice[0].channel == -1);
    CHECK(seen.layers[0].advice[0].finding.find("weights: their scale was raised") == 0);
    CHECK(seen.layers[0].advice[0].remedy.find("PerChannel<0>") != std::string::npos);
    REQUIRE(seen.layers[0].weights->advice.size() == 1);
    CHECK(seen.layers[0].weights->advice[0].condition == Condition::outlier_values);
}
