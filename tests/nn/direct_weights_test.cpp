#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "samples.hpp"

#include "intact/nn/direct_weights.hpp"

using namespace intact;
using samples::Source;

namespace {

using Weights = SymmetricQuantizer<std::int8_t, PerChannel<0>>;

/// Every weight once more, from where the panels and the offsets put it; an image `width` wide.
void check_panels(const Conv2d& layer, Index width) {
    const nn::IntegerWeights<Weights> weights(layer, 0);
    const nn::DirectWeights direct(weights);
    const nn::Geometry& geometry = weights.geometry();
    const nn::Runs& runs = direct.runs();
    const Index channels = geometry.in_channels * geometry.options.groups;
    const Index outputs = geometry.group_outputs();
    std::int64_t nonzero = 0;
    for (Index o = 0; o < geometry.out_channels; ++o) {
        for (Index k = 0; k < geometry.k(); ++k) {
            const Index ky = k / geometry.in_channels / geometry.width;
            const Index kx = k / geometry.in_channels % geometry.width;
            const Index lies =
                (ky * width + kx) * geometry.options.dilation * channels + k % geometry.in_channels;
            const Index run = k / runs.length;
            const Index in_run = k % runs.length;
            CHECK(nn::run_offset(geometry, run, width) + in_run == lies);
            const Index group = run * runs.groups() + in_run / 4;
            const Index column = o % outputs;
            const std::int8_t* panel =
                direct.panels(o / outputs) + column / 16 * runs.count * runs.groups() * 64;
            CHECK(panel[(group * 16 + column % 16) * 4 + in_run % 4] == weights.level(o, k));
            if (weights.level(o, k) != 0) ++nonzero;
        }
    }
    // All that is left is zero.
    const Index size =
        geometry.options.groups * direct.panel_count() * runs.count * runs.groups() * 64;
    for (Index i = 0; i < size; ++i) nonzero -= direct.panels(0)[i] != 0 ? 1 : 0;
    CHECK(nonzero == 0);
}

}  // namespace

TEST_CASE("DirectWeights: panels and offsets say where each weight meets an image") {
    Source source(1);
    const auto conv = [&](Index out, Index in, Index height, Index width,
                          const Conv2dOptions& options = {}) {
        return Conv2d(source.tensor(out, in, height, width), source.vector(out), options);
    };
    check_panels(conv(5, 1, 3, 3), 9);
    check_panels(conv(18, 3, 2, 4), 7);
    check_panels(conv(33, 8, 3, 1), 7);
    check_panels(conv(4, 3, 3, 2, {.dilation = 3}), 11);
    check_panels(conv(40, 5, 2, 2, {.groups = 2}), 6);
    check_panels(conv(6, 4, 1, 1, {.groups = 3}), 6);
}

TEST_CASE("DirectWeights: the taps of depthwise layers repeat their channels") {
    Source source(2);
    for (const Index channels : {3, 16, 24, 33}) {
        for (const Index stride : {1, 2}) {
            const nn::IntegerWeights<Weights> weights(
                Conv2d(source.tensor(channels, 1, 3, 2), source.vector(channels),
                       {.stride = stride, .groups = channels}),
                0);
            const nn::DirectWeights direct(weights);
            const Index period = direct.period();
            CHECK(period % 16 == 0);
            CHECK(period >= channels);
            CHECK((!nn::joins_outputs(weights.geometry()) || period % channels == 0));
            CHECK(nn::joins_outputs(weights.geometry()) == (stride == 1 && channels != 33));
            for (Index tap = 0; tap < 6; ++tap) {
                for (Index i = 0; i < period; ++i) {
                    CHECK(direct.taps()[tap * period + i] == weights.level(i % channels, tap));
                }
            }
        }
    }
}

TEST_CASE("DirectWeights: sums start from the bias less the zero point times the weights") {
    Source source(3);
    const auto check = [&](const Conv2d& layer, auto&& place) {
        const nn::IntegerWeights<Weights> weights(layer, 0);
        const nn::DirectWeights direct(weights);
        const Index channels = weights.geometry().out_channels;
        std::vector<std::int32_t> bias;
        for (Index c = 0; c < channels; ++c) bias.push_back(source.integer(-9999, 9999));
        std::vector<std::int32_t> start(static_cast<std::size_t>(direct.start_size()), 77);
        for (const bool has_bias : {true, false}) {
            direct.start(has_bias ? bias.data() : nullptr, 201, start.data());
            for (Index c = 0; c < channels; ++c) {
                std::int32_t expected = has_bias ? bias[static_cast<std::size_t>(c)] : 0;
                for (Index k = 0; k < weights.geometry().k(); ++k) {
                    expected -= 201 * weights.level(c, k);
                }
                CHECK(start[static_cast<std::size_t>(place(c))] == expected);
            }
        }
    };
    check(Conv2d(source.tensor(34, 3, 3, 3), source.vector(34)), [](Index c) { return c; });
    check(Conv2d(source.tensor(10, 2, 3, 3), source.vector(10), {.groups = 2}),
          [](Index c) { return c / 5 * 16 + c % 5; });
    check(Conv2d(source.tensor(6, 1, 3, 3), source.vector(6), {.groups = 6}),
          [](Index c) { return c + 6; });
}
