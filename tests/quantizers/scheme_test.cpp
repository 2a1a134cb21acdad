// Ranges to parameters: every scheme against its formula, and the ranges that break formulas.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <doctest/doctest.h>

#include "intact/core/number.hpp"
#include "intact/quantizers/aliases.hpp"

using namespace intact;

namespace {

constexpr float largest = std::numeric_limits<float>::max();
constexpr float smallest = std::numeric_limits<float>::min();
constexpr float tiny = std::numeric_limits<float>::denorm_min();

/// A number of any magnitude, subnormals included.
float any_magnitude(std::mt19937& random) {
    const std::uint32_t bits = static_cast<std::uint32_t>(random());
    const auto x = std::bit_cast<float>(bits);
    return std::isfinite(x) ? x : 1.0F;
}

/// Reals of the lowest and highest code.
std::pair<double, double> ends(const QuantParams& params, const Grid& grid) {
    const auto scale = static_cast<double>(params.scale);
    return {scale * (grid.qmin - params.zero_point), scale * (grid.qmax - params.zero_point)};
}

/// What the contract asks of any result: parameters that pass the check, every code finite.
void check_sound(const ChosenParams& chosen, const Grid& grid) {
    CHECK_NOTHROW(check(chosen.params, grid, "test"));
    CHECK(std::isfinite(dequantize_number(grid.qmin, chosen.params)));
    CHECK(std::isfinite(dequantize_number(grid.qmax, chosen.params)));
}

}  // namespace

TEST_CASE("Symmetric: the grid of every width, signed and unsigned") {
    const auto is = [](const Grid& grid, int qmin, int qmax, int zero_point,
                       bool half_step = false) {
        return grid == Grid{qmin, qmax, true, zero_point, half_step};
    };
    CHECK(is(Symmetric<Narrow>::grid(8, true), -127, 127, 0));
    CHECK(is(Symmetric<Narrow>::grid(8, false), 1, 255, 128));
    CHECK(is(Symmetric<Full>::grid(8, true), -128, 127, 0));
    CHECK(is(Symmetric<Full>::grid(8, false), 0, 255, 128));
    CHECK(is(Symmetric<HalfStep>::grid(8, true), -128, 127, 0, true));
    CHECK(is(Symmetric<HalfStep>::grid(8, false), 0, 255, 128, true));
    CHECK(is(Symmetric<Narrow>::grid(2, true), -1, 1, 0));
    CHECK(is(Symmetric<Narrow>::grid(2, false), 1, 3, 2));
    CHECK(is(Symmetric<Narrow>::grid(16, true), -32767, 32767, 0));
    CHECK(is(Symmetric<Narrow>::grid(16, false), 1, 65535, 32768));
    CHECK(Affine::grid(4, true) == Grid{-8, 7, false, 0});
    Grid powers = Affine::grid(4, true);
    powers.power_of_two = true;
    CHECK(PowerOfTwo<Affine>::grid(4, true) == powers);
    CHECK(Affine::grid(4, false) == Grid{0, 15, false, 0});
    CHECK(Affine::grid(16, false) == Grid{0, 65535, false, 0});
}

TEST_CASE("Symmetric: scale is the larger magnitude over the levels of the width") {
    const Range range{-3.0, 5.0};
    const auto scale = [&](auto scheme, bool is_signed) {
        return decltype(scheme)::params(range, decltype(scheme)::grid(8, is_signed)).params.scale;
    };
    for (const bool is_signed : {true, false}) {
        CHECK(scale(Symmetric<Narrow>(), is_signed) == 5.0F / 127.0F);
        CHECK(scale(Symmetric<Full>(), is_signed) == 5.0F / 127.0F);
        CHECK(scale(Symmetric<HalfStep>(), is_signed) == 5.0F / 127.5F);
    }
    CHECK(Symmetric<>::params({-7.0, 5.0}, Symmetric<>::grid(8, true)).params.scale ==
          7.0F / 127.0F);
}

