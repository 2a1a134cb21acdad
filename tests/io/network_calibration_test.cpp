#include <string>

#include <doctest/doctest.h>

#include "intact/io/network_calibration.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "stored.hpp"

using namespace intact;
using stored::load_from;
using stored::saved;

namespace {

using Weights = SymmetricQuantizer<std::int8_t, PerChannel<0>>;
using Static =
    StaticRecipe<Weights, AffineQuantizer<std::uint8_t, PerTensor, Histogram<MeanSquaredError>>>;
using Dynamic = DynamicRecipe<Weights, AffineQuantizer<std::uint8_t>>;

Linear linear(Index out, Index in) {
    return {Eigen::MatrixXf::Constant(out, in, 0.5F), Eigen::VectorXf::Zero(out)};
}

Sequential net(const std::string& hidden = "hidden") {
    return sequential(linear(3, 4).named(hidden), Relu(), linear(2, 3).named("head"));
}

}  // namespace

TEST_CASE("Network calibration: it goes on where it stopped, and merges from files") {
    const FeatureMatrix x = FeatureMatrix::Random(20, 4);
    auto whole = prepare<Static>(net());
    auto first = prepare<Static>(net());
    auto second = prepare<Static>(net());
    whole(x);
    first(x.topRows(7));
    second(x.bottomRows(13));

    auto resumed = prepare<Static>(net());
    load_from(saved(first), resumed);
    CHECK(saved(resumed) == saved(first));
    resumed(x.bottomRows(13));
    CHECK(saved(resumed) == saved(whole));

    auto merged = prepare<Static>(net());
    load_from(saved(second), merged);
    merged.merge(first);
    CHECK(saved(merged) == saved(whole));
    for (const std::size_t i : {0U, 1U, 2U}) {
        CHECK(merged.edge(i).params() == whole.edge(i).params());
    }
}

TEST_CASE("Network calibration: a network without ranges of its own has an empty file") {
    auto dynamic = prepare<Dynamic>(net());
    const std::string bytes = saved(dynamic);
    load_from(bytes, dynamic);
    CHECK(saved(dynamic) == bytes);
}

TEST_CASE("Network calibration: other layers, widths and recipes are refused, nothing changes") {
    auto target = prepare<Static>(net());
    target(FeatureMatrix::Random(5, 4));
    const std::string before = saved(target);
    CHECK_THROWS_WITH(load_from(saved(prepare<Static>(net("other"))), target),
                      "load: the layers differ, expected \"hidden\", given \"other\"");
    CHECK_THROWS_WITH(load_from(saved(prepare<Static>(net(), {use_bits("head", 8, 4)})), target),
                      "load: the codes of \"hidden\" differ, expected 0 to 255, given 0 to 15");
    CHECK_THROWS_WITH(load_from(saved(prepare<Static>(sequential(linear(2, 4)))), target),
                      "load: the number of observed edges differs, expected 3, given 2");
    CHECK_THROWS_AS(load_from(saved(prepare<Dynamic>(net())), target), std::runtime_error);
    CHECK_THROWS_AS(load_from(saved(target.edge(0)), target), std::runtime_error);
    CHECK_THROWS_AS(load_from(before.substr(0, before.size() - 1), target), std::runtime_error);
    CHECK(saved(target) == before);
}
