#include "intact/elementwise/dequantize.hpp"

#include <cmath>
#include <cstring>
#include <string>

#include <doctest/doctest.h>

#include "cases.hpp"
#include "intact/core/number.hpp"

using namespace elementwise_cases;

namespace {

template <class T>
[[gnu::noinline]] std::vector<float> reals_by_definition(const std::vector<T>& codes,
                                                         const QuantParams& params) {
    const simd::DefaultEnvironment guard;
    std::vector<float> reals(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
        reals[i] = dequantize_number(codes[i], params);
    }
    return reals;
}

template <class T>
std::vector<float> reals_of(const std::vector<T>& codes, const QuantParams& params,
                            const Kernels& kernels) {
    std::vector<float> reals(codes.size());
    dequantize(codes.data(), codes.size(), params, reals.data(), kernels);
    return reals;
}

/// Every code with every zero point of `zero_points`, for scales of every magnitude.
template <class T>
void check_every_code(const std::vector<std::int32_t>& zero_points, int how_many_scales) {
    using Limits = std::numeric_limits<T>;
    std::vector<T> codes;
    for (std::int32_t code = Limits::min(); code <= Limits::max(); ++code) {
        codes.push_back(static_cast<T>(code));
    }
    std::mt19937 random(1);
    for (const float scale : scales(random, how_many_scales)) {
        Comparisons all;
        for (const std::int32_t zero_point : zero_points) {
            const QuantParams params{scale, zero_point};
            const std::vector<float> expected = reals_by_definition(codes, params);
            for (const Kernels& kernels : runnable()) {
                const std::string found =
                    first_difference(reals_of(codes, params, kernels), expected, codes);
                all.holds(found == none, simd::name(kernels.isa), ", scale ", scale,
                          ", zero point ", zero_point, ", ", found);
            }
        }
        CHECK(all.failures() == none);
    }
}

/// The fused operation of the C library, called through a pointer that no compiler looks through.
[[gnu::noinline]] float fused(std::int32_t sum, float scale, float bias) {
    const simd::DefaultEnvironment guard;
    return library_fma(static_cast<float>(sum), scale, bias);
}

/// Sums, scales and biases, many with nearly cancelling products and biases.
struct Sums {
    std::vector<std::int32_t> sums;
    std::vector<float> scales;
    std::vector<float> bias;
};

Sums random_sums(std::size_t n, unsigned seed) {
    std::mt19937 random(seed);
    Sums made;
    for (std::size_t i = 0; i < n; ++i) {
        const auto draw = [&] { return static_cast<std::uint32_t>(random()); };
        const auto sum = static_cast<std::int32_t>(draw() >> (draw() % 31));
        const float scale =
            real(((100 + draw() % 40) << 23) | (draw() & 0x7fffffU) | (i % 7 == 0 ? sign : 0));
        float bias = real(((90 + draw() % 70) << 23) | (draw() & 0x807fffffU));
        if (i % 3 == 0 && sum != 0) {
            bias = -static_cast<float>(sum) * scale;
            bias = real(bits(bias) + draw() % 5 - 2);
        }
        made.sums.push_back(i % 50 == 0
                                ? (i % 100 == 0 ? INT32_MIN : (i % 150 == 0 ? 0 : INT32_MAX))
                                : (draw() % 2 == 0 ? sum : -sum));
        made.scales.push_back(scale);
        made.bias.push_back(bias);
    }
    return made;
}

}  // namespace

TEST_CASE("dequantize: every code of every type gives the real of the definition") {
    std::vector<std::int32_t> bytes;
    for (std::int32_t zero_point = 0; zero_point <= 255; ++zero_point) bytes.push_back(zero_point);
    check_every_code<std::uint8_t>(bytes, 6);
    for (std::int32_t& zero_point : bytes) zero_point -= 128;
    check_every_code<std::int8_t>(bytes, 6);
    check_every_code<std::int16_t>({-32768, -1, 0, 12345, 32767}, 4);
    check_every_code<std::uint16_t>({0, 1, 32768, 65535}, 4);
}

