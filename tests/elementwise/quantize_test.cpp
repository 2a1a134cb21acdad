#include "intact/elementwise/quantize.hpp"

#include <bit>
#include <cstring>
#include <numeric>
#include <string>

#include <doctest/doctest.h>

#include "cases.hpp"

using namespace elementwise_cases;

namespace {

template <class T>
constexpr Grid whole_grid{std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), false, 0};

template <Rounding R, class T>
std::vector<T> codes_of(const std::vector<float>& x, const QuantParams& params, const Grid& grid,
                        const Kernels& kernels, std::uint64_t first_index = 0) {
    std::vector<T> codes(x.size());
    quantize<R>(x, params, grid, codes.data(), first_index, kernels);
    return codes;
}

/// Every scale, some zero points, hard reals: the kernel and the definition agree in every code.
template <Rounding R, class T>
void check_against_definition(const Grid& grid, int how_many_scales) {
    std::mt19937 random(1);
    for (const float scale : scales(random, how_many_scales)) {
        const std::int32_t between =
            grid.qmin + static_cast<std::int32_t>(random() % 65536) % (grid.qmax - grid.qmin + 1);
        for (const std::int32_t zero_point : {grid.qmin, between, grid.qmax}) {
            const QuantParams params{scale, zero_point};
            const std::vector<float> x = hard_reals(params, grid, random);
            const std::vector<T> expected = codes_by_definition<R, T>(x, params, grid);
            for (const Kernels& kernels : runnable()) {
                const std::string isa = simd::name(kernels.isa);
                CAPTURE(isa);
                CAPTURE(scale);
                CAPTURE(zero_point);
                CHECK(first_difference(codes_of<R, T>(x, params, grid, kernels), expected, x) ==
                      none);
            }
        }
    }
}

/// Nearest-even of |x| / s and the rest of the code, in integers only: x and s normal, s > 0.
std::int64_t nearest_even_of_float_quotient(float x, float s) {
    const auto significand = [](std::uint32_t b) { return (b & 0x7fffffU) | 0x800000U; };
    const std::uint64_t numerator = std::uint64_t{significand(bits(x))} << 40;
    const std::uint64_t denominator = significand(bits(s));
    int exponent =
        static_cast<int>((bits(x) >> 23) & 0xffU) - static_cast<int>((bits(s) >> 23) & 0xffU) - 40;
    const auto rounded = [](std::uint64_t value, int drop, bool sticky) {
        const std::uint64_t below = value >> drop;
        const std::uint64_t rest = value & ((std::uint64_t{1} << drop) - 1);
        const std::uint64_t half = std::uint64_t{1} << (drop - 1);
        const bool up = rest > half || (rest == half && (sticky || (below & 1) != 0));
        return below + (up ? 1 : 0);
    };
    // To the 24 bits of a float first, then to an integer: two roundings, as the contract says.
    const std::uint64_t quotient = numerator / denominator;
    const int drop = 64 - std::countl_zero(quotient) - 24;
    const std::uint64_t as_float = rounded(quotient, drop, numerator % denominator != 0);
    exponent += drop;
    std::int64_t steps = 0;
    if (exponent >= 0) {
        steps = exponent > 20 ? 1 << 30 : static_cast<std::int64_t>(as_float << exponent);
    } else if (exponent >= -25) {
        steps = static_cast<std::int64_t>(rounded(as_float, -exponent, false));
    }
    return bits(x) >> 31 != 0 ? -steps : steps;
}

/// Quotients by the recipes of the kernels against the division.
struct Quotients {
    std::size_t tried = 0;
    std::size_t wrong_in_double = 0;
    std::size_t wrong_with_fma = 0;
    std::size_t wrong_by_reciprocal = 0;

    /// Every X with 2^k X - m S = rest.
    void check_near_middle(std::uint32_t s, int k, int rest) {
        const int even = std::countr_zero(s);
        if (even > 5 || rest % (1 << even) != 0) return;
        const std::uint32_t odd = s >> even;
        std::uint32_t inverse = odd;  // Newton's iteration modulo 2^32
        for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
        const auto goal = static_cast<std::uint32_t>(-(rest / (1 << even)));
        const std::uint32_t period = 1U << (k - even);
        for (std::uint32_t m = (goal * inverse) & (period - 1); m < 1U << 25; m += period) {
            const std::int64_t x = (std::int64_t{m} * s + rest) >> k;
            if (x >= 0x800000 && x <= 0xffffff) check(static_cast<float>(x), static_cast<float>(s));
        }
    }

