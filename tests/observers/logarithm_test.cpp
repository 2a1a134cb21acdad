#include <cmath>
#include <limits>
#include <random>

#include <doctest/doctest.h>

#include "intact/observers/logarithm.hpp"

using namespace intact;

TEST_CASE("natural_logarithm: within 1e-15 of the true one, over all exponents and near 1") {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> mantissa(1.0, 2.0);
    std::uniform_int_distribution<int> exponent(-1021, 1022);
    double worst = 0.0;
    for (int i = 0; i < 100000; ++i) {
        const double m = mantissa(random);
        for (const double x : {std::ldexp(m, exponent(random)), m, m / 2, 1.0 + (m - 1.5) * 1e-3}) {
            const long double exact = std::log(static_cast<long double>(x));
            const long double error =
                std::abs(static_cast<long double>(natural_logarithm(x)) - exact);
            worst = std::max(worst, static_cast<double>(error / std::max(std::abs(exact), 0.1L)));
        }
    }
    CHECK(worst < 1e-15);
}

TEST_CASE("natural_logarithm: exact where it must be, and never falling") {
    CHECK(natural_logarithm(1.0) == 0.0);
    CHECK(natural_logarithm(2.0) == std::log(2.0));
    CHECK(natural_logarithm(std::numeric_limits<double>::min()) ==
          doctest::Approx(-1022 * std::log(2.0)).epsilon(1e-15));
    for (double x = 0.5; x < 4.0; x *= 1.0001) {
        CHECK(natural_logarithm(x) < natural_logarithm(x * 1.0001));
    }
}

TEST_CASE("falling_power_of_two: correctly rounded for every fraction and exact for whole powers") {
    for (int i = 0; i < 256; ++i) {
        const auto exact = static_cast<double>(std::exp2(static_cast<long double>(-i) / 256.0L));
        CHECK(falling_power_of_two(i) == exact);
        CHECK(falling_power_of_two(i + 256 * 14) == std::ldexp(exact, -14));
    }
    CHECK(falling_power_of_two(0) == 1.0);
    CHECK(falling_power_of_two(256) == 0.5);
}