TEST_CASE("dequantize: every length and every alignment, and nothing beyond the end is written") {
    std::vector<std::int8_t> codes(300);
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::int8_t>(i * 37);
    const QuantParams params{0.37F, -9};
    const std::vector<float> all = reals_by_definition(codes, params);
    for (const Kernels& kernels : runnable()) {
        for (std::size_t offset = 0; offset < 9; ++offset) {
            for (std::size_t n = 0; n <= 140; ++n) {
                std::vector<float> out(offset + n + 40, -1.0F);
                dequantize(codes.data() + offset, n, params, out.data() + offset, kernels);
                std::vector<float> expected(out.size(), -1.0F);
                std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(offset), n,
                            expected.begin() + static_cast<std::ptrdiff_t>(offset));
                REQUIRE(first_difference(out, expected) == none);
            }
        }
    }
}

TEST_CASE("dequantize_sums: one fused operation, rounded once, in every kernel") {
    const Sums in = random_sums(300'000, 2);
    std::vector<float> expected(in.sums.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        expected[i] = fused(in.sums[i], in.scales[i], in.bias[i]);
    }
    for (const Kernels& kernels : runnable()) {
        const std::string isa = simd::name(kernels.isa);
        CAPTURE(isa);
        std::vector<float> out(in.sums.size());
        dequantize_sums(in.sums.data(), out.size(), in.scales.data(), in.bias.data(), out.data(),
                        kernels);
        CHECK(first_difference(out, expected, in.sums) == none);
    }
}

TEST_CASE("dequantize_sums: no bias is a bias of zeros") {
    const Sums in = random_sums(1003, 3);
    const std::vector<float> zeros(in.sums.size(), 0.0F);
    for (const Kernels& kernels : runnable()) {
        std::vector<float> out(in.sums.size());
        std::vector<float> expected(in.sums.size());
        dequantize_sums(in.sums.data(), out.size(), in.scales.data(), nullptr, out.data(), kernels);
        dequantize_sums(in.sums.data(), out.size(), in.scales.data(), zeros.data(), expected.data(),
                        kernels);
        CHECK(first_difference(out, expected) == none);
    }
}

TEST_CASE("dequantize_sums: limits cut in the order of the bits") {
    const Sums in = random_sums(1003, 4);
    for (const Kernels& kernels : runnable()) {
        std::vector<float> open(in.sums.size());
        std::vector<float> cut(in.sums.size());
        dequantize_sums(in.sums.data(), open.size(), in.scales.data(), in.bias.data(), open.data(),
                        kernels);
        dequantize_sums(in.sums.data(), cut.size(), in.scales.data(), in.bias.data(), cut.data(),
                        0.0F, 6.0F, kernels);
        std::vector<float> expected = open;
        for (float& y : expected) y = bits(y) >> 31 != 0 ? 0.0F : (y > 6.0F ? 6.0F : y);
        CHECK(first_difference(cut, expected, in.sums) == none);
        dequantize_sums(in.sums.data(), cut.size(), in.scales.data(), in.bias.data(), cut.data(),
                        -2.0F, 3.0F, kernels);
        expected = open;
        for (float& y : expected) y = y < -2.0F ? -2.0F : (y > 3.0F ? 3.0F : y);
        CHECK(first_difference(cut, expected, in.sums) == none);
        // A result of -0 comes from a sum of 0 and a bias of -0 with a negative scale.
        const std::int32_t sum = 0;
        const float scale = -1.0F;
        const float bias = real(sign);
        float result = 1.0F;
        dequantize_sums(&sum, 1, &scale, &bias, &result, 0.0F, 1.0F, kernels);
        CHECK(bits(result) == 0);
    }
}

TEST_CASE("dequantize_sums: every length, and nothing beyond the end is written") {
    const Sums in = random_sums(100, 5);
    for (const Kernels& kernels : runnable()) {
        for (std::size_t n = 0; n <= 70; ++n) {
            for (std::size_t offset = 0; offset < 3; ++offset) {
                std::vector<float> out(offset + n + 20, -1.0F);
                dequantize_sums(in.sums.data() + offset, n, in.scales.data() + offset,
                                in.bias.data() + offset, out.data() + offset, kernels);
                std::vector<float> expected(out.size(), -1.0F);
                for (std::size_t i = offset; i < offset + n; ++i) {
                    expected[i] = fused(in.sums[i], in.scales[i], in.bias[i]);
                }
                REQUIRE(first_difference(out, expected, in.sums) == none);
            }
        }
    }
}