    void check(float x, float s) {
        const std::uint32_t expected = bits(exact_quotient(x, s));
        const double reciprocal = exact_quotient(1.0, static_cast<double>(s));
        const auto in_double = static_cast<float>(exactly(static_cast<double>(x) * reciprocal));
        const auto near = static_cast<float>(reciprocal);
        const auto estimate =
            static_cast<float>(exactly(static_cast<double>(x) * static_cast<double>(near)));
        const float corrected = library_fma(library_fma(-estimate, s, x), near, estimate);
        ++tried;
        if (bits(in_double) != expected) ++wrong_in_double;
        if (bits(corrected) != expected) ++wrong_with_fma;
        if (bits(estimate) != expected) ++wrong_by_reciprocal;
    }
};

}  // namespace

TEST_CASE("quantize: every kernel gives the codes of the definition, 8 bits") {
    check_against_definition<NearestEven, std::int8_t>(whole_grid<std::int8_t>, 120);
    check_against_definition<NearestEven, std::uint8_t>(whole_grid<std::uint8_t>, 120);
}

TEST_CASE("quantize: every kernel gives the codes of the definition, 16 bits") {
    check_against_definition<NearestEven, std::int16_t>(whole_grid<std::int16_t>, 40);
    check_against_definition<NearestEven, std::uint16_t>(whole_grid<std::uint16_t>, 40);
}

TEST_CASE("quantize: narrow grids cut inside the type") {
    check_against_definition<NearestEven, std::int8_t>(Grid{-127, 127, true, 0}, 10);
    check_against_definition<NearestEven, std::int8_t>(Grid{-8, 7, false, 0}, 10);
    check_against_definition<NearestEven, std::uint8_t>(Grid{0, 3, false, 0}, 10);
    check_against_definition<NearestEven, std::int16_t>(Grid{-32767, 32767, true, 0}, 10);
    check_against_definition<NearestEven, std::uint16_t>(Grid{1, 65535, true, 32768}, 10);
}

TEST_CASE("quantize: one real without a code among ordinary ones, at every place and length") {
    const QuantParams params{0.05F, 3};
    const Grid grid = whole_grid<std::int8_t>;
    std::mt19937 random(5);
    std::vector<float> ordinary;
    for (int i = 0; i < 300; ++i) {
        ordinary.push_back(0.013F * static_cast<float>(static_cast<int>(random() % 2000) - 1000));
    }
    const auto check = [&](const std::vector<float>& x) {
        const auto expected = codes_by_definition<NearestEven, std::int8_t>(x, params, grid);
        for (const Kernels& kernels : runnable()) {
            const auto codes = codes_of<NearestEven, std::int8_t>(x, params, grid, kernels);
            CHECK(first_difference(codes, expected, x) == none);
        }
    };
    for (std::size_t i = 0; i < ordinary.size(); ++i) {
        check({ordinary.begin(), ordinary.begin() + static_cast<std::ptrdiff_t>(i)});
        std::vector<float> x = ordinary;
        x[i] = real(i % 3 == 0 ? 0x7fc00000U : (i % 3 == 1 ? infinity : infinity | sign));
        check(x);
        x[i] = i % 2 == 0 ? 2e9F : -2e9F;
        check(x);
    }
}

TEST_CASE("quantize: the other roundings give the codes of the definition") {
    check_against_definition<NearestAway, std::int8_t>(whole_grid<std::int8_t>, 6);
    check_against_definition<TowardZero, std::uint8_t>(whole_grid<std::uint8_t>, 6);
    check_against_definition<Floor, std::int16_t>(whole_grid<std::int16_t>, 6);
    check_against_definition<Stochastic<7>, std::uint8_t>(whole_grid<std::uint8_t>, 6);
}

