#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/core/exact.hpp"
#include "intact/core/number.hpp"
#include "intact/simd/environment.hpp"

using namespace intact;

namespace {

/// The machine's own float32 division, out of the optimizer's sight.
float divide(float a, float b) {
    volatile float dividend = a;
    volatile float divisor = b;
    volatile float quotient = dividend / divisor;
    return quotient;
}

bool same_bits(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

}  // namespace

TEST_CASE("exact quotient: the pair that reciprocals and fast math get wrong") {
    CHECK(same_bits(exact_quotient(0.273939937F, 0.00214854861F), 127.499992F));
    CHECK_FALSE(same_bits(0.273939937F * divide(1.0F, 0.00214854861F), 127.499992F));
}

TEST_CASE("exact quotient: equals float32 division on random bits, subnormals and all") {
    std::mt19937 generator(1);
    int differences = 0;
    for (int i = 0; i < 2000000; ++i) {
        const float a = std::bit_cast<float>(static_cast<std::uint32_t>(generator()));
        // A scale: positive and normal.
        const float b = std::bit_cast<float>(0x00800000U +
                                             static_cast<std::uint32_t>(generator()) % 0x7f000000U);
        const float expected = divide(a, b);
        const float quotient = exact_quotient(a, b);
        const bool both_nan = is_nan(a) && is_nan(quotient);
        if (!both_nan && !same_bits(quotient, expected)) ++differences;
    }
    CHECK(differences == 0);
}

TEST_CASE("exact quotient: equals float32 division where the quotient is subnormal") {
    const simd::DefaultEnvironment guard;  // a program linked with -ffast-math starts without one
    std::mt19937 generator(2);
    int differences = 0;
    int subnormal = 0;
    for (int i = 0; i < 300000; ++i) {
        const auto mantissa = [&] {
            return 0x800000U + static_cast<std::uint32_t>(generator()) % 0x800000U;
        };
        const int exponent = static_cast<int>(generator() % 26U);
        const float a = std::ldexp(static_cast<float>(mantissa()), -140);
        const float b = std::ldexp(static_cast<float>(mantissa()), -14 + exponent);
        const float expected = divide(a, b);
        if (0.0F < expected && expected < std::numeric_limits<float>::min()) ++subnormal;
        if (!same_bits(exact_quotient(a, b), expected)) ++differences;
    }
    CHECK(subnormal > 100000);
    CHECK(differences == 0);
}

TEST_CASE("exact quotient: halves of the smallest subnormal, zeros and infinities") {
    const float tiny = std::numeric_limits<float>::denorm_min();
    for (const float a : {tiny, 3.0F * tiny, 5.0F * tiny, 0.0F, -0.0F, -tiny, INFINITY, -INFINITY,
                          std::numeric_limits<float>::max()}) {
        for (const float b : {2.0F, 4.0F, 0.5F, 3.0F, std::numeric_limits<float>::min(),
                              std::numeric_limits<float>::max()}) {
            CAPTURE(a);
            CAPTURE(b);
            CHECK(same_bits(exact_quotient(a, b), divide(a, b)));
        }
    }
}

TEST_CASE("exactly: keeps a product apart from the sum that follows") {
    // (1 + 2^-30)^2 - 1 - 2^-29 is 2^-60 where the product is fused, 0 where it is rounded first.
    volatile double one_and_a_bit = 1.0 + 0x1p-30;
    volatile double back = -(1.0 + 0x1p-29);
    const double a = one_and_a_bit;
    const double b = back;
    CHECK(exactly(a * a) + b == 0.0);
    CHECK(std::fma(a, a, b) == 0x1p-60);
}

TEST_CASE("exactly: keeps the order of a sum") {
    volatile double huge = 0x1p60;
    const double x = huge;
    CHECK(exactly(exactly(x + 1.0) - x) == 0.0);
}
