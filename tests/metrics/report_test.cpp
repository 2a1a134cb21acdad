#include "intact/metrics/report.hpp"

#include <sstream>
#include <vector>

#include <doctest/doctest.h>

using namespace intact;

namespace {

using Int8 =
    StaticRecipe<SymmetricQuantizer<std::int8_t, PerChannel<0>>, AffineQuantizer<std::uint8_t>>;

Sequential two_layers() {
    return sequential(
        Linear(Eigen::MatrixXf::Random(8, 12), Eigen::VectorXf::Random(8)).named("in"), Relu(),
        Linear(Eigen::MatrixXf::Random(3, 8), Eigen::VectorXf::Random(3)));
}

IntegerNetwork<Int8> in_integers(const Sequential& net, const Eigen::MatrixXf& x,
                                 const Exceptions& exceptions = {}) {
    auto watched = prepare<Int8>(net, exceptions);
    watched(x);
    return convert(watched);
}

}  // namespace

TEST_CASE("report: its figures are those of the traces") {
    const Sequential net = two_layers();
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(20, 12);
    const auto int8 = in_integers(net, x);
    const Report seen = report(net, int8, x);
    const auto expected = net.trace(x);
    const auto given = int8.trace(x);
    REQUIRE(seen.layers.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(seen.layers[i].sqnr_db == sqnr_db(expected[i], given[i]));
        CHECK(seen.layers[i].max_abs_error == max_abs_error(expected[i], given[i]));
        CHECK(seen.layers[i].quantized);
        CHECK(seen.layers[i].form == "integer");
    }
    CHECK(seen.layers[0].name == "in");
    CHECK(seen.bytes == int8.bytes());
    CHECK(seen.bytes == seen.layers[0].bytes + seen.layers[1].bytes);
    CHECK(seen.float_bytes == (8 * 12 + 8 + 3 * 8 + 3) * sizeof(float));
}

TEST_CASE("report: several batches count as one") {
    const Sequential net = two_layers();
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(20, 12);
    const auto int8 = in_integers(net, x);
    const std::vector<Eigen::MatrixXf> halves{x.topRows(7), x.bottomRows(13)};
    const Report whole = report(net, int8, x);
    const Report parts = report(net, int8, halves);
    for (std::size_t i = 0; i < whole.layers.size(); ++i) {
        CHECK(parts.layers[i].sqnr_db == doctest::Approx(whole.layers[i].sqnr_db).epsilon(1e-4));
    }
}

TEST_CASE("report: a layer in float says so, and its table names every layer") {
    const Sequential net = two_layers();
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(20, 12);
    const Report seen = report(net, in_integers(net, x, {keep_float("in")}), x);
    CHECK_FALSE(seen.layers[0].quantized);
    CHECK(seen.layers[0].form == "float");
    CHECK(seen.layers[0].bytes == (8 * 12 + 8) * sizeof(float));
    std::ostringstream table;
    table << seen;
    CHECK(table.str().find("in ") != std::string::npos);
    CHECK(table.str().find("linear_2") != std::string::npos);
}

TEST_CASE("report: no batch is refused") {
    const Sequential net = two_layers();
    const auto int8 = in_integers(net, Eigen::MatrixXf::Random(20, 12));
    CHECK_THROWS_WITH_AS((void)report(net, int8, std::vector<Eigen::MatrixXf>{}),
                         "report: there is no batch, expected at least one", std::invalid_argument);
}
