// Steps from a reciprocal of two parts against the float32 quotient: all significands with which
// some x comes closest to the middle of two floats beside a tie, then whole kernels.

#include "intact/elementwise/kernels/two_part_reciprocal.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cases.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/elementwise/quantize.hpp"

using namespace elementwise_cases;

namespace {

/// Nearest-even to an integer, of a float below 2^51.
double nearest(float x) { return exactly(exactly(static_cast<double>(x) + 0x1.8p52) - 0x1.8p52); }

double steps_of_quotient(float x, float scale) { return nearest(exact_quotient(x, scale)); }

double steps_of_two_parts(float x, float scale) {
    const TwoPartReciprocal r(exact_quotient(1.0, static_cast<double>(scale)));
    const auto low =
        static_cast<float>(exactly(static_cast<double>(x) * static_cast<double>(r.low)));
    return nearest(library_fma(x, r.high, low));
}

/// 25 bits of the middle beside the tie k + 1/2: the tie and 1 in its 25th bit, upwards where k is
/// even, because the tie itself goes to k then.
std::uint32_t middle_of(std::uint32_t k) {
    const std::uint32_t tie = (2 * k + 1) << (std::countl_zero(2 * k + 1) - 7);
    return k % 2 == 0 ? tie + 1 : tie - 1;
}

/// The scale in [1, 2) whose significand S, of 24 bits, has M S = rest modulo 2^24, if there is
/// one.
std::optional<float> scale_with(std::uint32_t k, std::int32_t rest) {
    const std::uint32_t m = middle_of(k);
    std::uint32_t inverse = m;  // Newton's iteration modulo 2^32
    for (int i = 0; i < 5; ++i) inverse *= 2 - m * inverse;
    const std::uint32_t significand = static_cast<std::uint32_t>(rest) * inverse & 0xffffffU;
    if (significand >> 23 == 0) return std::nullopt;
    return real((significand & 0x7fffffU) | 0x3f800000U);
}

/// Floats closest to (k + 1/2) * scale, `reach` on either side.
std::vector<float> beside_tie(std::uint32_t k, float scale, std::uint32_t reach) {
    std::vector<float> reals;
    const std::uint32_t at = bits(static_cast<float>((k + 0.5) * static_cast<double>(scale)));
    for (std::uint32_t near = at - reach; near <= at + reach; ++near) reals.push_back(real(near));
    return reals;
}

/// What goes wrong with the scales that come within `farthest` of the middle beside the tie k +
/// 1/2.
struct Trial {
    int scales = 0;
    int wrong = 0;

    void run(std::uint32_t k, std::int32_t farthest) {
        for (std::int32_t rest = -farthest; rest <= farthest; ++rest) {
            const std::optional<float> scale = scale_with(k, rest);
            if (!scale) continue;
            ++scales;
            for (const float x : beside_tie(k, *scale, 2)) {
                wrong += steps_of_two_parts(x, *scale) == steps_of_quotient(x, *scale) ? 0 : 1;
            }
        }
    }
};

}  // namespace

TEST_CASE("TwoPartReciprocal: all scales that come closest to a middle give the steps") {
    const simd::DefaultEnvironment guard;
    Trial trial;
    for (std::uint32_t k = 0; k < 1024; ++k) trial.run(k, 8);
    CHECK(trial.scales == 8 * 1024);
    CHECK(trial.wrong == 0);
    Trial beyond;  // this would see one that is wrong
    for (std::uint32_t k = 1024; k < 4096; ++k) beyond.run(k, 1);
    CHECK(beyond.wrong > 0);
}

TEST_CASE("TwoPartReciprocal: steps beside all ties, of both signs, at scales of every magnitude") {
    const simd::DefaultEnvironment guard;
    std::mt19937 random(1);
    Comparisons all;
    for (const float scale : scales(random, 300)) {
        if (!portable::needs_no_division(scale)) continue;
        for (std::uint32_t k = 0; k < 1024; ++k) {
            for (const float x : beside_tie(k, scale, 2)) {
                all.equal(steps_of_two_parts(x, scale), steps_of_quotient(x, scale), x, scale);
                all.equal(steps_of_two_parts(-x, scale), steps_of_quotient(-x, scale), -x, scale);
            }
        }
    }
    CHECK(all.failures() == none);
}

TEST_CASE("has_few_steps: both ends, from the zero point") {
    CHECK(has_few_steps({1.0F, 0, -128, 127}));
    CHECK(has_few_steps({1.0F, 255, 0, 255}));
    CHECK(has_few_steps({1.0F, 32000, 32000 - 1023, 32000 + 767}));
    CHECK_FALSE(has_few_steps({1.0F, 0, 0, 1024}));
    CHECK_FALSE(has_few_steps({1.0F, 0, -1024, 0}));
}

TEST_CASE_TEMPLATE("quantize: codes with the scales that come closest to a middle", T, std::int8_t,
                   std::uint8_t) {
    constexpr Grid grid{std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), false, 0};
    for (std::uint32_t tie = 0; tie < 256; tie += 5) {
        for (const std::int32_t rest : {-1, 1, 3}) {
            const std::optional<float> scale = scale_with(tie, rest);
            if (!scale) continue;
            std::vector<float> x;
            for (std::uint32_t k = 0; k < 258; ++k) {
                for (const float near : beside_tie(k, *scale, 2)) {
                    x.push_back(near);
                    x.push_back(-near);
                }
            }
            for (const std::int32_t zero_point : {grid.qmin, grid.qmin + 117, grid.qmax}) {
                const QuantParams params{*scale, zero_point};
                const std::vector<T> expected =
                    codes_by_definition<NearestEven, T>(x, params, grid);
                for (const Kernels& kernels : runnable()) {
                    std::vector<T> codes(x.size());
                    quantize<NearestEven>(x, params, grid, codes.data(), 0, kernels);
                    REQUIRE(first_difference(codes, expected, x) == none);
                }
            }
        }
    }
}
