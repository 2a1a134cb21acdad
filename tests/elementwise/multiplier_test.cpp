#include "intact/elementwise/multiplier.hpp"

#include <random>
#include <stdexcept>

#include <doctest/doctest.h>

#include "tests/comparisons.hpp"

using namespace intact::elementwise;

TEST_CASE("make_multiplier: 31 bits, ties to even") {
    CHECK(make_multiplier(1.0).mantissa() == 1 << 30);
    CHECK(make_multiplier(1.0).right_shift() == 30);
    CHECK(make_multiplier(0.75).mantissa() == 3 << 29);
    CHECK(make_multiplier(0.75).right_shift() == 31);

    const double last_bit = 0x1p-30;
    CHECK(make_multiplier(1.0 + last_bit).value == 1.0 + last_bit);
    CHECK(make_multiplier(1.0 + last_bit / 2).value == 1.0);
    CHECK(make_multiplier(1.0 + last_bit * 3 / 2).value == 1.0 + 2 * last_bit);
    CHECK(make_multiplier(0x1.0000000200001p0).value == 1.0 + last_bit);
    CHECK(make_multiplier(0x1.ffffffffp-1).value == 1.0);
}

TEST_CASE("make_multiplier: mantissa and shift are the value") {
    std::mt19937_64 random(1);
    Comparisons all;
    for (int i = 0; i < 10000; ++i) {
        const std::uint64_t exponent = 1023 - 31 + random() % 50;
        const double real = std::bit_cast<double>((exponent << 52) | (random() >> 12));
        const Multiplier m = make_multiplier(real);
        all.holds(m.mantissa() >= 1 << 30, real, " has the mantissa ", m.mantissa());
        double value = m.mantissa();
        for (int shift = 0; shift < m.right_shift(); ++shift) value /= 2;
        all.equal(m.value, value, real);
        all.holds(m.value - real <= real * 0x1p-31, m.value, " is too large for ", real);
        all.holds(real - m.value <= real * 0x1p-31, m.value, " is too small for ", real);
        all.holds(make_multiplier(m.value) == m, m.value, " is no multiplier of itself");
    }
    CHECK(all.failures() == none);
}

TEST_CASE("make_multiplier: at most 2^-32 is zero") {
    for (const double real : {0.0, -0.0, 0x1p-1074, 0x1p-60, 0x1p-33, 0x1.fffffffp-33, 0x1p-32}) {
        CHECK(make_multiplier(real) == Multiplier{});
    }
    CHECK(make_multiplier(0x1.00000004p-32).value == 0x1.00000004p-32);
    CHECK(make_multiplier(0.0).mantissa() == 0);
    CHECK(make_multiplier(0.0).right_shift() == 0);
}

TEST_CASE("make_multiplier: negative, not finite, or 2^20 and more is refused") {
    const double nan = std::bit_cast<double>(std::uint64_t{0x7ff8000000000000});
    const double infinity = std::bit_cast<double>(std::uint64_t{0x7ff0000000000000});
    for (const double real :
         {-1.0, -0x1p-1074, 0x1p20, 0x1.ffffffffp19, 1e300, infinity, -infinity, nan, -nan}) {
        CHECK_THROWS_AS((void)make_multiplier(real), std::invalid_argument);
    }
    CHECK_THROWS_WITH((void)make_multiplier(-2.0),
                      "make_multiplier: the multiplier is out of range, expected at least 0 and "
                      "below 1048576, given -2");
    CHECK(make_multiplier(0x1.fffffffcp19).value == 0x1.fffffffcp19);
}