TEST_CASE("Affine: scale and zero point follow the contract, for any finite range") {
    std::mt19937 random(1);
    for (const int bits : {2, 3, 4, 8, 16}) {
        for (const bool is_signed : {true, false}) {
            const Grid grid = Affine::grid(bits, is_signed);
            for (int trial = 0; trial < 2000; ++trial) {
                const auto a = static_cast<double>(any_magnitude(random));
                double b = static_cast<double>(any_magnitude(random));
                if (trial % 2 == 0) b = -a * std::ldexp(1.0, static_cast<int>(random() % 5) - 2);
                if (std::abs(b) > static_cast<double>(largest)) b = 0.0;
                const ChosenParams chosen = Affine::params({std::min(a, b), std::max(a, b)}, grid);
                CAPTURE(bits);
                CAPTURE(a);
                CAPTURE(b);
                check_sound(chosen, grid);
                if (chosen.adjustment != Adjustment::none) continue;
                const double low = std::min({a, b, 0.0});
                const double high = std::max({a, b, 0.0});
                if (low == high) continue;
                const auto scale = static_cast<float>((high - low) / (grid.qmax - grid.qmin));
                CHECK(chosen.params.scale == scale);
                const double place = std::nearbyint(grid.qmin - low / static_cast<double>(scale));
                CHECK(chosen.params.zero_point == std::clamp<double>(place, grid.qmin, grid.qmax));
                // Each end within half a step, plus rounding.
                const auto [first, last] = ends(chosen.params, grid);
                const double slack = (bits == 16 ? 0.504 : 0.50002) * static_cast<double>(scale);
                CHECK(std::abs(first - low) <= slack);
                CHECK(std::abs(last - high) <= slack);
            }
        }
    }
}

TEST_CASE("Scheme: a range of zeros has the scale 1 and the zero point nearest 0") {
    CHECK(Affine::params({}, Affine::grid(8, false)).params == QuantParams{1.0F, 0});
    CHECK(Affine::params({}, Affine::grid(8, true)).params == QuantParams{1.0F, 0});
    CHECK(Affine::params({-0.0, 0.0}, Affine::grid(8, true)).params == QuantParams{1.0F, 0});
    CHECK(Symmetric<>::params({}, Symmetric<>::grid(8, true)).params == QuantParams{1.0F, 0});
    CHECK(Symmetric<>::params({}, Symmetric<>::grid(8, false)).params == QuantParams{1.0F, 128});
    CHECK(PowerOfTwo<>::params({}, PowerOfTwo<>::grid(8, true)).params == QuantParams{1.0F, 0});
    CHECK(PowerOfTwo<Affine>::params({}, Affine::grid(8, true)).params == QuantParams{1.0F, 0});
}

TEST_CASE("Scheme: a scale below the smallest normal float is raised to it, and told") {
    const auto check_raised = [](const ChosenParams& chosen, std::int32_t zero_point) {
        CHECK(chosen.adjustment == Adjustment::raised);
        CHECK(chosen.params == QuantParams{smallest, zero_point});
    };
    for (const float amax : {tiny, 3 * tiny, smallest, 100 * smallest}) {
        const auto a = static_cast<double>(amax);
        check_raised(Symmetric<>::params({-a, a}, Symmetric<>::grid(8, true)), 0);
        check_raised(PowerOfTwo<>::params({-a, a}, Symmetric<>::grid(8, true)), 0);
    }
    // The zero point comes from the raised scale: 30 steps below zero.
    const double s = static_cast<double>(smallest);
    check_raised(Affine::params({-30 * s, 70 * s}, Affine::grid(8, false)), 30);
    check_raised(Affine::params({-30 * s, 70 * s}, Affine::grid(8, true)), -98);
    check_raised(PowerOfTwo<Affine>::params({-30 * s, 70 * s}, Affine::grid(8, false)), 30);
    // The first scale that needs no raising.
    CHECK(Symmetric<>::params({-127 * s, 127 * s}, Symmetric<>::grid(8, true)).adjustment ==
          Adjustment::none);
}

