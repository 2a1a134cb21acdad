// The caller's rounding mode and flush-to-zero change no bit of an integer network, of its
// calibration or of folding.
#include <cfenv>

#include <doctest/doctest.h>

#include "reference_network.hpp"
#include "samples.hpp"

#include "intact/nn/batch_norm.hpp"
#include "intact/nn/integer_network.hpp"

#if INTACT_X86
#include <xmmintrin.h>
#endif

using namespace intact;
using samples::Source;

namespace {

using Bits = std::vector<std::uint32_t>;
using Weights = SymmetricQuantizer<std::int8_t, PerChannel<0>>;

/// The answers of one kind of network, from calibration to the last bit.
template <class R>
void append(Bits& all, const Sequential& net, const samples::Tensor& x) {
    auto watched = prepare<R>(net);
    const Bits calibrated = reference::bits(watched(x));
    const Bits answers = reference::bits(convert(watched)(x));
    all.insert(all.end(), calibrated.begin(), calibrated.end());
    all.insert(all.end(), answers.begin(), answers.end());
}

/// Layers and pixels, made once in the default environment.
struct Input {
    Source source{3};
    Conv2d first{source.tensor(6, 2, 3, 3, false), source.vector(6, false), {.padding = 1}};
    Conv2d second{source.tensor(6, 1, 3, 3, false), source.vector(6, false), {.groups = 6}};
    Linear head{source.matrix(9, 6, false), source.vector(9, false)};
    BatchNorm norm{source.vector(6, false), source.vector(6, false), source.vector(6, false),
                   source.vector(6, false).cwiseAbs()};
    samples::Tensor x = source.tensor(3, 2, 8, 8, false);
};

[[gnu::noinline]] Bits results(const Input& in) {
    const auto net = sequential(fold(in.first, in.norm), Relu(), MaxPool2d(2), in.second, Relu6(),
                                GlobalAveragePool(), in.head);
    Bits all;
    append<StaticRecipe<Weights, AffineQuantizer<std::uint8_t>>>(all, net, in.x);
    append<DynamicRecipe<Weights, AffineQuantizer<std::uint8_t>>>(all, net, in.x);
    append<WeightOnlyRecipe<Weights>>(all, net, in.x);
    return all;
}

}  // namespace

TEST_CASE("IntegerNetwork: the caller's rounding mode changes nothing") {
    const Input in;
    const Bits expected = results(in);
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        std::fesetround(mode);
        const Bits found = results(in);
        const int still = std::fegetround();
        std::fesetround(FE_TONEAREST);
        CHECK(still == mode);
        CHECK(found == expected);
    }
}

#if INTACT_X86
TEST_CASE("IntegerNetwork: the caller's flush-to-zero changes nothing") {
    const Input in;
    const Bits expected = results(in);
    const unsigned saved = _mm_getcsr();
    _mm_setcsr(saved | 0x8040U);
    const Bits found = results(in);
    _mm_setcsr(saved);
    CHECK(found == expected);
}
#endif
