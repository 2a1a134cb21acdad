#include "intact/metrics/inspection/advice.hpp"

#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/histogram.hpp"
#include "samples.hpp"

using namespace intact;

namespace {

using PerTensorInt8 = SymmetricQuantizer<std::int8_t>;
using PerRowInt8 = SymmetricQuantizer<std::int8_t, PerChannel<0>>;

/// The only advice, which must be of that kind.
Advice only(const TensorInspection& seen, Condition condition) {
    REQUIRE(seen.advice.size() == 1);
    CHECK(seen.advice[0].condition == condition);
    CHECK(!seen.advice[0].finding.empty());
    CHECK(!seen.advice[0].remedy.empty());
    return seen.advice[0];
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Advice: Gaussian tensors of any size get none") {
    for (const auto& shape : {std::array<Index, 2>{1, 10}, {10, 4}, {64, 256}, {300, 400}}) {
        CAPTURE(shape[0]);
        for (unsigned seed = 1; seed <= 3; ++seed) {
            const sample::Rows x = sample::gaussian(shape[0], shape[1], seed);
            CHECK(inspect(x).advice.empty());
            CHECK(inspect<PerRowInt8>(x).advice.empty());
            CHECK(inspect<AffineQuantizer<std::uint8_t>>(x.cwiseMax(0.0F), "relu").advice.empty());
            CHECK(inspect<SymmetricQuantizer<Int<4>, PerChannel<0>, Histogram<MeanSquaredError>>>(x)
                      .advice.empty());
            CHECK(inspect<SymmetricQuantizer<Int<4>, PerTensor, Histogram<MeanSquaredError>>>(x)
                      .advice.empty());
        }
    }
}

TEST_CASE("Advice: a scale that fits a handful of values by luck is no reason for another range") {
    for (unsigned seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        const sample::Rows x = sample::gaussian(1, 3, seed).cwiseAbs();
        CHECK(inspect<AffineQuantizer<std::uint8_t>>(x, "few").advice.empty());
    }
}

TEST_CASE("Advice: an outlier channel asks for a scale for each channel, and then is silent") {
    sample::Rows x = sample::gaussian(64, 100);
    x.row(53) *= 198.0F;
    const Advice advice = only(inspect(x), Condition::outlier_channel);
    CHECK(advice.channel == 53);
    CHECK(has(advice.finding, "channel 53 "));
    CHECK(has(advice.finding, "3 of 255 codes"));
    CHECK(has(advice.remedy, "PerChannel<0>"));
    CHECK(inspect<PerRowInt8>(x).advice.empty());

    x.row(53) /= 40.0F;  // within the threshold
    CHECK(inspect(x).advice.empty());
}

TEST_CASE("Advice: outlier values ask for percentile or squared error, and then are silent") {
    sample::Rows x = sample::gaussian(10, 10000);
    x(3, 17) = 40.0F;
    x(6, 50) = -37.0F;
    x(7, 51) = 38.0F;
    for (Index row = 0; row < x.rows(); ++row) x(row, 5) = 39.0F;
    const Advice advice = only(inspect(x), Condition::outlier_values);
    CHECK(has(advice.finding, "99.9 % of the values"));
    CHECK(has(advice.remedy, "Histogram<Percentile<>>"));
    CHECK(has(advice.remedy, "MeanSquaredError> keeps them"));
    CHECK(only(inspect<PerRowInt8>(x), Condition::outlier_values).finding == advice.finding);
    CHECK(inspect<SymmetricQuantizer<std::int8_t, PerTensor, Histogram<Percentile<999000>>>>(x)
              .advice.empty());
}

TEST_CASE(
    "Advice: outlier values that cost more than they are worth are clipped by squared error") {
    sample::Rows x = sample::gaussian(100, 1000);
    x(3, 17) = 40.0F;
    const Advice advice = only(inspect<SymmetricQuantizer<Int<4>>>(x), Condition::outlier_values);
    CHECK(has(advice.remedy, "the least squared error clips them"));
    CHECK(inspect<SymmetricQuantizer<Int<4>, PerTensor, Histogram<MeanSquaredError>>>(x)
              .advice.empty());
}

TEST_CASE("Advice: dead codes say why they are dead") {
    const sample::Rows rectified = sample::gaussian(40, 1000).cwiseMax(0.0F);
    CHECK(has(only(inspect(rectified), Condition::dead_codes).remedy, "one sign"));
    CHECK(has(only(inspect(sample::Rows(-rectified)), Condition::dead_codes).remedy, "one sign"));

    sample::Rows few = sample::gaussian(40, 1000);
    few = few.array().max(-2.0F).min(2.0F).round();
    CHECK(has(only(inspect(few), Condition::dead_codes).remedy, "fewer bits"));

    // Tails thin out: most codes are rare, none is dead for long.
    const sample::Rows tailed = sample::gaussian(40, 1000).array().cube();
    CHECK(inspect(tailed).use.dead_codes() > 100);
    CHECK(inspect(tailed).advice.empty());

    PerTensorInt8 wide;
    wide.observe(Eigen::RowVectorXf::Constant(1, 9.0F));
    Inspector<PerTensorInt8> inspector(wide);
    inspector.add<0>(sample::Rows(sample::gaussian(40, 1000).array().max(-3.0F).min(3.0F)));
    CHECK(has(only(inspector.finish("x", TensorRole::activations), Condition::dead_codes).remedy,
              "wider than this data"));
}

TEST_CASE("Advice: heavy clipping asks for a wider range") {
    PerTensorInt8 narrow;
    narrow.observe(Eigen::RowVectorXf::Constant(1, 1.0F));
    Inspector<PerTensorInt8> inspector(narrow);
    inspector.add<0>(sample::gaussian(40, 100));
    const Advice advice =
        only(inspector.finish("x", TensorRole::activations), Condition::heavy_clipping);
    CHECK(has(advice.finding, "32 % of the values"));
    CHECK(has(advice.remedy, "wider range"));
}

TEST_CASE("Advice: steps that are too wide name the criterion with a fraction of the error") {
    PerTensorInt8 wide;
    wide.observe(Eigen::RowVectorXf::Constant(1, 10.0F));
    Inspector<PerTensorInt8> inspector(wide);
    inspector.add<0>(sample::gaussian(10, 100));  // too few values to speak of dead codes
    const Advice advice =
        only(inspector.finish("x", TensorRole::activations), Condition::wide_steps);
    CHECK(has(advice.finding, "times the squared error"));
}

TEST_CASE("Advice: constant channels are named, zero or not") {
    sample::Rows x = sample::gaussian(8, 50);
    x.row(2).setZero();
    const Advice zero = only(inspect<PerRowInt8>(x), Condition::constant_channel);
    CHECK(zero.channel == 2);
    CHECK(zero.finding == "channel 2 is zero everywhere");
    CHECK(has(zero.remedy, "its output is its bias alone"));
    x.row(5).setConstant(0.25F);
    x.row(2).setConstant(0.5F);
    const Advice two = only(inspect<PerRowInt8>(x), Condition::constant_channel);
    CHECK(two.finding == "2 channels are constant; channel 2 is 0.500 everywhere");
    CHECK(has(two.remedy, "the sum of all it reads"));  // no constant that a bias could take
    CHECK(!has(two.remedy, "bias"));
}

TEST_CASE("Advice: channels of activations may differ more, and a few may sleep") {
    sample::Rows x = sample::gaussian(2000, 20).cwiseMax(0.0F);
    const auto seen = [&] {
        AffineQuantizer<std::uint8_t> quantizer;
        quantizer.observe(x);
        Inspector<AffineQuantizer<std::uint8_t>> inspector(quantizer);
        inspector.add<1>(x);
        return inspector.finish("x", TensorRole::activations);
    };
    x.col(3) *= 10.0F;
    x.col(7).setZero();
    CHECK(seen().advice.empty());
    x.col(3) *= 5.0F;
    CHECK(has(only(seen(), Condition::outlier_channel).remedy, "divide that channel"));
    x.col(3) /= 50.0F;
    x.leftCols(3).setZero();
    CHECK(has(only(seen(), Condition::constant_channel).finding, "4 channels are constant"));
    CHECK(has(only(seen(), Condition::constant_channel).remedy, "carries nothing"));
    x.leftCols(3).setConstant(0.5F);
    CHECK(has(only(seen(), Condition::constant_channel).remedy, "fold it into the bias"));
}
