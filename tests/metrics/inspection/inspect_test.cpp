#include "intact/metrics/inspection/inspect.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <doctest/doctest.h>

#include "intact/metrics/error_measures.hpp"
#include "samples.hpp"

using namespace intact;

TEST_CASE("inspect: its figures are those of the quantizer") {
    sample::Rows x = sample::gaussian(6, 70);
    x.row(1) *= 3.0F;
    SymmetricQuantizer<std::int8_t, PerChannel<0>> quantizer;
    quantizer.observe(x);
    const TensorInspection seen =
        inspect<SymmetricQuantizer<std::int8_t, PerChannel<0>>>(x, "layer");
    CHECK(seen.name == "layer");
    CHECK(seen.scales == 6);
    CHECK(seen.use.values() == 420);
    CHECK(seen.channel_size() == 70);
    CHECK(seen.use.sqnr_db() == doctest::Approx(sqnr_db(x, quantizer.fake_quantize(x))));
    REQUIRE(seen.channels.size() == 6);
    for (Index i = 0; i < 6; ++i) {
        const ChannelExtremes& own = seen.channels[static_cast<std::size_t>(i)];
        CHECK(own.min == static_cast<double>(x.row(i).minCoeff()));
        CHECK(own.max == static_cast<double>(x.row(i).maxCoeff()));
    }
    CHECK(farthest_channel(seen.channels) == 1);
}

TEST_CASE("inspect: convolution kernels have their channels along axis 0") {
    Eigen::Tensor<float, 4> kernel(3, 2, 3, 3);
    kernel.setRandom();
    kernel.chip(2, 0) = kernel.chip(2, 0) * kernel.chip(2, 0).constant(100.0F);
    const TensorInspection seen = inspect(kernel);
    REQUIRE(seen.channels.size() == 3);
    REQUIRE(seen.advice.size() == 1);
    CHECK(seen.advice[0].channel == 2);
}

TEST_CASE("inspect: an expression is evaluated once") {
    int calls = 0;
    const auto next = [&calls](Index /*i*/) { return static_cast<float>(++calls % 64); };
    const TensorInspection seen = inspect(Eigen::ArrayXf::NullaryExpr(64, next), "counted");
    CHECK(calls == 64);
    CHECK(seen.use.values() == 64);
    // All that was looked at is one sample: its extremes are in range.
    const TensorInspection random = inspect(Eigen::MatrixXf::Random(16, 16), "random");
    double largest = 0.0;
    for (const ChannelExtremes& own : random.channels) largest = std::max(largest, own.largest());
    REQUIRE(random.in_use.has_value());
    CHECK(random.in_use->range.max == doctest::Approx(largest).epsilon(1e-6));
    Eigen::Tensor<float, 2> tensor(8, 8);
    tensor.setConstant(1.0F);
    CHECK(inspect(tensor.random(), "random").use.clipped_share() == 0.0);
}

TEST_CASE("inspect: a quantizer that has parameters keeps them") {
    using Q = SymmetricQuantizer<std::int8_t>;
    const sample::Rows x = sample::gaussian(4, 50);
    CHECK(inspect(x, "by hand", Q(QuantParams{0.5F, 0})).in_use->scale == 0.5);
    Q observed;
    observed.observe(sample::Rows::Constant(1, 1, 254.0F));
    CHECK(inspect(x, "observed", observed).in_use->scale == 2.0);
    CHECK(inspect(x, "neither", Q::of_bits(4)).in_use->range.max ==
          doctest::Approx(static_cast<double>(x.cwiseAbs().maxCoeff())));
}

TEST_CASE("inspect: batches count as one, the channels of activations along the last axis") {
    const sample::Rows x = sample::gaussian(100, 4);
    AffineQuantizer<std::uint8_t> quantizer;
    quantizer.observe(x);
    Inspector<AffineQuantizer<std::uint8_t>> whole(quantizer);
    whole.add<1>(x);
    Inspector<AffineQuantizer<std::uint8_t>> parts(quantizer);
    parts.add<1>(x.topRows(30));
    parts.add<1>(x.bottomRows(70));
    const auto a = whole.finish("x", TensorRole::activations);
    const auto b = parts.finish("x", TensorRole::activations);
    CHECK(a.use.counts() == b.use.counts());
    CHECK(a.bars.counts == b.bars.counts);
    CHECK(a.channels.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) CHECK(a.channels[i].max == b.channels[i].max);
    CHECK(a.criteria.ranges[3].scale == b.criteria.ranges[3].scale);
}

TEST_CASE("inspect: a tensor of zeros or of one value is seen without a fuss") {
    const TensorInspection zeros = inspect(sample::Rows(sample::Rows::Zero(1, 9)));
    CHECK(zeros.advice.empty());
    CHECK(std::isinf(zeros.use.sqnr_db()));
    CHECK(inspect(sample::Rows(sample::Rows::Constant(1, 9, 2.5F))).advice.empty());
}

TEST_CASE("inspect: nothing and what is not finite are refused") {
    CHECK_THROWS_WITH_AS((void)inspect(sample::Rows(0, 4), "empty"),
                         "inspect: there are no values, expected at least one in empty",
                         std::invalid_argument);
    sample::Rows x = sample::gaussian(2, 2);
    x(1, 1) = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS((void)inspect(x), std::domain_error);
    const SymmetricQuantizer<std::int8_t> by_hand(QuantParams{0.5F, 0});
    CHECK_THROWS_WITH_AS((void)inspect(x, "w", by_hand),
                         "inspect: 1 of 4 values are not finite, expected none, the first is at "
                         "[1, 1], index 3 in row-major order",
                         std::domain_error);
}