TEST_CASE("quantize: codes agree with a division in integers, most beside ties") {
    std::mt19937 random(2);
    std::vector<float> x(1);
    for (int round = 0; round < 1000; ++round) {
        // s in [2^-20, 2^20), x / s around the ties of 16-bit codes.
        const auto draw = [&] { return static_cast<std::uint32_t>(random()); };
        const float s = real(((107 + draw() % 40) << 23) | (draw() & 0x7fffffU));
        x.clear();
        for (int i = 0; i < 400; ++i) {
            const double tie = (static_cast<int>(draw() % 65600) - 32800 + 0.5) * s;
            x.push_back(real(bits(static_cast<float>(tie)) + draw() % 5 - 2));
        }
        std::vector<std::int16_t> expected;
        for (const float value : x) {
            const std::int64_t steps = nearest_even_of_float_quotient(value, s) - 3;
            expected.push_back(static_cast<std::int16_t>(
                steps < -32768 ? -32768 : (steps > 32767 ? 32767 : steps)));
        }
        for (const Kernels& kernels : runnable()) {
            const auto codes =
                codes_of<NearestEven, std::int16_t>(x, {s, -3}, whole_grid<std::int16_t>, kernels);
            CHECK(first_difference(codes, expected, x) == none);
        }
    }
}

TEST_CASE("quantize: both ways to divide give the float32 quotient in the hardest cases") {
    // X / S lies closest to the middle of two floats where |2^k X - m S| is small, k = 24 or 25:
    // for each S and each rest r, m solves m S = -r modulo 2^k. With every one of the 2^23
    // significands S, which takes half a minute, the 1.03 * 10^9 quotients were right too.
    const simd::DefaultEnvironment guard;
    std::mt19937 random(3);
    Quotients quotients;
    for (int round = 0; round < 40000; ++round) {
        std::uint32_t s = (static_cast<std::uint32_t>(random()) & 0x7fffffU) | 0x800000U;
        if (round < 64)
            s = round < 32 ? 0x800000U + static_cast<std::uint32_t>(round)
                           : 0xffffffU - static_cast<std::uint32_t>(round - 32);
        for (const int k : {24, 25}) {
            for (int rest = -63; rest < 64; ++rest) quotients.check_near_middle(s, k, rest);
        }
    }
    CHECK(quotients.tried > 3000000);
    CHECK(quotients.wrong_in_double == 0);
    CHECK(quotients.wrong_with_fma == 0);
    CHECK(quotients.wrong_by_reciprocal > 0);
}

TEST_CASE("quantize: every length and every alignment, and nothing beyond the end is written") {
    std::mt19937 random(4);
    const QuantParams params{0.01F, 3};
    const Grid grid = whole_grid<std::int8_t>;
    std::vector<float> all(400);
    for (float& x : all) x = static_cast<float>(static_cast<int>(random() % 400) - 200) * 0.01F;
    all[20] = real(infinity | 1);
    for (const Kernels& kernels : runnable()) {
        for (std::size_t offset = 0; offset < 9; ++offset) {
            for (std::size_t n = 0; n <= 140; ++n) {
                const std::vector<float> x(all.begin() + static_cast<std::ptrdiff_t>(offset),
                                           all.begin() + static_cast<std::ptrdiff_t>(offset + n));
                std::vector<std::int8_t> out(offset + n + 70, 99);
                quantize(std::span<const float>(all).subspan(offset, n), params, grid,
                         out.data() + offset, 0, kernels);
                auto expected = codes_by_definition<NearestEven, std::int8_t>(x, params, grid);
                expected.insert(expected.begin(), offset, 99);
                expected.insert(expected.end(), 70, 99);
                REQUIRE(first_difference(out, expected) == none);
            }
        }
    }
}

namespace {

/// One real among many that has no step, or none at all, wherever it is.
template <class T>
void check_one_among_many(const Grid& grid, std::int32_t zero_point) {
    std::mt19937 random(7);
    const QuantParams params{0.01F, zero_point};
    std::vector<float> x(40'000);
    for (float& value : x)
        value = static_cast<float>(static_cast<int>(random() % 8000) - 4000) * 0.1F;
    for (const std::size_t n :
         {std::size_t{2047}, std::size_t{2048}, std::size_t{16384 + 2048 + 7}, x.size()}) {
        for (const std::size_t at : {std::size_t{0}, std::size_t{63}, std::size_t{2000}, n - 1}) {
            for (const float odd :
                 {real(infinity | 1), real(infinity), real(sign | infinity), 1e30F, -3e9F, 0.5F}) {
                std::vector<float> all(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n));
                all[at] = odd;
                const auto expected = codes_by_definition<NearestEven, T>(all, params, grid);
                for (const Kernels& kernels : runnable()) {
                    const auto codes = codes_of<NearestEven, T>(all, params, grid, kernels);
                    CHECK(first_difference(codes, expected, all) == none);
                }
            }
        }
    }
}

}  // namespace

