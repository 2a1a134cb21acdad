// Recipes: what is quantized when, what exceptions change, what is refused.
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "reference_network.hpp"
#include "samples.hpp"

#include "intact/metrics/error_measures.hpp"
#include "intact/nn/integer_network.hpp"
#include "intact/nn/recipe.hpp"

using namespace intact;
using samples::Source;
using samples::Tensor;

namespace {

using Weights = SymmetricQuantizer<std::int8_t, PerChannel<0>>;
using Static = StaticRecipe<Weights, AffineQuantizer<std::uint8_t>>;
using Dynamic = DynamicRecipe<Weights, AffineQuantizer<std::uint8_t>>;
using WeightOnly = WeightOnlyRecipe<Weights>;

struct CodesOut : Static {
    static constexpr bool float_output = false;
};

/// The same, where scales of weights make room for biases.
struct Raised : CodesOut {
    static constexpr bool raises_weight_scales = true;
};

struct HeadInFloat : Static {
    static Exceptions exceptions() { return {keep_float("head")}; }
};

/// The layers of one network, so that parts of it can be run alone.
struct Parts {
    Source source{1};
    Conv2d first{source.tensor(6, 2, 3, 3, false), source.vector(6, false), {.padding = 1}};
    Conv2d second{source.tensor(6, 1, 3, 3, false), source.vector(6, false), {.groups = 6}};
    Linear head = Linear(source.matrix(4, 54, false), source.vector(4, false)).named("head");
    Tensor x = source.tensor(7, 2, 10, 10, false);

