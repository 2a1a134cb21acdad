#include "bench/verdict.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using bench::Costs;
using bench::Layer;
using bench::verdict;
using intact::simd::Isa;

namespace {

Layer layer_of(const std::vector<std::string>& words) { return bench::layers_in(words).front(); }

const Layer linear = layer_of({"linear", "128", "768", "768"});
const Layer depthwise =
    layer_of({"conv2d", "1", "64", "56", "56", "64", "3", "padding=1", "groups=64"});

/// A product of 1 ms, floats 0.1 ms more, quantization 0.1 ms.
Costs costs_where_float_takes(double seconds) {
    return {.real = seconds,
            .quantize = 1e-4,
            .product = 9e-4,
            .to_reals = 1.1e-3,
            .to_codes = 1e-3,
            .alone = 1.2e-3,
            .in_chain = 1e-3,
            .peak_fraction = 0.8};
}

bool says(const std::string& sentence, const char* words) {
    return sentence.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("verdict: how much faster, with floats in and out and between int8 layers") {
    const std::string sentence = verdict(linear, costs_where_float_takes(6e-3), Isa::avx512_vnni);
    CHECK(sentence ==
          "int8 pays: 5.0 times as fast as float with floats in and out, 6.0 times between int8 "
          "layers.");
}

TEST_CASE("verdict: what is lost at the ends of a layer") {
    Costs costs = costs_where_float_takes(1.2e-3);
    costs.quantize = 4e-4;
    costs.alone = 1.5e-3;
    const std::string sentence = verdict(linear, costs, Isa::avx512_vnni);
    CHECK(says(sentence, "int8 pays only between int8 layers, where it is 1.2 times as fast"));
    CHECK(says(sentence,
               "1.2 times as slow as float, because quantizing the activations takes 27 "
               "% of its time"));
    costs.reorder = 6e-4;
    CHECK(says(verdict(linear, costs, Isa::avx2), "reordering images from and to [batch, channel"));
    costs.to_reals = 2e-3;
    CHECK(says(verdict(linear, costs, Isa::avx2), "writing floats instead of codes takes 67 %"));
}

TEST_CASE("verdict: why a product is no faster than in float") {
    Costs costs = costs_where_float_takes(9e-4);
    const auto why = [&](const Layer& layer, Isa isa) { return verdict(layer, costs, isa); };
    CHECK(says(why(linear, Isa::avx2), "does not pay: even between int8 layers it is 1.1 times"));
    CHECK(says(why(linear, Isa::avx2), "without 8-bit dot products (VNNI), which avx2 lacks"));
    CHECK(says(why(linear, Isa::portable), "no vector kernel for this processor"));
    CHECK(says(why(linear, Isa::avx512_vnni), "reaches 80 % of the peak"));
    CHECK(says(why(layer_of({"linear", "4", "16", "16"}), Isa::avx2),
               "too small: of its 1 ms, most goes into starting it"));
    CHECK(says(why(depthwise, Isa::avx2), "only 9 products"));
    costs.product = 4e-4;
    costs.in_chain = 8e-4;  // of a convolution: not the product's own time
    costs.real = 6e-4;
    CHECK(says(why(linear, Isa::avx2), "turning sums into codes takes 60 % of the product's time"));
}

TEST_CASE("Layer: the taps of a depthwise convolution are those inside the images") {
    const Layer layer =
        layer_of({"conv2d", "2", "4", "3", "2", "4", "3", "stride=2", "padding=1", "groups=4"});
    CHECK(layer.is_depthwise());
    CHECK_FALSE(linear.is_depthwise());
    CHECK_FALSE(layer_of({"conv2d", "1", "4", "3", "3", "2", "3", "groups=2"}).is_depthwise());
    // Outputs [2, 2, 1] see rows -1 0 1 or 1 2 3 and columns -1 0 1.
    std::vector<int> seen(4, 0);
    std::ptrdiff_t pixels = 0;
    layer.for_each_tap([&](std::ptrdiff_t output, std::ptrdiff_t tap, std::ptrdiff_t pixel) {
        ++seen[static_cast<std::size_t>(output)];
        pixels += pixel;
        if (output == 0) CHECK(tap - 4 == pixel % 2 + 3 * (pixel / 2));
        if (output == 3) CHECK(pixel >= 8);
    });
    CHECK(seen == std::vector<int>{4, 4, 4, 4});
    CHECK(pixels == 6 + 14 + (6 + 14 + 8 * 6));
}
