#include "intact/elementwise/requantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"

#include <cmath>
#include <cstring>
#include <string>
#include <tuple>

#include <doctest/doctest.h>

#include "cases.hpp"

using namespace elementwise_cases;

namespace {

/// clamp(nearest-even(sum * m * 2^-n) + zero_point), by division.
std::int32_t expected_code(std::int32_t sum, const Multiplier& multiplier, const Output& output) {
    const Wide code = rounded_by_division(sum, multiplier) + output.zero_point;
    if (code < output.qmin) return output.qmin;
    if (code > output.qmax) return output.qmax;
    return static_cast<std::int32_t>(code);
}

struct Row {
    std::vector<std::int32_t> sums;
    std::vector<double> factors;
};

/// Random multipliers of every magnitude; sums that are random, extreme, or beside a tie.
Row random_row(std::size_t n, unsigned seed) {
    std::mt19937_64 random(seed);
    Row row;
    for (std::size_t i = 0; i < n; ++i) {
        // From 2^-32 to 2^20, most in the usual range; some with few bits, so that ties are hit.
        const std::uint64_t exponent =
            i % 4 == 0 ? 1023 - 32 + random() % 52 : 1023 - 14 + random() % 14;
        std::uint64_t mantissa = random() >> 12;
        if (i % 3 == 0) mantissa &= ~((std::uint64_t{1} << (44 + random() % 8)) - 1);
        const double real = std::bit_cast<double>((exponent << 52) | mantissa);
        row.factors.push_back(i % 97 == 0 ? 0.0 : make_multiplier(real).value);
        const double code = static_cast<double>(random() % 512) - 256.0 + (i % 2 == 0 ? 0.5 : 0.0);
        const double near = code / real;
        auto sum = static_cast<std::int64_t>(near) + static_cast<std::int64_t>(random() % 3) - 1;
        if (i % 11 == 0) sum = static_cast<std::int32_t>(random());
        sum = portable::clamp(sum, INT32_MIN, INT32_MAX);
        if (i % 101 == 0) sum = INT32_MIN;
        if (i % 103 == 0) sum = INT32_MAX;
        row.sums.push_back(static_cast<std::int32_t>(sum));
    }
    return row;
}

template <class T>
std::vector<T> expected_codes(const Row& row, const Output& output) {
    std::vector<T> codes;
    for (std::size_t i = 0; i < row.sums.size(); ++i) {
        codes.push_back(
            static_cast<T>(expected_code(row.sums[i], Multiplier{row.factors[i]}, output)));
    }
    return codes;
}

template <class T>
void check_against_integers(const Row& row, const std::vector<Output>& outputs) {
    for (const Output& output : outputs) {
        const std::vector<T> expected = expected_codes<T>(row, output);
        for (const Kernels& kernels : runnable()) {
            const std::string isa = simd::name(kernels.isa);
            CAPTURE(isa);
            CAPTURE(output.zero_point);
            std::vector<T> codes(row.sums.size());
            requantize(row.sums.data(), codes.size(), row.factors.data(), output.zero_point,
                       output.qmin, output.qmax, codes.data(), kernels);
            CHECK(first_difference(codes, expected, row.sums) == none);
        }
    }
}

}  // namespace

