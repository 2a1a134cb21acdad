// Static networks in integers against the contract in wide integers, bit for bit.
#include <doctest/doctest.h>

#include "reference_network.hpp"
#include "samples.hpp"

#include "intact/nn/code_stage.hpp"
#include "intact/nn/integer_network.hpp"
#include "intact/nn/integer_stage.hpp"
#include "intact/nn/integer_weights.hpp"
#include "intact/nn/prepare.hpp"

using namespace intact;
using samples::Source;
using samples::Tensor;

namespace {

using PerChannelWeights = SymmetricQuantizer<std::int8_t, PerChannel<0>>;
using Usual = StaticRecipe<PerChannelWeights, AffineQuantizer<std::uint8_t>>;
using Signed = StaticRecipe<PerChannelWeights, AffineQuantizer<std::int8_t>>;
using Centred = StaticRecipe<SymmetricQuantizer<std::int8_t>, SymmetricQuantizer<std::int8_t>>;
using AffineWeights =
    StaticRecipe<AffineQuantizer<std::uint8_t, PerChannel<0>>, AffineQuantizer<std::uint8_t>>;
using Middle = StaticRecipe<SymmetricQuantizer<std::uint8_t>, SymmetricQuantizer<std::uint8_t>>;
using FourBits = StaticRecipe<SymmetricQuantizer<Int<4>, PerChannel<0>>, AffineQuantizer<UInt<5>>>;

/// The usual recipe, with the answer in codes too.
struct CodesOut : StaticRecipe<PerChannelWeights, AffineQuantizer<std::uint8_t>> {
    static constexpr bool float_output = false;
};

template <class R>
void check_network(const Sequential& net, const Tensor& calibration, const Tensor& x) {
    auto watched = prepare<R>(net);
    watched(calibration);
    const auto int8 = convert(watched);
    const auto expected = reference::answer(watched, x);
    const auto given = reference::bits(int8(x));
    CHECK(given == expected);
    // Codes were made, not floats passed on.
    CHECK(given != reference::bits(net(x)));
    std::size_t distinct = 1;
    for (std::size_t i = 1; i < given.size(); ++i)
        if (given[i] != given[i - 1]) ++distinct;
    CHECK(distinct > given.size() / 8);
}

template <class R>
void check_networks(unsigned seed) {
    Source source(seed);
    const auto real = [&](Index a, Index b, Index c, Index d) {
        return source.tensor(a, b, c, d, false);
    };
    const auto bias = [&](Index n) { return source.vector(n, false); };
    // Calibrated on less than what it sees, so that codes saturate.
    const Tensor x = real(5, 3, 9, 7);
    const Tensor calibration = x * 0.8F;

    // Padding with the zero point, a stride, pooling of overlapping windows, both clamps.
    check_network<R>(
        sequential(Conv2d(real(6, 3, 3, 3), bias(6), {.padding = 1}), Relu(), MaxPool2d(3, 2),
                   Conv2d(real(9, 6, 3, 2), bias(9), {.padding = 1}), Relu6(), Flatten(),
                   Linear(source.matrix(10, 4 * 4 * 9, false), bias(10))),
        calibration, x);
    // Groups, dilation, depthwise, a pooling before its clamp, the mean.
    check_network<R>(
        sequential(Conv2d(real(8, 3, 1, 1), bias(8)), MaxPool2d(2), Relu(),
                   Conv2d(real(8, 1, 3, 3), bias(8), {.padding = 1, .groups = 8}), Relu6(),
                   Conv2d(real(6, 4, 2, 2), bias(6), {.padding = 2, .dilation = 2, .groups = 2}),
                   GlobalAveragePool(), Linear(source.matrix(5, 6, false), bias(5))),
        calibration, x);
    // A convolution that answers, with clamp and pooling in float; a pooling first in line.
    check_network<R>(
        sequential(Conv2d(real(19, 3, 3, 3), bias(19), {.stride = 2, .padding = 2, .dilation = 2}),
                   Conv2d(real(5, 19, 2, 1), bias(5)), Relu(), MaxPool2d(2, 1)),
        calibration, x);
}

}  // namespace