TEST_CASE("quantize: among many reals, one without a step") {
    check_one_among_many<std::int8_t>(whole_grid<std::int8_t>, 3);
    check_one_among_many<std::int8_t>({-127, 127, true, 0}, 0);
    check_one_among_many<std::uint8_t>(whole_grid<std::uint8_t>, 128);
    check_one_among_many<std::int16_t>(whole_grid<std::int16_t>, -5);
}

TEST_CASE("quantize: every zero point of a byte") {
    std::mt19937 random(5);
    const Grid grid = whole_grid<std::uint8_t>;
    for (std::int32_t zero_point = 0; zero_point <= 255; ++zero_point) {
        const QuantParams params{0.3F, zero_point};
        std::vector<float> x = special_reals();
        for (int i = 0; i < 300; ++i) {
            x.push_back(static_cast<float>(static_cast<int>(random() % 2000) - 1000) * 0.15F);
        }
        const auto expected = codes_by_definition<NearestEven, std::uint8_t>(x, params, grid);
        for (const Kernels& kernels : runnable()) {
            const auto codes = codes_of<NearestEven, std::uint8_t>(x, params, grid, kernels);
            CHECK(first_difference(codes, expected, x) == none);
        }
    }
}

TEST_CASE("quantize: a million random bit patterns") {
    std::mt19937 random(6);
    std::vector<float> x(1 << 20);
    for (float& value : x) value = real(static_cast<std::uint32_t>(random()));
    const QuantParams params{0.0123F, -5};
    const auto expected =
        codes_by_definition<NearestEven, std::int8_t>(x, params, whole_grid<std::int8_t>);
    for (const Kernels& kernels : runnable()) {
        CHECK(first_difference(
                  codes_of<NearestEven, std::int8_t>(x, params, whole_grid<std::int8_t>, kernels),
                  expected, x) == none);
    }
}

TEST_CASE("quantize: the worked example") {
    const std::vector<float> x{127.48F, -40.1F,  0.0F,    89.74F, 124.38F, -39.1F, 126.48F,
                               21.2F,   -35.99F, 124.16F, 5.92F,  41.68F,  23.6F,  -26.4F,
                               -21.51F, -20.6F,  94.49F,  85.07F, 70.11F,  76.91F};
    const std::vector<std::uint8_t> expected{255, 0,   61, 198, 250, 2,  253, 93,  6,   250,
                                             70,  124, 97, 21,  28,  30, 205, 190, 168, 178};
    for (const Kernels& kernels : runnable()) {
        const auto codes = codes_of<NearestEven, std::uint8_t>(
            x, {static_cast<float>(167.58 / 255), 61}, whole_grid<std::uint8_t>, kernels);
        CHECK(first_difference(codes, expected, x) == none);
    }
}

TEST_CASE("quantize: not a number is the zero point, infinities are the ends") {
    const std::vector<float> x{real(infinity + 1),
                               real(sign | (infinity + 1)),
                               real(0x7fc00000U),
                               real(infinity),
                               real(sign | infinity),
                               real(sign),
                               0.0F};
    const std::vector<std::int8_t> expected{7, 7, 7, 100, -90, 7, 7};
    for (const Kernels& kernels : runnable()) {
        CHECK(first_difference(
                  codes_of<NearestEven, std::int8_t>(x, {0.5F, 7}, {-90, 100, false, 0}, kernels),
                  expected, x) == none);
        CHECK(first_difference(
                  codes_of<Floor, std::int8_t>(x, {0.5F, 7}, {-90, 100, false, 0}, kernels),
                  expected, x) == none);
    }
}

TEST_CASE("quantize: stochastic codes depend on the index of the element, not on the cut") {
    std::vector<float> x(1000);
    std::iota(x.begin(), x.end(), -500.0F);
    const QuantParams params{3.7F, 0};
    const Grid grid = whole_grid<std::int16_t>;
    const auto whole = codes_of<Stochastic<1>, std::int16_t>(x, params, grid, best_kernels());
    std::vector<std::int16_t> pieces(x.size());
    const std::span<const float> all(x);
    quantize<Stochastic<1>>(all.first(333), params, grid, pieces.data());
    quantize<Stochastic<1>>(all.subspan(333), params, grid, pieces.data() + 333, 333);
    CHECK(first_difference(pieces, whole) == none);
    const auto other = codes_of<Stochastic<1>, std::int16_t>(x, params, grid, best_kernels(), 1);
    CHECK(first_difference(other, whole) != none);
}