    [[nodiscard]] Sequential net() const {
        return sequential(first, Relu(), MaxPool2d(2), second, Relu6(), Flatten(), head);
    }
};

template <class R>
IntegerNetwork<R> converted(const Parts& parts, const Exceptions& exceptions = R::exceptions()) {
    auto watched = prepare<R>(parts.net(), exceptions);
    watched(parts.x);
    return convert(watched);
}

template <class Error, class Work>
std::string refusal(Work work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

/// A copy of a kernel or matrix that stands for its codes.
template <class Q, class X>
X through_codes(const X& real) {
    Q quantizer;
    quantizer.observe(real);
    return quantizer.fake_quantize(real);
}

}  // namespace

TEST_CASE("prepare: calibration gives the answers of the float network") {
    const Parts parts;
    auto watched = prepare<Static>(parts.net());
    CHECK(watched(parts.x) == parts.net()(parts.x));
    auto dynamic = prepare<Dynamic>(parts.net());
    CHECK(dynamic(parts.x) == parts.net()(parts.x));
}

TEST_CASE("convert: before calibration a static recipe is refused, the others need none") {
    const Parts parts;
    CHECK_THROWS_WITH_AS(
        (void)convert(prepare<Static>(parts.net())),
        "convert: nothing was observed, expected the prepared network to be run on "
        "calibration data first",
        std::logic_error);
    CHECK_NOTHROW((void)convert(prepare<Dynamic>(parts.net())));
    CHECK_NOTHROW((void)convert(prepare<WeightOnly>(parts.net())));
    auto watched = prepare<Static>(parts.net());
    watched(Tensor(0, 2, 10, 10));  // an empty batch is none
    CHECK_THROWS_AS((void)convert(watched), std::logic_error);
}

TEST_CASE("prepare: a batch with NaN is refused and nothing is observed") {
    const Parts parts;
    auto watched = prepare<Static>(parts.net());
    watched(parts.x);
    const auto before = watched.edge(0).params();
    Tensor bad = parts.x * 3.0F;
    bad(6, 1, 9, 9) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH_AS(watched(bad), doctest::Contains("Watched: the input: "),
                         std::domain_error);
    CHECK(watched.edge(0).params() == before);
    const Sequential large =
        sequential(Linear(Eigen::MatrixXf::Constant(2, 3, 1e38F)).named("wide"));
    auto watched_large = prepare<Static>(large);
    CHECK_THROWS_WITH_AS(
        watched_large(Eigen::MatrixXf::Constant(4, 3, 9.0F)),
        doctest::Contains("Watched: the output of wide: Quantizer::observe: 8 of 8 values are not "
                          "finite"),
        std::domain_error);
    Eigen::MatrixXf at_one_place = Eigen::MatrixXf::Zero(4, 3);
    at_one_place(2, 1) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH_AS(watched_large(at_one_place), doctest::Contains("the first is at [2, 1]"),
                         std::domain_error);
}

TEST_CASE("convert: integers read NaN as zero and infinities as the ends of the range") {
    const Parts parts;
    auto watched = prepare<Static>(parts.net());
    watched(parts.x);
    const auto net = convert(watched);
    const auto answer = [&](float value) {
        Tensor x = parts.x;
        x(3, 1, 4, 5) = value;
        return net(x);
    };
    using Limits = std::numeric_limits<float>;
    CHECK(answer(Limits::quiet_NaN()) == answer(0.0F));
    CHECK(answer(Limits::infinity()) == answer(1e30F));
    CHECK(answer(-Limits::infinity()) == answer(-1e30F));
    CHECK(answer(Limits::infinity()) != answer(-1e30F));
}

TEST_CASE("convert: weights or biases that are not finite are refused") {
    Parts parts;
    parts.first.kernel(0, 0, 0, 0) = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS((void)convert(prepare<Dynamic>(parts.net())), std::domain_error);
    CHECK_THROWS_AS((void)convert(prepare<WeightOnly>(parts.net())), std::domain_error);

    Parts with_bias;
    with_bias.first.bias[2] = std::numeric_limits<float>::quiet_NaN();
    const std::string expected = "conv2d_0: the bias of channel 2 is not finite";
    CHECK_THROWS_WITH_AS((void)convert(prepare<Dynamic>(with_bias.net())), expected.c_str(),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS((void)convert(prepare<WeightOnly>(with_bias.net())), expected.c_str(),
                         std::invalid_argument);
}

TEST_CASE("convert: a bias too large for its sum is refused by name and channel") {
    Parts parts;
    parts.first.bias[3] = 1e7F;
    auto watched = prepare<Static>(parts.net());
    watched(parts.x);
    const std::string text = refusal<std::invalid_argument>([&] { (void)convert(watched); });
    CHECK(text.find("conv2d_0: the bias of channel 3 does not fit its int32 sum") == 0);
}

TEST_CASE("raises_weight_scales: the scale of a channel grows until its bias fits") {
    Source source(41);
    FeatureMatrix weights = source.matrix(3, 20, false);
    weights.row(1) *= 1e-9F;
    Eigen::VectorXf bias = source.vector(3, false);
    bias[1] = -0.75F;
    const FeatureMatrix x = source.matrix(9, 20, false);
    const auto net = sequential(Linear(weights, bias));
    const auto answer = [&]<class R>(R) {
        auto watched = prepare<R>(net);
        (void)watched(x);
        return convert(watched)(x);
    };
    CHECK_THROWS_AS((void)answer(CodesOut{}), std::invalid_argument);
    const FeatureMatrix exact = net(x);
    const FeatureMatrix raised = answer(Raised{});
    CHECK((raised.col(1).array() + 0.75F).abs().maxCoeff() < 0.02F);
    CHECK(sqnr_db(exact, raised) > 30.0);
}

TEST_CASE("Exceptions: a layer kept in float computes in float between integer ones") {
    const Parts parts;
    // By index and by name; first, in the middle, last, all.
    for (const Exceptions& exceptions :
         {Exceptions{keep_float(0)}, Exceptions{keep_float(3)}, Exceptions{keep_float("head")},
          Exceptions{keep_float(0), keep_float(3)}, Exceptions{keep_float(3), keep_float(6)},
          Exceptions{keep_float(0), keep_float(3), keep_float(6)}}) {
        const auto network = converted<Static>(parts, exceptions);
        const FeatureMatrix expected = parts.net()(parts.x);
        const FeatureMatrix y = network(parts.x);
        CHECK(sqnr_db(expected, y) > 25.0);
        if (exceptions.size() == 3) CHECK(y == expected);
    }
    // The first layer in float: what follows sees the codes of its exact answers.
    const auto network = converted<Static>(parts, {keep_float(0)});
    CHECK_FALSE(network.stages()[0].is_quantized());
    CHECK(network.stages()[1].is_quantized());
    const FeatureMatrix exact = parts.net().trace(parts.x)[0];
    AffineQuantizer<std::uint8_t> edge;
    edge.observe(exact);
    CHECK(network.trace(parts.x)[0] == edge.fake_quantize(exact));
    // The last layer in float: it works on the reals of the codes before it.
    const auto head = converted<HeadInFloat>(parts);
    const auto outputs = head.trace(parts.x);
    CHECK(outputs[3] == sequential(parts.head)(outputs[2]));
}

TEST_CASE("Exceptions: fewer bits of weights or of activations, bit for bit") {
    const Parts parts;
    for (const Exceptions& exceptions :
         {Exceptions{use_bits("head", 4)}, Exceptions{use_bits(0, 3), use_bits(3, 0, 5)},
          Exceptions{use_bits(6, 8, 4)}}) {
        auto watched = prepare<Static>(parts.net(), exceptions);
        watched(parts.x);
        CHECK(reference::bits(convert(watched)(parts.x)) == reference::answer(watched, parts.x));
    }
    // The head reads what the layer before Flatten wrote: that edge has 4 bits.
    auto watched = prepare<Static>(parts.net(), {use_bits("head", 0, 4)});
    CHECK(watched.edge(2).grid().qmax == 15);
    CHECK(watched.edge(1).grid().qmax == 255);
    // More of the error, the fewer bits.
    const FeatureMatrix y = parts.net()(parts.x);
    CHECK(mse(y, converted<Static>(parts, {use_bits(0, 4)})(parts.x)) >
          4 * mse(y, converted<Static>(parts)(parts.x)));
}

TEST_CASE("Exceptions: layers that are not there, or have no weights, are refused") {
    const Parts parts;
    const std::string choices = ", expected one of conv2d_0 (0), conv2d_3 (3), head (6), given ";
    const std::string start = "prepare: an exception names no layer with weights";
    const auto text = [&](const Exceptions& exceptions) {
        return refusal<std::invalid_argument>(
            [&] { (void)prepare<Static>(parts.net(), exceptions); });
    };
    CHECK(text({keep_float("tail")}) == start + choices + "tail");
    CHECK(text({keep_float(1)}) == start + choices + "1");
    CHECK(text({keep_float("flatten_5")}) == start + choices + "flatten_5");
    CHECK(text({use_bits(99, 4)}) == start + choices + "99");
    CHECK(text({use_bits(0, 9)}) ==
          "prepare: no such width for the weights of conv2d_0, expected 2 to 8 bits, given 9");
    CHECK(text({use_bits("head", 0, 1)}) ==
          "prepare: no such width for the activations of head, expected 2 to 8 bits, given 1");
}

TEST_CASE("prepare: two layers of one name are refused") {
    Source source(42);
    const Linear linear(source.matrix(4, 4), source.vector(4));
    const auto refused = [&](const Sequential& net) {
        return refusal<std::invalid_argument>([&] { (void)prepare<Static>(net); });
    };
    CHECK(refused(sequential(linear.named("a"), Relu(), linear.named("b"), linear.named("a"))) ==
          "prepare: two layers have one name, expected one each, given a for 0 and 3");
    CHECK(refused(sequential(linear.named("linear_1"), linear)) ==
          "prepare: two layers have one name, expected one each, given linear_1 for 0 and 1");
    CHECK_NOTHROW((void)prepare<Static>(sequential(linear, linear.named("a"), linear)));
}

TEST_CASE("float_output = false: the answer is made of codes, also behind a layer in float") {
    const Parts parts;
    auto watched = prepare<CodesOut>(parts.net());
    watched(parts.x);
    const QuantParams last = watched.edge(4).params().front();
    const auto are_codes = [&](const FeatureMatrix& y) {
        for (Index i = 0; i < y.size(); ++i) {
            const std::int32_t code = quantize_number(y.data()[i], last, {.qmin = 0, .qmax = 255});
            if (y.data()[i] != dequantize_number(code, last)) return false;
        }
        return true;
    };
    CHECK(are_codes(convert(watched)(parts.x)));
    CHECK(are_codes(converted<CodesOut>(parts, {keep_float("head")})(parts.x)));
    CHECK_FALSE(are_codes(converted<Static>(parts)(parts.x)));
}

TEST_CASE("DynamicRecipe: ranges are those of the batch at hand") {
    const Parts parts;
    const auto network = converted<Dynamic>(parts);
    // One layer: codes of the batch's own range, sums exact, answer from the contract.
    auto one = prepare<Static>(sequential(parts.first));
    one(parts.x);
    const auto dynamic = convert(prepare<Dynamic>(sequential(parts.first)));
    CHECK(reference::bits(dynamic(parts.x)) == reference::answer(one, parts.x));
    // A batch ten times as large is quantized as well as the first.
    const FeatureMatrix y = parts.net()(parts.x);
    CHECK(sqnr_db(y, network(parts.x)) > 30.0);
    const Tensor large = parts.x * 10.0F;
    CHECK(sqnr_db(parts.net()(large), network(large)) > 25.0);
    Tensor bad = parts.x;
    bad(0, 0, 0, 0) = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS((void)network(bad), std::domain_error);
    CHECK(network(Tensor(0, 2, 10, 10)).rows() == 0);
}

TEST_CASE("WeightOnlyRecipe: equals the float network with weights that went through codes") {
    Parts parts;
    const auto network = converted<WeightOnly>(parts);
    const FeatureMatrix y = network(parts.x);
    CHECK(y != parts.net()(parts.x));
    Parts replaced = parts;
    replaced.first.kernel = through_codes<Weights>(parts.first.kernel);
    replaced.second.kernel = through_codes<Weights>(parts.second.kernel);
    replaced.head.weights = through_codes<Weights>(parts.head.weights);
    CHECK(y == replaced.net()(parts.x));
}

TEST_CASE("WeightOnlyRecipe: groups along the input channels, the last one short") {
    Source source(5);
    const auto net =
        sequential(Conv2d(source.tensor(4, 5, 3, 2, false), source.vector(4, false)), Relu(),
                   Conv2d(source.tensor(4, 2, 2, 2, false), source.vector(4, false), {.groups = 2}),
                   Flatten(), Linear(source.matrix(3, 16, false), source.vector(3, false)));
    const Tensor x = source.tensor(2, 5, 5, 4, false);
    const auto check_groups = [&]<class Q>(Q, std::size_t params) {
        const auto network = convert(prepare<WeightOnlyRecipe<Q>>(net));
        auto layers = net.layers();
        for (Layer& layer : layers) {
            if (auto* conv = std::get_if<Conv2d>(&layer)) {
                conv->kernel = through_codes<Q>(conv->kernel);
            } else if (auto* linear = std::get_if<Linear>(&layer)) {
                linear->weights = through_codes<Q>(linear->weights);
            }
        }
        CHECK(network(x) == Sequential(layers)(x));
        const std::size_t weights = 4 * 5 * 6 + 4 * 2 * 4 + 3 * 16;
        CHECK(network.bytes() == weights + params + 4 * (4 + 4 + 3));
    };
    // Groups of 2 along 5, 2 and 16 channels; 4 bytes a scale, and 1 a zero point.
    const std::size_t groups = 4 * 3 * 6 + 4 * 1 * 4 + 3 * 8;
    check_groups(SymmetricQuantizer<std::int8_t, PerGroup<1, 2>>(), 4 * groups);
    check_groups(AffineQuantizer<UInt<4>, PerGroup<1, 2>>(), 5 * groups);
    check_groups(AffineQuantizer<std::uint8_t, PerGroup<1, 100>>(), 5 * (4 * 6 + 4 * 4 + 3));
    check_groups(SymmetricQuantizer<std::int8_t>(), 4 * 3);
    check_groups(AffineQuantizer<std::int8_t, PerChannel<0>>(), 5 * (4 + 4 + 3));
}

TEST_CASE("bytes: codes, scales, zero points where there are any, biases") {
    const Parts parts;
    const std::size_t weights = 6 * 2 * 9 + 6 * 9 + 4 * 54;
    const std::size_t biases = 4 * (6 + 6 + 4);
    CHECK(parts.net().bytes() == 4 * weights + biases);
    CHECK(converted<Static>(parts).bytes() == weights + biases + 4 * (6 + 6 + 4));
    CHECK(converted<Dynamic>(parts).bytes() == weights + biases + 4 * (6 + 6 + 4));
    CHECK(converted<Static>(parts, {keep_float(6)}).bytes() ==
          weights + 3 * 4 * 54 + biases + 4 * (6 + 6));
}

TEST_CASE("IntegerNetwork: a copy outlives the original and the float network") {
    const Parts parts;
    const auto check_copy = [&]<class R>(R) {
        auto original = std::make_unique<IntegerNetwork<R>>(converted<R>(parts));
        const FeatureMatrix y = (*original)(parts.x);
        const IntegerNetwork<R> copy = *original;
        *original = converted<R>(parts, {use_bits(0, 2)});
        CHECK((*original)(parts.x) != y);
        original.reset();
        CHECK(copy(parts.x) == y);
    };
    check_copy(Static());
    check_copy(Dynamic());
    check_copy(WeightOnly());
}

TEST_CASE("IntegerNetwork: one const network on several threads") {
    const Parts parts;
    const auto run = [&](const auto& network) {
        const FeatureMatrix y = network(parts.x);
        std::vector<int> wrong(4, 0);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < wrong.size(); ++i) {
            threads.emplace_back([&, i] {
                for (int times = 0; times < 10; ++times) {
                    if (network(parts.x) != y) ++wrong[i];
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        CHECK(wrong == std::vector<int>(4, 0));
    };
    const auto a = converted<Static>(parts);
    const auto b = converted<Dynamic>(parts);
    const auto c = converted<WeightOnly>(parts);
    run(a);
    run(b);
    run(c);
    run(parts.net());
}

TEST_CASE("IntegerNetwork: batches that do not fit are refused") {
    const Parts parts;
    const auto network = converted<Static>(parts);
    CHECK_THROWS_AS((void)network(Tensor(1, 3, 10, 10)), std::invalid_argument);
    CHECK_THROWS_AS((void)network(Tensor(1, 2, 11, 13)), std::invalid_argument);
    CHECK_THROWS_AS((void)network(Eigen::Tensor<float, 3>(2, 10, 10)), std::invalid_argument);
    CHECK(network(Tensor(0, 2, 10, 10)).rows() == 0);
}

TEST_CASE("IntegerNetwork: starts with Flatten, Linear, a clamp or the mean") {
    Source source(7);
    const Tensor x = source.tensor(5, 3, 4, 4, false);
    const auto check_start = [&](const Sequential& net) {
        auto watched = prepare<Static>(net);
        watched(x);
        const auto y = convert(watched)(x);
        CHECK(sqnr_db(net(x), y) > 30.0);
        CHECK(y != net(x));
    };
    const Linear linear(source.matrix(6, 48, false), source.vector(6, false));
    const Linear narrow(source.matrix(6, 3, false), source.vector(6, false));
    check_start(sequential(Flatten(), linear));
    check_start(sequential(Relu(), Flatten(), linear));
    check_start(sequential(GlobalAveragePool(), narrow));
    check_start(sequential(MaxPool2d(4), narrow, Relu(), Flatten()));
    check_start(sequential(Flatten(), linear, GlobalAveragePool()));
    auto watched = prepare<Static>(sequential(linear));
    const Eigen::Map<const FeatureMatrix> rows(x.data(), 5, 48);
    watched(rows);
    auto flat = prepare<Static>(sequential(Flatten(), linear));
    flat(x);
    CHECK(convert(watched)(rows) == convert(flat)(x));
    CHECK(convert(watched)(rows) == convert(flat)(rows));
}

TEST_CASE("Watched: copies of a network that saw parts merge into one that saw all") {
    Source source(8);
    const Tensor x = source.tensor(6, 3, 4, 4);
    const Sequential net = sequential(Flatten(), Linear(source.matrix(5, 48), source.vector(5)),
                                      Relu(), Linear(source.matrix(2, 5), source.vector(2)));
    const Eigen::Map<const FeatureMatrix> rows(x.data(), 6, 48);
    auto whole = prepare<Static>(net);
    auto first = prepare<Static>(net);
    auto second = prepare<Static>(net);
    whole(rows);
    first(rows.topRows(2));
    second(rows.bottomRows(4));
    second.merge(first);
    for (std::size_t i = 0; i < whole.edges().size(); ++i) {
        CHECK(second.edge(i).observers() == whole.edge(i).observers());
    }
    first.set_edges(whole.edges());
    CHECK(first.edge(0).observers() == whole.edge(0).observers());

    auto other = prepare<Static>(sequential(Flatten()));
    CHECK_THROWS_AS(other.merge(whole), std::invalid_argument);
    CHECK_THROWS_AS(other.set_edges(whole.edges()), std::invalid_argument);
    auto narrow = whole.edges();
    narrow.front() = Static::Activations::of_bits(4);
    CHECK_THROWS_AS(first.set_edges(narrow), std::invalid_argument);
}

TEST_CASE("Watched: what other layers or codes saw does not merge, in either direction") {
    const auto net = [](const std::string& hidden, Index width, const Layer& between) {
        return Sequential(
            {Linear(Eigen::MatrixXf::Ones(width, 3), Eigen::VectorXf::Zero(width)).named(hidden),
             between,
             Linear(Eigen::MatrixXf::Ones(2, width), Eigen::VectorXf::Zero(2)).named("head")});
    };
    const auto seen = [&](const Sequential& layers, const Exceptions& exceptions) {
        auto watched = prepare<Static>(layers, exceptions);
        watched(FeatureMatrix::Random(6, 3));
        return watched;
    };
    const auto plain = seen(net("hidden", 4, Relu()), {});
    const auto refuses = [](auto to, const auto& from) {
        const auto before = to.edges();
        CHECK_THROWS_AS(to.merge(from), std::invalid_argument);
        for (std::size_t i = 0; i < before.size(); ++i) {
            CHECK(to.edge(i).observers() == before[i].observers());
            CHECK(to.edge(i).grid() == before[i].grid());
        }
    };
    for (const auto& other :
         {seen(net("other", 4, Relu()), {}), seen(net("hidden", 4, Relu6()), {}),
          seen(net("hidden", 4, Relu()), {use_bits("head", 8, 4)})}) {
        refuses(plain, other);
        refuses(other, plain);
    }
    auto merged = plain;
    merged.merge(seen(net("hidden", 5, Relu()), {}));  // as load takes it: other weights
}
