// Convolutions straight from the image: any geometry, against the contract in wide integers.
#include <doctest/doctest.h>

#include <vector>

#include "reference_network.hpp"
#include "samples.hpp"

#include "intact/nn/direct.hpp"
#include "intact/nn/direct_weights.hpp"
#include "intact/nn/integer_network.hpp"
#include "intact/nn/prepare.hpp"

using namespace intact;
using samples::Source;
using samples::Tensor;

namespace {

using PerChannelWeights = SymmetricQuantizer<std::int8_t, PerChannel<0>>;

struct Unsigned : StaticRecipe<PerChannelWeights, AffineQuantizer<std::uint8_t>> {
    static constexpr bool float_output = false;
};
struct Signed : StaticRecipe<PerChannelWeights, AffineQuantizer<std::int8_t>> {
    static constexpr bool float_output = false;
};
/// Zero points on both sides: depthwise layers run directly, the others as matrix products.
struct AffineBoth
    : StaticRecipe<AffineQuantizer<std::int8_t, PerChannel<0>>, AffineQuantizer<std::uint8_t>> {
    static constexpr bool float_output = false;
};
using Reals = StaticRecipe<PerChannelWeights, AffineQuantizer<std::uint8_t>>;

/// One convolution and the image that it sees.
struct Case {
    Index out, in, height, width;  ///< of the kernel; `in` of one group
    Conv2dOptions options;
    Index image_height, image_width;
    Index pool = 1, pool_stride = 1;
};

template <class R>
void check(const Case& one, unsigned seed) {
    Source source(seed);
    std::vector<Layer> layers{Conv2d(source.tensor(one.out, one.in, one.height, one.width, false),
                                     source.vector(one.out, false), one.options),
                              Relu()};
    if (one.pool > 1 || one.pool_stride > 1) {
        layers.emplace_back(MaxPool2d(one.pool, one.pool_stride));
    }
    const Tensor x =
        source.tensor(2, one.in * one.options.groups, one.image_height, one.image_width, false);
    auto watched = prepare<R>(Sequential(layers));
    watched(x);
    CHECK(reference::bits(convert(watched)(x)) == reference::answer(watched, x));
}

void check_all(const std::vector<Case>& cases) {
    unsigned seed = 0;
    for (const Case& one : cases) {
        CAPTURE(seed);
        check<Unsigned>(one, ++seed);
        check<Signed>(one, seed);
        check<AffineBoth>(one, seed);
        check<Reals>(one, seed);
    }
}

template <class W = PerChannelWeights>
bool is_direct(const Layer& layer) {
    return nn::runs_directly(nn::IntegerWeights<W>(layer, 0));
}

}  // namespace

TEST_CASE("Direct: kernels of all sizes, strides, paddings and dilations, bit for bit") {
    check_all({
        {16, 1, 3, 3, {}, 12, 11},
        {5, 1, 2, 5, {.padding = 1}, 9, 8},
        {17, 3, 3, 3, {.stride = 2, .padding = 1}, 9, 10},
        {33, 4, 1, 1, {}, 5, 9},
        {10, 6, 1, 1, {.stride = 3}, 8, 7},
        {48, 5, 3, 1, {.padding = 2}, 4, 6},
        {3, 16, 3, 3, {.padding = 1, .dilation = 2}, 9, 9},
        {20, 7, 2, 3, {.stride = 2, .padding = 3, .dilation = 2}, 7, 9},
        {64, 3, 5, 5, {.padding = 2}, 6, 23},
        {1, 1, 1, 1, {}, 1, 1},
        {70, 3, 3, 3, {.padding = 1}, 6, 6},  // as a matrix product
        {64, 90, 3, 3, {}, 4, 4},             // likewise
    });
}

TEST_CASE("Direct: pooling windows side by side, apart and over one another, bit for bit") {
    check_all({
        {16, 1, 3, 3, {}, 14, 15, 2, 2},
        {32, 16, 3, 3, {}, 13, 13, 2, 2},
        {12, 3, 3, 3, {.padding = 1}, 10, 11, 3, 3},
        {18, 2, 2, 2, {.stride = 2}, 15, 15, 2, 3},
        {9, 4, 3, 3, {.padding = 1}, 9, 8, 3, 2},
        {8, 5, 1, 1, {}, 7, 7, 1, 2},
    });
}

TEST_CASE("Direct: groups of channels, bit for bit") {
    check_all({
        {8, 4, 3, 3, {.padding = 1, .groups = 2}, 6, 7, 2, 2},
        {12, 1, 3, 3, {.groups = 4}, 6, 6},
        {40, 3, 2, 2, {.stride = 2, .groups = 2}, 8, 8},
    });
}

TEST_CASE("Direct: depthwise, with one run a row or one a pixel, bit for bit") {
    for (const Index channels : {2, 7, 8, 15, 16, 24, 33, 40, 150}) {
        CAPTURE(channels);
        check_all({
            {channels, 1, 3, 3, {.padding = 1, .groups = channels}, 7, 6},
            {channels, 1, 3, 2, {.stride = 2, .groups = channels}, 8, 9},
            {channels, 1, 2, 3, {.padding = 2, .dilation = 2, .groups = channels}, 5, 9, 2, 2},
        });
    }
}

TEST_CASE("Direct: rows longer than a piece of sums, bit for bit") {
    check_all({
        {64, 1, 2, 2, {}, 3, 300},
        {200, 1, 1, 3, {.groups = 200}, 1, 60},
    });
}

TEST_CASE("Direct: few outputs run directly, many as a product of matrices") {
    Source source(1);
    const auto conv = [&](Index out, Index in, const Conv2dOptions& options = {}) {
        return Conv2d(source.tensor(out, in, 3, 3), source.vector(out), options);
    };
    CHECK(is_direct(conv(64, 85)));
    CHECK(!is_direct(conv(65, 8)));
    CHECK(!is_direct(conv(8, 86)));
    CHECK(is_direct(conv(128, 8, {.groups = 2})));
    CHECK(is_direct(conv(500, 1, {.groups = 500})));
    CHECK(!is_direct(Linear(source.matrix(8, 8), source.vector(8))));
    // Weights less their zero points must fit int8, or int16 where depthwise.
    using AffineWeights = AffineQuantizer<std::int8_t, PerChannel<0>>;
    CHECK(!is_direct<AffineWeights>(conv(8, 8)));
    CHECK(is_direct<AffineWeights>(conv(8, 1, {.groups = 8})));
    CHECK(is_direct<SymmetricQuantizer<std::uint8_t>>(conv(8, 8)));
}
