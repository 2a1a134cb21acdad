#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include <doctest/doctest.h>

#include "intact/gemm/bias.hpp"

using intact::gemm::int32_bias;

TEST_CASE("int32_bias: the quotient in double, ties to even") {
    CHECK(int32_bias(2.5F, 1.0, 0, 0, "test") == 2);
    CHECK(int32_bias(3.5F, 1.0, 0, 0, "test") == 4);
    CHECK(int32_bias(-2.5F, 1.0, 0, 0, "test") == -2);
    CHECK(int32_bias(-0.5F, 1.0, 0, 0, "test") == 0);
    CHECK(int32_bias(0.0F, 1e-70, 0, 0, "test") == 0);
    std::mt19937 generator(15);
    std::uniform_real_distribution<float> real(-10.0F, 10.0F);
    for (int i = 0; i < 1000; ++i) {
        const float bias = real(generator);
        const double scale = 1e-6 * static_cast<double>(1.0F + std::fabs(real(generator)));
        CHECK(int32_bias(bias, scale, 0, 0, "test") ==
              static_cast<std::int32_t>(std::nearbyint(static_cast<double>(bias) / scale)));
    }
}

TEST_CASE("int32_bias: exact up to the room that the largest sum leaves, then refused by channel") {
    CHECK(int32_bias(1.0F, 1.0, 2147483646, 0, "test") == 1);
    CHECK(int32_bias(-1.0F, 1.0, 2147483646, 0, "test") == -1);
    CHECK_THROWS_WITH_AS((void)int32_bias(2.0F, 1.0, 2147483646, 3, "test"),
                         "test: the bias of channel 3 does not fit its int32 sum, expected at most "
                         "1 steps of 1, given 2",
                         std::invalid_argument);
    CHECK_THROWS_AS((void)int32_bias(-2.0F, 1.0, 2147483646, 3, "test"), std::invalid_argument);
    CHECK_THROWS_AS((void)int32_bias(3e38F, 1e-76, 0, 0, "test"), std::invalid_argument);
    CHECK_THROWS_AS((void)int32_bias(-3e38F, 1e-76, 0, 0, "test"), std::invalid_argument);
}

TEST_CASE("int32_bias: a bias that is not finite is refused by channel") {
    for (const float bias :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
        CHECK_THROWS_WITH_AS((void)int32_bias(bias, 1.0, 0, 5, "test"),
                             "test: the bias of channel 5 is not finite", std::invalid_argument);
    }
}
