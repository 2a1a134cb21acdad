#include <limits>

#include <doctest/doctest.h>

#include "intact/gemm/activation.hpp"

using namespace intact;

TEST_CASE("clamp_codes: relu ends below at the zero point, relu6 above at the code of 6") {
    const Grid u8{.qmin = 0, .qmax = 255};
    const QuantParams params{0.1F, 20};
    CHECK(clamp_codes(Activation::none, params, u8) == u8);
    CHECK(clamp_codes(Activation::relu, params, u8) == Grid{.qmin = 20, .qmax = 255});
    CHECK(clamp_codes(Activation::relu6, params, u8) == Grid{.qmin = 20, .qmax = 80});
}

TEST_CASE("clamp_codes: the code of 6 is cut to the grid, and a grid from the zero point stays") {
    const Grid u8{.qmin = 0, .qmax = 255};
    CHECK(clamp_codes(Activation::relu6, {0.01F, 0}, u8) == u8);
    const Grid narrow{.qmin = -127, .qmax = 127, .symmetric = true, .zero_point = 0};
    const Grid left = clamp_codes(Activation::relu6, {0.5F, 0}, narrow);
    CHECK(left.qmin == 0);
    CHECK(left.qmax == 12);
}

TEST_CASE("activation: the reals that are left lie between these ends") {
    CHECK(intact::smallest_real(intact::Activation::none) ==
          -std::numeric_limits<float>::infinity());
    CHECK(intact::smallest_real(intact::Activation::relu) == 0.0F);
    CHECK(intact::smallest_real(intact::Activation::relu6) == 0.0F);
    CHECK(intact::largest_real(intact::Activation::none) == std::numeric_limits<float>::infinity());
    CHECK(intact::largest_real(intact::Activation::relu) == std::numeric_limits<float>::infinity());
    CHECK(intact::largest_real(intact::Activation::relu6) == 6.0F);
}