TEST_CASE("requantize: every kernel rounds the exact product once") {
    const Row row = random_row(200'000, 1);
    check_against_integers<std::int8_t>(row, {{0, -128, 127}, {-128, -128, 127}, {127, -127, 127}});
    check_against_integers<std::uint8_t>(row, {{0, 0, 255}, {255, 0, 255}, {17, 17, 200}});
    check_against_integers<std::int16_t>(row, {{0, -32768, 32767}, {-32768, -32768, 32767}});
    check_against_integers<std::uint16_t>(row, {{65535, 0, 65535}, {300, 5, 65000}});
}

TEST_CASE("requantize: every zero point of a byte") {
    const Row row = random_row(503, 2);
    std::vector<Output> outputs;
    for (std::int32_t zero = 0; zero <= 255; ++zero) outputs.push_back({zero, 0, 255});
    check_against_integers<std::uint8_t>(row, outputs);
    for (Output& output : outputs) output = {output.zero_point - 128, -128, 127};
    check_against_integers<std::int8_t>(row, outputs);
}

TEST_CASE("requantize: ties go to the even step, before the zero point is added") {
    const std::vector<std::int32_t> sums{1, 3, 5, -1, -3, -5, 2, -2};
    const std::vector<double> halves(sums.size(), ExactRounding::factor(0.5));
    const std::vector<std::int8_t> expected{1, 3, 3, 1, -1, -1, 2, 0};
    for (const Kernels& kernels : runnable()) {
        std::vector<std::int8_t> codes(sums.size());
        requantize(sums.data(), sums.size(), halves.data(), 1, -128, 127, codes.data(), kernels);
        CHECK(first_difference(codes, expected, sums) == none);
    }
}

TEST_CASE(
    "requantize: a product just below a tie, closer than a double can tell, is rounded once") {
    // (2^30 + u t) (c 2^j - c t) = c 2^(30 + j) - u c t^2, where u = 2^(30 - j).
    Row row;
    for (const int t : {1, 2, 3, 4}) {
        row.sums.push_back(3 * (1 << 29) - 3 * t);
        row.factors.push_back(((1 << 30) + 2 * t) * 0x1p-60);  // 1.5 - 6 t^2 2^-60
        row.sums.push_back(7 * (1 << 28) - 7 * t);
        row.factors.push_back(((1 << 30) + 4 * t) * 0x1p-59);  // 3.5 - 28 t^2 2^-59
    }
    const std::size_t n = row.sums.size();
    for (std::size_t i = 0; i < n; ++i) {
        row.sums.push_back(-row.sums[i]);
        row.factors.push_back(row.factors[i]);
    }
    CHECK(expected_code(row.sums[0], {row.factors[0]}, {0, -128, 127}) == 1);
    CHECK(expected_code(row.sums[1], {row.factors[1]}, {0, -128, 127}) == 3);
    check_against_integers<std::int8_t>(row, {{0, -128, 127}, {3, -128, 127}});
}

TEST_CASE("requantize: products closer to a tie than float32 can tell, and a little further") {
    // One of 64 in a row, beside zeros, so that it is not decided together with others.
    constexpr double unit = 0x1p-17;
    constexpr std::size_t lanes = 64;
    std::mt19937_64 random(5);
    Row row;
    for (int distance = -14; distance <= 14; ++distance) {
        for (int i = 0; i < 256; ++i) {
            const double real = std::ldexp(1.0 + static_cast<double>(random() >> 12) * 0x1p-52,
                                           -17 - static_cast<int>(random() % 5));
            const double most = i % 2 == 0 ? 255.0 : 1.0 + static_cast<double>(random() % 255);
            const double product = (i % 4 < 2 ? most : -most) - 0.5 + distance * unit;
            row.factors.resize(row.factors.size() + lanes, make_multiplier(real).value);
            row.sums.resize(row.sums.size() + lanes, 0);
            *(row.sums.end() - 1 - static_cast<std::ptrdiff_t>(random() % lanes)) =
                static_cast<std::int32_t>(std::lround(product / real));
        }
    }
    check_against_integers<std::int8_t>(row, {{0, -128, 127}, {-128, -128, 127}, {127, -128, 127}});
    check_against_integers<std::uint8_t>(row, {{0, 0, 255}, {128, 0, 255}, {255, 0, 255}});
}

TEST_CASE("requantize: the largest sums times the largest and smallest multipliers") {
    Row row;
    for (const double real : {0x1.fffffffcp19, 1.0, 0x1.fffffffcp-1, 0x1.00000004p-32, 0.0}) {
        for (const std::int32_t sum : {INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX}) {
            row.factors.push_back(ExactRounding::factor(real));
            row.sums.push_back(sum);
        }
    }
    check_against_integers<std::int8_t>(row, {{0, -128, 127}, {5, -10, 10}});
    check_against_integers<std::uint16_t>(row, {{0, 0, 65535}, {65535, 0, 65535}});
}

TEST_CASE("requantize: every length and alignment, and nothing beyond the end is written") {
    const Row row = random_row(120, 3);
    const Output output{3, 0, 255};
    const std::vector<std::uint8_t> all = expected_codes<std::uint8_t>(row, output);
    for (const Kernels& kernels : runnable()) {
        for (std::size_t offset = 0; offset < 4; ++offset) {
            for (std::size_t n = 0; n <= 70; ++n) {
                std::vector<std::uint8_t> out(offset + n + 40, 99);
                requantize(row.sums.data() + offset, n, row.factors.data() + offset, 3, 0, 255,
                           out.data() + offset, kernels);
                std::vector<std::uint8_t> expected(out.size(), 99);
                std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(offset), n,
                            expected.begin() + static_cast<std::ptrdiff_t>(offset));
                REQUIRE(first_difference(out, expected) == none);
            }
        }
    }
}

