// Twenty values with known codes, and two numbers in fixed point with known products.
#include <cstdio>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/metrics/error_measures.hpp"
#include "intact/quantizers/aliases.hpp"

using namespace intact;

namespace {

const Eigen::RowVectorXf& twenty() {
    static const Eigen::RowVectorXf x{{127.48F, -40.1F,  0.0F,    89.74F, 124.38F, -39.1F, 126.48F,
                                       21.2F,   -35.99F, 124.16F, 5.92F,  41.68F,  23.6F,  -26.4F,
                                       -21.51F, -20.6F,  94.49F,  85.07F, 70.11F,  76.91F}};
    return x;
}

template <class Codes>
std::vector<int> listed(const Codes& codes) {
    return {codes.data(), codes.data() + codes.size()};
}

/// Rounded to a number of decimal places, as text.
std::string rounded(double x, int places) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.*f", places, x);
    return text;
}

}  // namespace

TEST_CASE("AffineQuantizer: the worked example gives its scale, zero point, codes and error") {
    AffineQuantizer<std::uint8_t> quantizer;
    quantizer.observe(twenty());
    const auto q = quantizer.quantize(twenty());
    CHECK(q.scale() == 0.65717647F);
    CHECK(q.zero_point() == 61);
    CHECK(listed(q.codes()) == std::vector<int>{255, 0,   61, 198, 250, 2,  253, 93,  6,   250,
                                                70,  124, 97, 21,  28,  30, 205, 190, 168, 178});
    CHECK(rounded(mse(twenty(), q.dequantize()), 2) == "0.03");
}

TEST_CASE("SymmetricQuantizer: the worked example gives its scale, codes and error") {
    SymmetricQuantizer<std::int8_t> quantizer;
    quantizer.observe(twenty());
    const auto q = quantizer.quantize(twenty());
    CHECK(q.scale() == 1.00377953F);
    CHECK(q.zero_point() == 0);
    CHECK(listed(q.codes()) == std::vector<int>{127, -40, 0,  89,  124, -39, 126, 21, -36, 124,
                                                6,   42,  24, -26, -21, -21, 94,  85, 70,  77});
    CHECK(rounded(mse(twenty(), q.dequantize()), 2) == "0.08");
}

TEST_CASE("FixedPointQuantizer: 0.29 times 1.04 with truncation, at three scales") {
    const Eigen::RowVector2f x(0.29F, 1.04F);
    const auto product_of = [](const auto& q) {
        const double step = static_cast<double>(q.scale());
        return static_cast<double>(q.codes()[0]) * static_cast<double>(q.codes()[1]) * step * step;
    };

    const auto at_15 = FixedPointQuantizer<std::uint16_t, 15, TowardZero>().quantize(x);
    CHECK(listed(at_15.codes()) == std::vector<int>{9502, 34078});
    CHECK(rounded(product_of(at_15), 8) == "0.30157078");

    const auto at_10 = FixedPointQuantizer<std::int16_t, 10, TowardZero>().quantize(x);
    CHECK(rounded(product_of(at_10), 8) == "0.30035400");

    const auto at_5 = FixedPointQuantizer<std::int8_t, 5, TowardZero>().quantize(x);
    CHECK(rounded(product_of(at_5), 8) == "0.29003906");
}

TEST_CASE("FixedPointQuantizer: int16 at 2^-15 saturates at 1.04, as its header says") {
    const auto q = FixedPointQuantizer<std::int16_t, 15, TowardZero>().quantize(
        Eigen::RowVector3f(1.04F, -1.04F, 0.29F));
    CHECK(listed(q.codes()) == std::vector<int>{32767, -32768, 9502});
}

TEST_CASE("FixedPointQuantizer: rounding is a policy of its own") {
    const Eigen::RowVector3f x(0.29F, -0.29F, 1.04F);
    CHECK(listed(FixedPointQuantizer<std::uint16_t, 15>().quantize(x).codes()) ==
          std::vector<int>{9503, 0, 34079});
    CHECK(listed(FixedPointQuantizer<std::int16_t, 10, Floor>().quantize(x).codes()) ==
          std::vector<int>{296, -297, 1064});
    CHECK(listed(FixedPointQuantizer<std::int16_t, 10, TowardZero>().quantize(x).codes()) ==
          std::vector<int>{296, -296, 1064});
}

TEST_CASE("FixedPointQuantizer: there is nothing to observe") {
    const FixedPointQuantizer<std::int16_t, 8> quantizer;
    REQUIRE(quantizer.params().size() == 1);
    CHECK(quantizer.params().front() == QuantParams{1.0F / 256.0F, 0});
    FixedPointQuantizer<std::int16_t, 8> watching;
    watching.observe(Eigen::RowVector2f(1e6F, -1e6F));
    CHECK(watching.params() == quantizer.params());
}
