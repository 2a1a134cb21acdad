#include "intact/elementwise/fixed_point.hpp"

#include <random>
#include <stdexcept>

#include <doctest/doctest.h>

#include "tests/comparisons.hpp"

using namespace intact::elementwise;

namespace {

constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t highest = std::numeric_limits<std::int32_t>::max();

/// value * 2^-shift to nearest; halves away from zero, or toward plus infinity.
__extension__ using Wide = __int128;
std::int64_t rounded(Wide value, int shift, bool away) {
    const Wide one = Wide{1} << shift;
    Wide below = value / one;
    Wide rest = value % one;
    if (rest < 0) {
        below -= 1;
        rest += one;
    }
    const bool tie_goes_up = !away || value >= 0;
    if (2 * rest > one || (2 * rest == one && tie_goes_up)) below += 1;
    return static_cast<std::int64_t>(below);
}

}  // namespace

TEST_CASE("quantize_multiplier: 31 bits, halves away, the shift of frexp") {
    CHECK(quantize_multiplier(1.0) == QuantizedMultiplier{1 << 30, 1});
    CHECK(quantize_multiplier(0.5) == QuantizedMultiplier{1 << 30, 0});
    CHECK(quantize_multiplier(0.1) == QuantizedMultiplier{1717986918, -3});
    CHECK(quantize_multiplier(0x1.ffffffffffffp-1) == QuantizedMultiplier{1 << 30, 1});
    CHECK(quantize_multiplier(0x1.00000002p0) == QuantizedMultiplier{(1 << 30) + 1, 1});
    CHECK(quantize_multiplier(0.0) == QuantizedMultiplier{});
    CHECK(quantize_multiplier(0x1p-32) == QuantizedMultiplier{1 << 30, -31});
    CHECK(quantize_multiplier(0x1.fffffp-33) == QuantizedMultiplier{});
    CHECK(quantize_multiplier(0x1.ffffffffep-33) == QuantizedMultiplier{1 << 30, -31});
    CHECK(quantize_multiplier(0x1p40) == QuantizedMultiplier{1 << 30, 41});
    CHECK(quantize_multiplier_single_rounding(0x1p40) == QuantizedMultiplier{highest, 30});
    CHECK(quantize_multiplier_single_rounding(0.1) == quantize_multiplier(0.1));
}

TEST_CASE("quantize_multiplier: negative or not finite is refused") {
    const double nan = std::bit_cast<double>(std::uint64_t{0x7ff8000000000000});
    const double infinity = std::bit_cast<double>(std::uint64_t{0x7ff0000000000000});
    CHECK_THROWS_AS((void)quantize_multiplier(-0.5), std::invalid_argument);
    CHECK_THROWS_AS((void)quantize_multiplier(nan), std::invalid_argument);
    CHECK_THROWS_AS((void)quantize_multiplier(infinity), std::invalid_argument);
}

TEST_CASE("fixed point: the parts round as their sources say") {
    CHECK(saturating_rounding_doubling_high_mul(lowest, lowest) == highest);
    CHECK(saturating_rounding_doubling_high_mul(highest, highest) == highest - 1);
    CHECK(saturating_rounding_doubling_high_mul(lowest, highest) == -highest);
    CHECK(saturating_rounding_doubling_high_mul(1, 1 << 30) == 1);
    CHECK(saturating_rounding_doubling_high_mul(-1, 1 << 30) == 0);
    CHECK(rounding_divide_by_pot(3, 1) == 2);
    CHECK(rounding_divide_by_pot(-3, 1) == -2);
    CHECK(rounding_divide_by_pot(-1, 1) == -1);
    CHECK(rounding_divide_by_pot(lowest, 31) == -1);
    CHECK(rounding_divide_by_pot(lowest, 0) == lowest);
    CHECK(rounding_divide_by_pot(highest, 31) == 1);
}

TEST_CASE("fixed point: both roundings against 128-bit integers") {
    std::mt19937 random(1);
    Comparisons all;
    for (int i = 0; i < 200'000; ++i) {
        const auto draw = [&] { return static_cast<std::int32_t>(random()); };
        const std::int32_t x = i % 2 == 0 ? draw() : draw() >> 16;
        const QuantizedMultiplier m{(draw() & 0x3fffffff) | 0x40000000, -(draw() & 31)};
        const std::int64_t once = rounded(Wide{x} * m.mantissa, 31, false);
        all.equal(std::int64_t{multiply_by_quantized_multiplier(x, m)},
                  rounded(once, -m.shift, true), "twice, ", x, " * ", m.mantissa, ", shift ",
                  m.shift);
        all.equal(std::int64_t{multiply_by_quantized_multiplier_single_rounding(x, m)},
                  rounded(Wide{x} * m.mantissa, 31 - m.shift, false), "once, ", x, " * ",
                  m.mantissa, ", shift ", m.shift);

        const std::int64_t wide = std::int64_t{x} * 65536;
        const std::int64_t mantissa =
            m.mantissa >= 0x7fff0000 ? 0x7fff : rounded(m.mantissa, 16, false);
        all.equal(multiply_by_quantized_multiplier(wide, m),
                  static_cast<std::int32_t>(rounded(Wide{wide} * mantissa, 15 - m.shift, false)),
                  "wide, ", wide, " * ", m.mantissa, ", shift ", m.shift);
    }
    CHECK(all.failures() == none);
}

TEST_CASE("fixed point: a multiplier above one shifts to the left first") {
    const QuantizedMultiplier m = quantize_multiplier(20.0);
    Comparisons all;
    for (std::int32_t x = -1000; x <= 1000; ++x) {
        all.equal(multiply_by_quantized_multiplier(x, m), 20 * x, "twice, ", x);
        all.equal(multiply_by_quantized_multiplier_single_rounding(x, m), 20 * x, "once, ", x);
    }
    CHECK(all.failures() == none);
}