TEST_CASE("requantize: the policies differ where their sources do") {
    // Half of 5, of -5 and of -1; the two roundings of gemmlowp go away from zero.
    const auto all = [](std::int32_t sum) {
        return std::tuple(
            ExactRounding::apply(sum, ExactRounding::factor(0.5)),
            GemmlowpDoubleRounding::apply(sum, GemmlowpDoubleRounding::factor(0.25 * 2)),
            SingleRoundingTiesUp::apply(sum, SingleRoundingTiesUp::factor(0.5)),
            Float32Multiply::apply(sum, Float32Multiply::factor(0.5)));
    };
    CHECK(all(5) == std::tuple(2, 3, 3, 2));
    CHECK(all(-5) == std::tuple(-2, -2, -2, -2));
    CHECK(all(-7) == std::tuple(-4, -3, -3, -4));

    const double quarter = 0.25;
    CHECK(GemmlowpDoubleRounding::apply(-6, GemmlowpDoubleRounding::factor(quarter)) == -2);
    CHECK(SingleRoundingTiesUp::apply(-6, SingleRoundingTiesUp::factor(quarter)) == -1);
    CHECK(ExactRounding::apply(-6, ExactRounding::factor(quarter)) == -2);

    // 2^24 + 1 is no float32.
    CHECK(Float32Multiply::apply((1 << 24) + 1, 0x1p-24F) == 1);
    CHECK(Float32Multiply::apply(INT32_MAX, 1.0F) == 1 << 20);
    CHECK(Float32Multiply::apply(INT32_MIN, 1.0F) == -(1 << 20));
    CHECK(ExactRounding::apply(INT32_MAX, ExactRounding::factor(1000.0)) == INT32_MAX);
    CHECK(ExactRounding::apply(INT32_MIN, ExactRounding::factor(1000.0)) == INT32_MIN);
}

TEST_CASE("requantize: bulk policies are their own apply, zero point and cut") {
    std::mt19937 random(4);
    std::vector<std::int32_t> sums(1000);
    std::vector<QuantizedMultiplier> fixed;
    std::vector<float> factors;
    for (std::int32_t& sum : sums) {
        sum = static_cast<std::int32_t>(random()) >> (random() % 24);
        const double real = static_cast<double>(random() % 100000 + 1) * 1e-6;
        fixed.push_back(GemmlowpDoubleRounding::factor(real));
        factors.push_back(Float32Multiply::factor(real));
    }
    std::vector<std::uint8_t> codes(sums.size());
    const auto cut = [](std::int64_t code) {
        return static_cast<std::uint8_t>(portable::clamp(code + 100, 3, 250));
    };
    requantize<GemmlowpDoubleRounding>(sums.data(), sums.size(), fixed.data(), 100, 3, 250,
                                       codes.data());
    for (std::size_t i = 0; i < sums.size(); ++i) {
        REQUIRE(codes[i] == cut(multiply_by_quantized_multiplier(sums[i], fixed[i])));
    }
    requantize<SingleRoundingTiesUp>(sums.data(), sums.size(), fixed.data(), 100, 3, 250,
                                     codes.data());
    for (std::size_t i = 0; i < sums.size(); ++i) {
        REQUIRE(codes[i] ==
                cut(multiply_by_quantized_multiplier_single_rounding(sums[i], fixed[i])));
    }
    requantize<Float32Multiply>(sums.data(), sums.size(), factors.data(), 100, 3, 250,
                                codes.data());
    for (std::size_t i = 0; i < sums.size(); ++i) {
        REQUIRE(codes[i] == cut(Float32Multiply::apply(sums[i], factors[i])));
    }
}

TEST_CASE("requantize: every policy refuses the same factors") {
    CHECK_THROWS_AS((void)ExactRounding::factor(-1.0), std::invalid_argument);
    CHECK_THROWS_AS((void)GemmlowpDoubleRounding::factor(0x1p20), std::invalid_argument);
    CHECK_THROWS_AS((void)SingleRoundingTiesUp::factor(0x1p20), std::invalid_argument);
    CHECK_THROWS_AS((void)Float32Multiply::factor(-1.0), std::invalid_argument);
}
