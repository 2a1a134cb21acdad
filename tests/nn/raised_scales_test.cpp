#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

#include "samples.hpp"

#include "intact/gemm/bias.hpp"
#include "intact/nn/raised_scales.hpp"

using namespace intact;

namespace {

/// Whether the bias fits under that weight scale, as the network asks.
bool fits(float bias, float input_scale, float scale, std::int64_t room) {
    const double step = static_cast<double>(input_scale) * static_cast<double>(scale);
    const std::int64_t largest = std::numeric_limits<std::int32_t>::max() - room;
    try {
        (void)gemm::int32_bias(bias, step, largest, 0, "test");
        return true;
    } catch (const std::invalid_argument&) {
        return false;
    }
}

}  // namespace

TEST_CASE("least_scale: the bias fits under it, and no longer a little below") {
    samples::Source source(1);
    for (int i = 0; i < 2000; ++i) {
        const float bias = source.real() * 100.0F;
        const float input_scale = (source.real() + 1.001F) * 0.01F;
        const std::int64_t room = source.integer(1, 1 << 23) * std::int64_t{256} - 255;
        const float scale = nn::least_scale(bias, input_scale, room);
        CAPTURE(bias);
        CAPTURE(input_scale);
        CAPTURE(room);
        CHECK(fits(bias, input_scale, scale, room));
        // Rounding to whole steps gives half a step away.
        const double less = 1.0 - 0.6 / static_cast<double>(room) - 3e-7;
        CHECK(
            !fits(bias, input_scale, static_cast<float>(static_cast<double>(scale) * less), room));
    }
    CHECK(nn::least_scale(0.0F, 0.1F, 1000) == std::numeric_limits<float>::min());
    CHECK(nn::least_scale(1.0F, 0.1F, 0) == 0.0F);
    CHECK(nn::least_scale(std::numeric_limits<float>::infinity(), 0.1F, 1000) == 0.0F);
}

TEST_CASE("least_scales: one a channel, or one for all") {
    samples::Source source(2);
    FeatureMatrix weights = source.matrix(3, 8, false);
    Eigen::VectorXf bias(3);
    bias << 0.5F, -40.0F, 3.0F;
    const Linear linear(weights, bias);
    const QuantParams input{0.02F, 7};
    const Grid grid{.qmin = 0, .qmax = 255};
    const std::int64_t room = std::numeric_limits<std::int32_t>::max() - 8 * 248 * 127;
    const auto least = [&](Index channel) { return nn::least_scale(bias[channel], 0.02F, room); };
    const nn::IntegerWeights<SymmetricQuantizer<std::int8_t, PerChannel<0>>> rows(linear, 0);
    CHECK(nn::least_scales(rows, input, grid) == std::vector{least(0), least(1), least(2)});
    const nn::IntegerWeights<SymmetricQuantizer<std::int8_t>> tensor(linear, 0);
    CHECK(nn::least_scales(tensor, input, grid) == std::vector{least(1)});
    // Raised scales are used as they are, the others stay.
    const float own = rows.params(0).scale;
    const nn::IntegerWeights<SymmetricQuantizer<std::int8_t, PerChannel<0>>> raised(
        linear, 0, {own / 2.0F, 0.5F, 0.25F});
    CHECK(raised.params(0).scale == own);
    CHECK(raised.params(1).scale == 0.5F);
    CHECK(raised.params(2).scale == 0.25F);
}
