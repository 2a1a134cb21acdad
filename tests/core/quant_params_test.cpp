#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "intact/core/quant_params.hpp"

using namespace intact;

namespace {

constexpr Grid affine8{.qmin = 0, .qmax = 255};
constexpr Grid narrow8{.qmin = -127, .qmax = 127, .symmetric = true, .zero_point = 0};

/// The message of the exception that check() throws, empty if it throws none.
std::string refusal(const QuantParams& params, const Grid& grid) {
    try {
        check(params, grid, "test");
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

constexpr const char* bad_scale =
    "test: the scale is not a positive normal float32, expected at least 1.17549e-38, given ";

}  // namespace

TEST_CASE("check: accepts every scale that is positive and normal") {
    CHECK(refusal({.scale = 1.0F, .zero_point = 0}, affine8).empty());
    CHECK(
        refusal({.scale = std::numeric_limits<float>::min(), .zero_point = 255}, affine8).empty());
    CHECK(refusal({.scale = 1e36F, .zero_point = 128}, affine8).empty());
    CHECK(refusal({.scale = 0.1F, .zero_point = 0}, narrow8).empty());
}

TEST_CASE("check: refuses a scale that is zero, negative, subnormal or not a number") {
    CHECK(refusal({.scale = 0.0F, .zero_point = 0}, affine8) == std::string(bad_scale) + "0");
    CHECK(refusal({.scale = -0.0F, .zero_point = 0}, affine8) == std::string(bad_scale) + "-0");
    CHECK(refusal({.scale = -0.5F, .zero_point = 0}, affine8) == std::string(bad_scale) + "-0.5");
    const float subnormal = std::nextafterf(std::numeric_limits<float>::min(), 0.0F);
    CHECK(refusal({.scale = subnormal, .zero_point = 0}, affine8).starts_with(bad_scale));
    CHECK(refusal({.scale = std::numeric_limits<float>::denorm_min(), .zero_point = 0}, affine8)
              .starts_with(bad_scale));
    CHECK(refusal({.scale = std::numeric_limits<float>::quiet_NaN(), .zero_point = 0}, affine8) ==
          std::string(bad_scale) + "nan");
    CHECK(refusal({.scale = INFINITY, .zero_point = 0}, affine8) == std::string(bad_scale) + "inf");
    CHECK(refusal({.scale = -INFINITY, .zero_point = 0}, affine8) ==
          std::string(bad_scale) + "-inf");
}

TEST_CASE("check: refuses a zero point that is no code") {
    CHECK(refusal({.scale = 1.0F, .zero_point = -1}, affine8) ==
          "test: the zero point is not a code, expected 0 to 255, given -1");
    CHECK(refusal({.scale = 1.0F, .zero_point = 256}, affine8) ==
          "test: the zero point is not a code, expected 0 to 255, given 256");
    CHECK(refusal({.scale = 1.0F, .zero_point = -128}, narrow8) ==
          "test: the zero point is not a code, expected -127 to 127, given -128");
}

TEST_CASE("check: refuses another zero point than the fixed one of a symmetric scheme") {
    CHECK(refusal({.scale = 1.0F, .zero_point = 1}, narrow8) ==
          "test: the zero point of a symmetric scheme is fixed, expected 0, given 1");
    const Grid unsigned_grid{.qmin = 1, .qmax = 255, .symmetric = true, .zero_point = 128};
    CHECK(refusal({.scale = 1.0F, .zero_point = 128}, unsigned_grid).empty());
    CHECK(refusal({.scale = 1.0F, .zero_point = 127}, unsigned_grid) ==
          "test: the zero point of a symmetric scheme is fixed, expected 128, given 127");
}

TEST_CASE("check: refuses a scale by which a code would read as infinity") {
    const float largest = std::numeric_limits<float>::max();
    const float fits = largest / 256.0F;  // 255 steps of it are finite
    CHECK(refusal({.scale = fits, .zero_point = 0}, affine8).empty());
    CHECK(refusal({.scale = largest / 128.0F, .zero_point = 0}, affine8) ==
          "test: a code would read as infinity, expected scale * 255 to be finite, given scale "
          "2.65846e+36");
    // In the middle the farthest code is only 128 steps away.
    CHECK(refusal({.scale = largest / 128.0F, .zero_point = 128}, affine8).empty());
    CHECK(refusal({.scale = largest, .zero_point = 0}, narrow8) ==
          "test: a code would read as infinity, expected scale * 127 to be finite, given scale "
          "3.40282e+38");
}

TEST_CASE("positive normal: told by the bits, from the smallest to the largest") {
    CHECK(is_positive_normal(std::numeric_limits<float>::min()));
    CHECK(is_positive_normal(std::numeric_limits<float>::max()));
    CHECK_FALSE(is_positive_normal(std::nextafterf(std::numeric_limits<float>::min(), 0.0F)));
    CHECK_FALSE(is_positive_normal(0.0F));
    CHECK_FALSE(is_positive_normal(-1.0F));
    CHECK_FALSE(is_positive_normal(INFINITY));
    CHECK_FALSE(is_positive_normal(std::numeric_limits<float>::quiet_NaN()));
}

TEST_CASE("largest level: the longer way from the zero point to an end") {
    CHECK(largest_level({.scale = 1.0F, .zero_point = 0}, affine8) == 255);
    CHECK(largest_level({.scale = 1.0F, .zero_point = 255}, affine8) == 255);
    CHECK(largest_level({.scale = 1.0F, .zero_point = 128}, affine8) == 128);
    CHECK(largest_level({.scale = 1.0F, .zero_point = 0}, narrow8) == 127);
    const Grid full8{.qmin = -128, .qmax = 127, .symmetric = true, .zero_point = 0};
    CHECK(largest_level({.scale = 1.0F, .zero_point = 0}, full8) == 128);
}

TEST_CASE("parameters, ranges and grids compare by value") {
    CHECK(QuantParams{.scale = 0.5F, .zero_point = 3} ==
          QuantParams{.scale = 0.5F, .zero_point = 3});
    CHECK_FALSE(QuantParams{.scale = 0.5F, .zero_point = 3} ==
                QuantParams{.scale = 0.5F, .zero_point = 4});
    CHECK(Range{.min = -1.0, .max = 2.0} == Range{.min = -1.0, .max = 2.0});
    CHECK_FALSE(affine8 == narrow8);
}
