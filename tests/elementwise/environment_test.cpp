// The caller's rounding mode and flush-to-zero change no result, and come back unchanged.
#include <cfenv>
#include <cstring>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "cases.hpp"
#include "intact/elementwise/fake_quantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/elementwise/min_max.hpp"
#include "intact/elementwise/requantize.hpp"

#if INTACT_X86
#include <xmmintrin.h>
#endif

using namespace elementwise_cases;

namespace {

/// Input of everything, made once.
struct Input {
    std::vector<float> x;
    std::vector<std::int8_t> codes;
    std::vector<std::int32_t> sums;
    std::vector<double> factors;
    std::vector<QuantizedMultiplier> fixed;
    std::vector<float> scales;
    std::vector<float> bias;
};

Input make_input() {
    std::mt19937 random(1);
    Input in;
    in.x = hard_reals({0.3F, 5}, {-128, 127, false, 0}, random);
    for (std::size_t i = 0; i < in.x.size(); ++i) {
        const auto draw = [&] { return static_cast<std::uint32_t>(random()); };
        in.codes.push_back(static_cast<std::int8_t>(draw()));
        in.sums.push_back(static_cast<std::int32_t>(draw()) >> 12);
        const double factor = static_cast<double>(draw()) * 0x1p-42;
        in.factors.push_back(ExactRounding::factor(factor));
        in.fixed.push_back(quantize_multiplier(factor));
        // Products and sums that are subnormal, too.
        in.scales.push_back(real(((1 + draw() % 140) << 23) | (draw() & 0x7fffffU)));
        in.bias.push_back(real(draw() & 0x8fffffffU));
    }
    return in;
}

template <class T>
void append(std::string& bytes, const std::vector<T>& values) {
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

/// The bytes of every result of every function.
[[gnu::noinline]] std::string results(const Input& in, const Kernels& kernels) {
    std::string bytes;
    const std::size_t n = in.x.size();
    const Grid grid{-128, 127, false, 0};
    std::vector<std::int8_t> codes(n);
    std::vector<std::int16_t> wide(n);
    std::vector<float> reals(n);
    for (const float scale : {0.3F, 0x1p-126F, 0x1.8p-126F, 0x1p-70F, 1e30F}) {
        const QuantParams params{scale, 5};
        quantize(in.x, params, grid, codes.data(), 0, kernels);
        append(bytes, codes);
        quantize(in.x, params, {-32768, 32767, false, 0}, wide.data(), 0, kernels);
        append(bytes, wide);
        quantize<Floor>(in.x, params, grid, codes.data(), 0, kernels);
        append(bytes, codes);
        quantize<Stochastic<9>>(in.x, params, grid, codes.data(), 0, kernels);
        append(bytes, codes);
        dequantize(in.codes.data(), n, params, reals.data(), kernels);
        append(bytes, reals);
        fake_quantize(in.x, params, grid, reals.data(), 0, kernels);
        append(bytes, reals);
    }
    requantize(in.sums.data(), n, in.factors.data(), 3, -128, 127, codes.data(), kernels);
    append(bytes, codes);
    requantize<GemmlowpDoubleRounding>(in.sums.data(), n, in.fixed.data(), 3, -128, 127,
                                       codes.data(), kernels);
    append(bytes, codes);
    requantize<Float32Multiply>(in.sums.data(), n, in.scales.data(), 3, -128, 127, codes.data(),
                                kernels);
    append(bytes, codes);
    dequantize_sums(in.sums.data(), n, in.scales.data(), in.bias.data(), reals.data(), kernels);
    append(bytes, reals);
    dequantize_sums(in.sums.data(), n, in.scales.data(), in.bias.data(), reals.data(), 0.0F, 6.0F,
                    kernels);
    append(bytes, reals);
    const Extremes seen = min_max(in.x, kernels);
    append(bytes, std::vector<float>{seen.min, seen.max});
    return bytes;
}

[[gnu::noinline]] std::string results_in_default_environment(const Input& in,
                                                             const Kernels& kernels) {
    const simd::DefaultEnvironment guard;
    return results(in, kernels);
}

}  // namespace

TEST_CASE("environment: every kernel gives the bytes of the portable one") {
    const Input in = make_input();
    const std::string expected = results_in_default_environment(in, portable::kernels);
    for (const Kernels& kernels : runnable()) {
        const std::string isa = simd::name(kernels.isa);
        CAPTURE(isa);
        CHECK((results(in, kernels) == expected));
    }
}

TEST_CASE("environment: the caller's rounding mode changes nothing and comes back") {
    const Input in = make_input();
    const int before = std::fegetround();
    for (const Kernels& kernels : runnable()) {
        const std::string expected = results_in_default_environment(in, kernels);
        for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
            CAPTURE(mode);
            std::fesetround(mode);
            const std::string found = results(in, kernels);
            const int after = std::fegetround();
            std::fesetround(before);
            CHECK((found == expected));
            CHECK(after == mode);
        }
    }
}

#if INTACT_X86
TEST_CASE("environment: the caller's flush-to-zero changes nothing and comes back") {
    const Input in = make_input();
    const unsigned before = _mm_getcsr();
    for (const Kernels& kernels : runnable()) {
        const std::string expected = results_in_default_environment(in, kernels);
        for (const unsigned flush : {0x8000U, 0x0040U, 0x8040U}) {
            CAPTURE(flush);
            const unsigned wanted = 0x1f80U | flush;
            _mm_setcsr(wanted);
            const std::string found = results(in, kernels);
            const unsigned after = _mm_getcsr() & ~0x3fU;
            _mm_setcsr(before);
            CHECK((found == expected));
            CHECK(after == (wanted & ~0x3fU));
        }
    }
}
#endif
