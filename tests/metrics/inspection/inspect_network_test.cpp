#include "intact/metrics/inspection/inspect_network.hpp"

#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "examples/quantize_network/dataset.hpp"
#include "examples/quantize_network/networks.hpp"
#include "intact/metrics/inspection/network_page.hpp"
#include "intact/metrics/inspection/network_text.hpp"
#include "sample_network.hpp"

using namespace intact;

namespace {

using PerRow = SymmetricQuantizer<std::int8_t, PerChannel<0>>;
using Int8 = StaticRecipe<PerRow, AffineQuantizer<std::uint8_t>>;

template <class Batch>
NetworkInspection inspected(const Sequential& net, const Batch& x,
                            const Exceptions& exceptions = {}) {
    auto watched = prepare<Int8>(net, exceptions);
    watched(x);
    return inspect(watched, convert(watched), x);
}

std::string advice_of(const NetworkInspection& network) {
    std::string text;
    for (const LayerInspection& layer : network.layers) {
        for (const Advice& one : layer.advice) text += layer.name + " " + one.finding + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("inspect network: its figures are those of the networks") {
    const Sequential net = sample::three_layers();
    const sample::Rows x = sample::gaussian(300, 30);
    auto watched = prepare<Int8>(net);
    watched(x);
    const auto int8 = convert(watched);
    const std::vector<sample::Rows> halves{x.topRows(100), x.bottomRows(200)};
    const NetworkInspection seen = inspect(watched, int8, halves);

    REQUIRE(seen.layers.size() == 3);
    CHECK(seen.sqnr_db == doctest::Approx(sqnr_db(net(x), int8(x))).epsilon(1e-4));
    CHECK(seen.bytes == int8.bytes());
    CHECK(seen.float_bytes == net.bytes());
    CHECK(seen.layers[2].sqnr_db == seen.sqnr_db);

    // Harm by the definition: the same network with this layer in float.
    auto other = prepare<Int8>(net, {keep_float("second")});
    other(x);
    const double all = mse(net(x), int8(x));
    const double rest = mse(net(x), convert(other)(x));
    CHECK(seen.layers[1].harm == doctest::Approx(1.0 - rest / all).epsilon(1e-4));

    REQUIRE(seen.layers[1].weights);
    CHECK(seen.layers[1].weights->scales == 40);
    CHECK(seen.layers[1].weights->name == "weights of second");
    REQUIRE(seen.layers[1].input);
    CHECK(seen.layers[1].input->use.values() == 300 * 40);
    CHECK(seen.layers[1].input->channels.size() == 40);
    CHECK(seen.layers[1].input->in_use->range.min == 0.0);
    CHECK(advice_of(seen).empty());
}

TEST_CASE("inspect network: layers in float have no codes to look at, exceptions keep their bits") {
    const Sequential net = sample::three_layers();
    const sample::Rows x = sample::gaussian(100, 30);
    const NetworkInspection seen = inspected(net, x, {keep_float("first"), use_bits("head", 5, 4)});
    CHECK_FALSE(seen.layers[0].quantized);
    CHECK_FALSE(seen.layers[0].weights);
    CHECK_FALSE(seen.layers[0].input);
    CHECK(seen.layers[0].harm == 0.0);
    CHECK(seen.layers[2].weights->use.counts().size() == 31);
    CHECK(seen.layers[2].input->use.counts().size() == 16);
    CHECK(by_harm(seen).back() == 0);
}

TEST_CASE("inspect network: a layer that dominates the error is named first, with what to do") {
    const Sequential net = sample::three_layers();
    const sample::Rows x = sample::gaussian(200, 30);
    const NetworkInspection seen = inspected(net, x, {use_bits("second", 3)});
    CHECK(by_harm(seen).front() == 1);
    REQUIRE(seen.layers[1].advice.size() == 1);
    CHECK(seen.layers[1].advice[0].condition == Condition::dominant_layer);
    CHECK(seen.layers[1].advice[0].remedy.find("keep_float(\"second\")") != std::string::npos);
    CHECK(seen.layers[0].advice.empty());
    CHECK(seen.layers[2].advice.empty());
}

TEST_CASE("inspect network: a range that the test set leaves is heavy clipping at that input") {
    const Sequential net = sample::three_layers();
    const sample::Rows x = sample::gaussian(200, 30);
    auto watched = prepare<Int8>(net);
    watched(sample::Rows(0.2F * x));
    const NetworkInspection seen = inspect(watched, convert(watched), x);
    const std::string text = advice_of(seen);
    CHECK(text.find("first input: ") != std::string::npos);
    CHECK(text.find("lie beyond the range") != std::string::npos);
}

TEST_CASE("inspect network: the Fashion networks get no advice") {
    const std::filesystem::path folder =
        std::filesystem::path(INTACT_EXAMPLES_DATA_DIR) / "fashion";
    const example::Batch images = example::read_dataset(folder, "calib256").batch(0, 256);
    CHECK(advice_of(inspected(example::plain_network(folder / "cnn"), images)) == "");
    CHECK(advice_of(inspected(example::depthwise_network(folder / "dw"), images)) == "");
}

TEST_CASE("inspect network: a batch that is an expression is evaluated once") {
    const Sequential net = sample::three_layers();
    auto watched = prepare<Int8>(net);
    watched(sample::gaussian(20, 30));
    const auto int8 = convert(watched);
    int calls = 0;
    const auto next = [&calls](Index /*i*/, Index /*j*/) {
        return static_cast<float>(++calls % 7 - 3);
    };
    (void)inspect(watched, int8, sample::Rows::NullaryExpr(20, 30, next));
    CHECK(calls == 20 * 30);
    (void)report(net, int8, sample::Rows::NullaryExpr(20, 30, next));
    CHECK(calls == 2 * 20 * 30);
}

TEST_CASE("inspect network: no batch is refused") {
    const Sequential net = sample::three_layers();
    auto watched = prepare<Int8>(net);
    watched(sample::gaussian(20, 30));
    const auto int8 = convert(watched);
    CHECK_THROWS_AS((void)inspect(watched, int8, std::vector<sample::Rows>{}),
                    std::invalid_argument);
}

TEST_CASE("Network text and page: every layer, most harmful first, escaped, complete in itself") {
    Sequential net = sample::three_layers();
    const sample::Rows x = sample::gaussian(200, 30);
    NetworkInspection seen = inspected(net, x, {use_bits("second", 3), keep_float("head")});
    seen.layers[0].name = "a < b";
    seen.layers[1].advice = {{.finding = "more < less", .remedy = "turn around"}};
    std::ostringstream out;
    out << seen;
    const std::string text = out.str();
    CHECK(text.find("second") < text.find("a < b"));
    CHECK(text.find("a < b") < text.find("head"));
    CHECK(text.find("  ! more < less") != std::string::npos);
    CHECK(text.find("nan") == std::string::npos);

    const std::string page = html_page("Net", seen);
    CHECK(page.find("<h2>second</h2>") < page.find("<h2>a &lt; b</h2>"));
    CHECK(page.find("<table class=\"cards\">") != std::string::npos);
    CHECK(page.find("This layer stays in float.") != std::string::npos);
    for (const std::string none :
         {"http", "<script", "<link", "url(", "@import", "nan", "a < b", "more < less"}) {
        CAPTURE(none);
        CHECK(page.find(none) == std::string::npos);
    }
}
