// The caller's rounding mode and flush-to-zero change no parameter and no code, and come back
// unchanged.
#include <cfenv>
#include <cstring>
#include <string>

#include <doctest/doctest.h>

#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/moving_average.hpp"
#include "intact/quantizers/aliases.hpp"
#include "intact/quantizers/runs.hpp"
#include "intact/quantizers/scheme.hpp"

#if INTACT_X86
#include <xmmintrin.h>
#endif

using namespace intact;

namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Reals of awkward scales, subnormals among them; the doubles lie between two floats.
struct Input {
    Rows floats{4, 60};
    Eigen::MatrixXd doubles{4, 60};

    Input() {
        std::uint32_t state = 5;
        for (Index i = 0; i < floats.size(); ++i) {
            state = state * 1664525U + 1013904223U;
            const int row = static_cast<int>(i / 60);
            const auto unit = static_cast<double>(state >> 8) * 0x1p-24 - 0.4;
            doubles(i / 60, i % 60) = unit * (1.0 + 1e-9) * std::ldexp(1.0, -40 * row);
            floats.data()[i] = static_cast<float>(doubles(i / 60, i % 60));
        }
        floats.row(3) *= 0x1p-10F;  // subnormal
    }
};

template <class T>
void append(std::string& bytes, const T& value) {
    char text[sizeof(T)];
    std::memcpy(text, &value, sizeof(T));
    bytes.append(text, sizeof(T));
}

template <class Q, class X>
void append_all(std::string& bytes, Q quantizer, const X& x) {
    if constexpr (std::is_same_v<typename Q::GranularityType, PerToken>) {
        quantizer.set_params(quantizer.dynamic_params(x));
    } else {
        quantizer.observe(x);
        quantizer.observe(x);
    }
    const auto q = quantizer.quantize(x);
    const auto back = q.dequantize();
    const auto fake = quantizer.fake_quantize(x);
    for (const QuantParams& params : q.params()) append(bytes, params);
    for (const QuantParams& params : quantizer.dynamic_params(x)) append(bytes, params);
    for (Index i = 0; i < back.size(); ++i) {
        append(bytes, q.codes().data()[i]);
        append(bytes, back.data()[i]);
        append(bytes, fake.data()[i]);
    }
}

/// The bytes of every result.
[[gnu::noinline]] std::string results(const Input& in) {
    std::string bytes;
    append_all(bytes, AffineQuantizer<std::uint8_t, PerChannel<0>>(), in.floats);
    append_all(bytes, AffineQuantizer<std::uint8_t, PerChannel<0>>(), in.doubles);
    append_all(bytes, SymmetricQuantizer<std::int8_t, PerGroup<1, 7>>(), in.floats);
    append_all(bytes, SymmetricQuantizer<std::int8_t, PerToken>(), in.doubles);
    append_all(bytes, AffineQuantizer<std::int16_t, PerTensor, MovingAverage>(), in.doubles);
    append_all(bytes, AffineQuantizer<Int<3>, PerTensor, MinMax, Stochastic<3>>(), in.floats);
    append_all(bytes, PowerOfTwoQuantizer<std::int8_t>(), in.floats);
    append_all(bytes, AffineQuantizer<std::uint8_t, PerChannel<0>, Histogram<Percentile<990000>>>(),
               in.floats);
    return bytes;
}

std::string results_rounding_to(int mode, const Input& in) {
    std::fesetround(mode);
    std::string found = results(in);
    const int still = std::fegetround();
    std::fesetround(FE_TONEAREST);
    CHECK(still == mode);
    return found;
}

}  // namespace

TEST_CASE("Quantizer: the caller's rounding mode changes nothing") {
    const Input in;
    const std::string expected = results(in);
    CHECK(results_rounding_to(FE_UPWARD, in) == expected);
    CHECK(results_rounding_to(FE_DOWNWARD, in) == expected);
    CHECK(results_rounding_to(FE_TOWARDZERO, in) == expected);
}

#if INTACT_X86
TEST_CASE("Quantizer: the caller's flush-to-zero changes nothing") {
    const Input in;
    const std::string expected = results(in);
    const unsigned saved = _mm_getcsr();
    const unsigned flushing = saved | 0x8040U;
    _mm_setcsr(flushing);
    const std::string found = results(in);
    const unsigned after = _mm_getcsr();
    _mm_setcsr(saved);
    CHECK((after & ~0x3fU) == (flushing & ~0x3fU));
    CHECK(found == expected);
}
#endif
