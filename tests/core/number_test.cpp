#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <doctest/doctest.h>

#include "intact/core/number.hpp"

using namespace intact;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr Grid s8{.qmin = -128, .qmax = 127};
constexpr Grid u8{.qmin = 0, .qmax = 255};
constexpr Grid narrow_s8{.qmin = -127, .qmax = 127, .symmetric = true, .zero_point = 0};
constexpr Grid u16{.qmin = 0, .qmax = 65535};
constexpr Grid s4{.qmin = -8, .qmax = 7};

struct RoundHalfEven {
    static float round(float q) { return std::nearbyint(q); }
};
struct RoundHalfAway {
    static float round(float q) { return std::round(q); }
};
struct RoundToZero {
    static float round(float q) { return std::trunc(q); }
};
struct RoundDown {
    static float round(float q) { return std::floor(q); }
};

/// The contract again, in the machine's own float division and unbounded doubles.
template <class Round>
std::int32_t slow_quantize(float real, const QuantParams& params, const Grid& grid) {
    if (is_nan(real)) return params.zero_point;
    volatile float dividend = real;
    volatile float divisor = params.scale;
    volatile float quotient = dividend / divisor;
    const double code = double{Round::round(quotient)} + params.zero_point;
    return static_cast<std::int32_t>(std::clamp(code, double(grid.qmin), double(grid.qmax)));
}

/// How many of `count` floats, spread over all bit patterns, get another code than the slow way.
template <class Policy, class Round>
int differences(const QuantParams& params, const Grid& grid, int count) {
    int wrong = 0;
    std::uint32_t bits = 12345;
    for (int i = 0; i < count; ++i) {
        bits += 0x9e3779b9U;  // visits every pattern once in 2^32 steps
        const float real = std::bit_cast<float>(bits);
        wrong +=
            quantize_number<Policy>(real, params, grid) != slow_quantize<Round>(real, params, grid)
                ? 1
                : 0;
    }
    return wrong;
}

/// The same around the tie of every code.
template <class Policy, class Round>
int differences_near_ties(const QuantParams& params, const Grid& grid) {
    int wrong = 0;
    for (std::int32_t code = grid.qmin - 2; code <= grid.qmax + 2; ++code) {
        const float tie = (static_cast<float>(code - params.zero_point) + 0.5F) * params.scale;
        float real = std::nextafterf(std::nextafterf(tie, -infinity), -infinity);
        for (int step = 0; step < 5; ++step) {
            wrong += quantize_number<Policy>(real, params, grid) !=
                             slow_quantize<Round>(real, params, grid)
                         ? 1
                         : 0;
            real = std::nextafterf(real, infinity);
        }
    }
    return wrong;
}

template <class Policy, class Round>
void check_policy() {
    for (const float scale :
         {1.0F, 0.1F, 0.00214854861F, 3.7F, 1e-30F, 1e30F, std::numeric_limits<float>::min()}) {
        CAPTURE(scale);
        CHECK(differences<Policy, Round>({scale, 0}, s8, 20000) == 0);
        CHECK(differences<Policy, Round>({scale, 200}, u8, 20000) == 0);
        CHECK(differences<Policy, Round>({scale, 0}, u16, 20000) == 0);
        CHECK(differences_near_ties<Policy, Round>({scale, -3}, s8) == 0);
        CHECK(differences_near_ties<Policy, Round>({scale, 255}, u8) == 0);
        CHECK(differences_near_ties<Policy, Round>({scale, 1}, s4) == 0);
    }
    CHECK(differences_near_ties<Policy, Round>({0.01F, 30000}, u16) == 0);
}

}  // namespace

TEST_CASE("quantize number: equals the slow definition, nearest-even") {
    check_policy<NearestEven, RoundHalfEven>();
}

TEST_CASE("quantize number: equals the slow definition, nearest-away") {
    check_policy<NearestAway, RoundHalfAway>();
}

TEST_CASE("quantize number: equals the slow definition, toward zero") {
    check_policy<TowardZero, RoundToZero>();
}

TEST_CASE("quantize number: equals the slow definition, floor") {
    check_policy<Floor, RoundDown>();
}

TEST_CASE("quantize number: divides, and never multiplies by a rounded reciprocal") {
    // The quotient is 127.499992; the product with the float32 reciprocal is 127.5.
    const QuantParams params{.scale = 0.00214854861F, .zero_point = 0};
    CHECK(quantize_number(0.273939937F, params, u8) == 127);
    CHECK(quantize_number<NearestAway>(0.273939937F, params, u8) == 127);
}