TEST_CASE("IntegerNetwork: uint8 activations, int8 weights a channel, bit for bit") {
    for (unsigned seed = 0; seed < 4; ++seed) check_networks<Usual>(seed);
}

TEST_CASE("IntegerNetwork: signed, symmetric and affine codes on either side, bit for bit") {
    check_networks<Signed>(11);
    check_networks<Centred>(12);
    check_networks<AffineWeights>(13);
    check_networks<Middle>(14);
}

TEST_CASE("IntegerNetwork: narrow codes, bit for bit") { check_networks<FourBits>(15); }

TEST_CASE("IntegerNetwork: answers in codes, bit for bit") {
    for (unsigned seed = 16; seed < 19; ++seed) check_networks<CodesOut>(seed);
}

TEST_CASE("IntegerNetwork: the clamp at 6 cuts codes where the range goes beyond 6") {
    // A scale that is a power of two: 6 is code 192 of 255.
    using Powers =
        StaticRecipe<PerChannelWeights,
                     Quantizer<std::uint8_t, PowerOfTwo<Affine>, PerTensor, MinMax, NearestEven>>;
    Source source(30);
    const auto net =
        sequential(Conv2d(source.tensor(6, 3, 3, 3), source.vector(6)), Relu6(), MaxPool2d(2, 1),
                   Conv2d(source.tensor(6, 1, 2, 2), source.vector(6), {.groups = 6}), Relu6(),
                   Flatten(), Linear(source.matrix(4, 6 * 9, false), source.vector(4, false)));
    const Tensor x = source.tensor(4, 3, 7, 7);
    REQUIRE(net.trace(x)[0].maxCoeff() == 6.0F);
    REQUIRE(net.trace(x)[1].maxCoeff() == 6.0F);
    check_network<Powers>(net, x, x);
    auto watched = prepare<Powers>(net);
    watched(x);
    CHECK(watched.edge(1).params().front() == QuantParams{0x1p-5F, 0});
    CHECK(convert(watched).trace(x)[0].maxCoeff() == 6.0F);
    CHECK(convert(watched).trace(x)[1].maxCoeff() == 6.0F);
}

TEST_CASE("IntegerNetwork: sums longer than int32 holds are answered in float, refused in codes") {
    Source source(20);
    const Index k = 66400;  // uint8 x int8 in [-127, 127] allows 66311 at most
    const FeatureMatrix w = FeatureMatrix::Constant(2, k, 1.0F);
    const Eigen::VectorXf b = Eigen::VectorXf::Zero(2);
    Tensor x(1, k, 1, 1);
    x.setConstant(1.0F);
    auto watched = prepare<Usual>(sequential(Linear(w, b)));
    watched(x);
    const auto int8 = convert(watched);
    CHECK(reference::bits(int8(x)) == reference::answer(watched, x));
    auto in_codes = prepare<CodesOut>(sequential(Linear(w, b)));
    in_codes(x);
    CHECK_THROWS_AS((void)convert(in_codes), std::invalid_argument);
}

TEST_CASE("IntegerNetwork: a batch of 64 and 64 batches of 1 give the same bits") {
    Source source(21);
    const auto net = sequential(
        Conv2d(source.tensor(7, 2, 3, 3, false), source.vector(7, false)), Relu(), MaxPool2d(2),
        Conv2d(source.tensor(7, 1, 2, 2, false), source.vector(7, false), {.groups = 7}), Flatten(),
        Linear(source.matrix(10, 7 * 4, false), source.vector(10, false)));
    const Tensor x = source.tensor(64, 2, 8, 8, false);
    auto watched = prepare<Usual>(net);
    watched(x);
    const auto int8 = convert(watched);
    const FeatureMatrix all = int8(x);
    REQUIRE(all.rows() == 64);
    for (Index i = 0; i < 64; ++i) {
        const Tensor one =
            x.slice(std::array<Index, 4>{i, 0, 0, 0}, std::array<Index, 4>{1, 2, 8, 8});
        const FeatureMatrix y = int8(one);
        CHECK(y.row(0) == all.row(i));
    }
}