TEST_CASE("Scheme: no code of the widest ranges reads as infinity, and lowering is told") {
    const double m = static_cast<double>(largest);
    for (const double low : {-m, -m * 0.999, -m * 0.5, -m / 255.0, -1e38, 0.0}) {
        for (const double high : {m, m * 0.999, m * 0.5, m / 255.0, 1e38, 0.0}) {
            if (low == high) continue;
            for (const int bits : {2, 3, 4, 7, 8, 16}) {
                for (const bool is_signed : {true, false}) {
                    CAPTURE(low);
                    CAPTURE(high);
                    CAPTURE(bits);
                    const Range range{low, high};
                    const Grid affine = Affine::grid(bits, is_signed);
                    const Grid full = Symmetric<Full>::grid(bits, is_signed);
                    check_sound(Affine::params(range, affine), affine);
                    check_sound(PowerOfTwo<Affine>::params(range, affine), affine);
                    check_sound(Symmetric<Full>::params(range, full), full);
                    check_sound(Symmetric<HalfStep>::params(range, full), full);
                    check_sound(PowerOfTwo<Symmetric<Full>>::params(range, full), full);
                    const Grid narrow = Symmetric<>::grid(bits, is_signed);
                    check_sound(Symmetric<>::params(range, narrow), narrow);
                    check_sound(PowerOfTwo<>::params(range, narrow), narrow);
                }
            }
        }
    }
    const ChosenParams full = Symmetric<Full>::params({-m, m}, Symmetric<Full>::grid(8, true));
    CHECK(full.adjustment == Adjustment::lowered);
    CHECK(full.params.scale == largest / 128.0F);
    CHECK(Symmetric<>::params({-1e38, 1e38}, Symmetric<>::grid(8, true)).adjustment ==
          Adjustment::none);
}

TEST_CASE("PowerOfTwo: the scale is the next power of two, lowered where that reads as infinity") {
    std::mt19937 random(2);
    using Wide = Symmetric<Full>;
    for (const bool is_signed : {true, false}) {
        for (int trial = 0; trial < 3000; ++trial) {
            const double amax = static_cast<double>(std::abs(any_magnitude(random)));
            const Range range{-amax, amax};
            CAPTURE(amax);
            const Grid narrow = PowerOfTwo<>::grid(8, is_signed);
            const ChosenParams own = Symmetric<>::params(range, narrow);
            const ChosenParams chosen = PowerOfTwo<>::params(range, narrow);
            int exponent = 0;
            CHECK(std::frexp(chosen.params.scale, &exponent) == 0.5F);
            CHECK(chosen.adjustment == own.adjustment);
            CHECK(chosen.params.scale >= own.params.scale);
            CHECK(static_cast<double>(chosen.params.scale) <
                  2.0 * static_cast<double>(own.params.scale));

            const Grid full = PowerOfTwo<Wide>::grid(8, is_signed);
            const ChosenParams with_full = PowerOfTwo<Wide>::params(range, full);
            if (amax > 127 * 0x1p120) {  // 128 * 2^121 is infinite
                CHECK(with_full.adjustment == Adjustment::lowered);
                CHECK(with_full.params.scale == 0x1p120F);
            } else {
                CHECK(with_full.params == chosen.params);
                CHECK(with_full.adjustment == own.adjustment);
            }
        }
    }
    CHECK(PowerOfTwo<>::params({-127.0, 127.0}, PowerOfTwo<>::grid(8, true)).params.scale == 1.0F);
    CHECK(PowerOfTwo<>::params({-127.5, 127.0}, PowerOfTwo<>::grid(8, true)).params.scale == 2.0F);
}

TEST_CASE("PowerOfTwo over Affine: both ends come back within half a step") {
    std::mt19937 random(3);
    const Grid grid = Affine::grid(8, false);
    for (int trial = 0; trial < 2000; ++trial) {
        const double low = std::ldexp(-1.0 - static_cast<double>(random() % 1000) / 1000.0,
                                      static_cast<int>(random() % 10));
        const double high = std::ldexp(1.0 + static_cast<double>(random() % 1000) / 1000.0,
                                       static_cast<int>(random() % 10));
        const ChosenParams chosen = PowerOfTwo<Affine>::params({low, high}, grid);
        const auto scale = static_cast<double>(chosen.params.scale);
        const auto [first, last] = ends(chosen.params, grid);
        CHECK(first <= low + 0.5 * scale);
        CHECK(last >= high - 0.5 * scale);
    }
}