TEST_CASE("quantize number: rounds the quotient, not the sum with the zero point") {
    const QuantParams odd{.scale = 1.0F, .zero_point = 1};
    CHECK(quantize_number(0.5F, odd, s8) == 1);    // even(0.5) + 1; even(1.5) would be 2
    CHECK(quantize_number(-1.5F, odd, s8) == -1);  // even(-1.5) + 1; even(-0.5) would be 0
    CHECK(quantize_number<NearestAway>(-0.5F, odd, s8) == 0);  // away(-0.5) + 1
    CHECK(quantize_number<TowardZero>(-1.25F, {1.0F, 2}, s8) == 1);
}

TEST_CASE("quantize number: every NaN is the zero point, infinities are the ends") {
    for (const Grid& grid : {s8, u8, narrow_s8, u16, s4}) {
        const std::int32_t zero_point = std::max(grid.qmin, 0);
        const QuantParams params{.scale = 0.5F, .zero_point = zero_point};
        for (const std::uint32_t payload : {0x7fc00000U, 0x7f800001U, 0x7fffffffU, 0x7fa00000U}) {
            CHECK(quantize_number(std::bit_cast<float>(payload), params, grid) == zero_point);
            CHECK(quantize_number(std::bit_cast<float>(payload | 0x80000000U), params, grid) ==
                  zero_point);
            CHECK(quantize_number<Stochastic<>>(std::bit_cast<float>(payload), params, grid) ==
                  zero_point);
        }
        CHECK(quantize_number(infinity, params, grid) == grid.qmax);
        CHECK(quantize_number(-infinity, params, grid) == grid.qmin);
        CHECK(quantize_number<Floor>(infinity, params, grid) == grid.qmax);
        CHECK(quantize_number<TowardZero>(-infinity, params, grid) == grid.qmin);
    }
}

TEST_CASE("quantize number: huge numbers saturate, also where the quotient overflows") {
    const float largest = std::numeric_limits<float>::max();
    for (const float scale : {std::numeric_limits<float>::min(), 1e-10F, 1.0F, 1e30F}) {
        CHECK(quantize_number(largest, {scale, 7}, u8) == 255);
        CHECK(quantize_number(-largest, {scale, 7}, u8) == 0);
        CHECK(quantize_number(largest, {scale, 7}, u16) == 65535);
        CHECK(quantize_number(-largest, {scale, -128}, s8) == -128);
        CHECK(quantize_number<Stochastic<>>(largest, {scale, 0}, s8) == 127);
    }
    CHECK(quantize_number(2147483648.0F, {1.0F, 0}, s8) == 127);
    CHECK(quantize_number(-4294967296.0F, {1.0F, 0}, s8) == -128);
    CHECK(quantize_number(1e20F, {1.0F, 0}, s8) == 127);
}

TEST_CASE("quantize number: both zeros and all that is too small are the zero point") {
    for (const std::int32_t zero_point : {-128, -1, 0, 127}) {
        const QuantParams params{.scale = 1.0F, .zero_point = zero_point};
        for (const float real : {0.0F, -0.0F, std::numeric_limits<float>::denorm_min(),
                                 -std::numeric_limits<float>::denorm_min(), 0x1p-126F}) {
            CHECK(quantize_number(real, params, s8) == zero_point);
            CHECK(quantize_number<NearestAway>(real, params, s8) == zero_point);
            CHECK(quantize_number<TowardZero>(real, params, s8) == zero_point);
        }
        CHECK(quantize_number<Floor>(-0.0F, params, s8) == zero_point);
    }
}

TEST_CASE("quantize number: is monotone in the real number") {
    const QuantParams params{.scale = 0.0173F, .zero_point = 61};
    std::int32_t previous = 0;
    int steps_down = 0;
    for (float real = -2.0F; real < 6.0F; real = std::nextafterf(real + 1e-4F, infinity)) {
        const std::int32_t code = quantize_number(real, params, u8);
        steps_down += code < previous ? 1 : 0;
        previous = code;
    }
    CHECK(previous == 255);
    CHECK(steps_down == 0);
}

TEST_CASE("dequantize number: the exact product rounded once, for every code") {
    for (const float scale :
         {1.0F, 0.1F, 0.65717647F, 1e-30F, 1e33F, std::numeric_limits<float>::min()}) {
        CAPTURE(scale);
        int wrong = 0;
        for (std::int32_t code = 0; code <= 65535; ++code) {
            volatile float steps = static_cast<float>(code - 61);
            volatile float expected = scale * steps;
            wrong += dequantize_number(code, {scale, 61}) != expected ? 1 : 0;
        }
        CHECK(wrong == 0);
        CHECK(std::bit_cast<std::uint32_t>(dequantize_number(61, {scale, 61})) == 0);
    }
}

TEST_CASE("dequantize number: every code comes back to itself") {
    for (const float scale :
         {1.0F, 0.1F, 0.00214854861F, 1e30F, 3.7F, std::numeric_limits<float>::min()}) {
        CAPTURE(scale);
        int wrong = 0;
        for (std::int32_t code = 0; code <= 65535; ++code) {
            const QuantParams params{.scale = scale, .zero_point = 30001};
            const float real = dequantize_number(code, params);
            wrong += quantize_number(real, params, u16) != code ? 1 : 0;
            wrong += quantize_number<NearestAway>(real, params, u16) != code ? 1 : 0;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("numbers: a worked example of 20 values, affine and symmetric") {
    constexpr std::array<float, 20> reals{
        127.48F, -40.1F, 0.0F,  89.74F, 124.38F, -39.1F, 126.48F, 21.2F,  -35.99F, 124.16F,
        5.92F,   41.68F, 23.6F, -26.4F, -21.51F, -20.6F, 94.49F,  85.07F, 70.11F,  76.91F};

    // Affine on 0..255: the lower end is the minimum.
    const double low = reals[1];
    const float step = static_cast<float>((double{reals[0]} - low) / 255);
    const QuantParams affine{
        .scale = step,
        .zero_point = static_cast<std::int32_t>(std::nearbyint(-low / double{step}))};
    CHECK(affine.scale == 0.65717647F);
    CHECK(affine.zero_point == 61);
    constexpr std::array<std::int32_t, 20> affine_codes{
        255, 0, 61, 198, 250, 2, 253, 93, 6, 250, 70, 124, 97, 21, 28, 30, 205, 190, 168, 178};

    // Symmetric on -127..127.
    const QuantParams symmetric{.scale = reals[0] / 127.0F, .zero_point = 0};
    CHECK(symmetric.scale == 1.00377953F);
    constexpr std::array<std::int32_t, 20> symmetric_codes{
        127, -40, 0, 89, 124, -39, 126, 21, -36, 124, 6, 42, 24, -26, -21, -21, 94, 85, 70, 77};

    double affine_error = 0.0;
    double symmetric_error = 0.0;
    for (std::size_t i = 0; i < reals.size(); ++i) {
        CAPTURE(reals[i]);
        const std::int32_t a = quantize_number(reals[i], affine, u8);
        const std::int32_t s = quantize_number(reals[i], symmetric, narrow_s8);
        CHECK(a == affine_codes[i]);
        CHECK(s == symmetric_codes[i]);
        affine_error += std::pow(double{dequantize_number(a, affine)} - double{reals[i]}, 2);
        symmetric_error += std::pow(double{dequantize_number(s, symmetric)} - double{reals[i]}, 2);
    }
    CHECK(std::round(100.0 * affine_error / 20.0) == 3.0);     // mean squared error 0.03
    CHECK(std::round(100.0 * symmetric_error / 20.0) == 8.0);  // and 0.08
}

TEST_CASE("numbers: 0.29 x 1.04 in fixed point, with truncation") {
    struct Row {
        int bits;
        double product;
    };
    for (const Row& row : {Row{15, 0.30157078}, Row{10, 0.30035400}, Row{5, 0.29003906}}) {
        CAPTURE(row.bits);
        const QuantParams params{.scale = std::ldexp(1.0F, -row.bits), .zero_point = 0};
        const std::int32_t a = quantize_number<TowardZero>(0.29F, params, u16);
        const std::int32_t b = quantize_number<TowardZero>(1.04F, params, u16);
        const double product = std::ldexp(static_cast<double>(std::int64_t{a} * b), -2 * row.bits);
        CHECK(std::round(product * 1e8) == std::round(row.product * 1e8));
    }
    const QuantParams q15{.scale = 0x1p-15F, .zero_point = 0};
    CHECK(quantize_number<TowardZero>(0.29F, q15, u16) == 9502);
    CHECK(quantize_number<TowardZero>(1.04F, q15, u16) == 34078);
    // A signed 16-bit code does not reach that far.
    CHECK(quantize_number<TowardZero>(1.04F, q15, {.qmin = -32768, .qmax = 32767}) == 32767);
}

TEST_CASE("numbers: NaN and infinity are told by their bits") {
    CHECK(is_nan(std::numeric_limits<float>::quiet_NaN()));
    CHECK(is_nan(std::bit_cast<float>(0xff800001U)));
    CHECK_FALSE(is_nan(infinity));
    CHECK_FALSE(is_nan(-infinity));
    CHECK_FALSE(is_nan(0.0F));
    CHECK(is_non_finite(infinity));
    CHECK(is_non_finite(-infinity));
    CHECK(is_non_finite(std::bit_cast<float>(0x7f800001U)));
    CHECK_FALSE(is_non_finite(std::numeric_limits<float>::max()));
    CHECK_FALSE(is_non_finite(std::numeric_limits<float>::denorm_min()));
}
