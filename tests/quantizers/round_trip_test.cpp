// Every scheme, code width and granularity: real, code, real again.
#include <algorithm>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "intact/core/walk.hpp"
#include "intact/quantizers/aliases.hpp"

using namespace intact;

namespace {

using Tensor3 = Eigen::Tensor<float, 3, Eigen::RowMajor>;

/// Values whose range differs from place to place and is lopsided.
const Tensor3& values() {
    static const Tensor3 made = [] {
        Tensor3 x(4, 5, 6);
        std::uint32_t state = 1;
        for (Index i = 0; i < x.size(); ++i) {
            state = state * 1664525U + 1013904223U;
            const auto unit = static_cast<float>(state >> 8) * 0x1p-24F;
            x.data()[i] = (unit - 0.3F) * static_cast<float>(1 + i % 11);
        }
        return x;
    }();
    return made;
}

/// Which parameter the value (a, b, c) of a [4, 5, 6] tensor has: the definition, written out.
Index parameter_of(PerTensor, Index, Index, Index) { return 0; }
Index parameter_of(PerChannel<0>, Index a, Index, Index) { return a; }
Index parameter_of(PerChannel<1>, Index, Index b, Index) { return b; }
Index parameter_of(PerChannel<2>, Index, Index, Index c) { return c; }
Index parameter_of(PerToken, Index a, Index b, Index) { return a * 5 + b; }
Index parameter_of(PerGroup<0, 3>, Index a, Index b, Index c) { return (a / 3 * 5 + b) * 6 + c; }
Index parameter_of(PerGroup<1, 2>, Index a, Index b, Index c) { return (a * 3 + b / 2) * 6 + c; }
Index parameter_of(PerGroup<2, 4>, Index a, Index b, Index c) { return (a * 5 + b) * 2 + c / 4; }
Index parameter_of(PerGroup<2, 9>, Index a, Index b, Index) { return a * 5 + b; }

/// Checks that each value lies within `steps` of its code and that the code is the nearest.
template <class Q>
void check_round_trip(double steps) {
    using G = typename Q::GranularityType;
    const Tensor3& x = values();
    const auto q = Q().quantize_dynamic(x);
    const Tensor3 back = q.dequantize();
    const Tensor3 fake = [&] {
        Q by_hand;
        by_hand.set_params(q.params());
        return by_hand.fake_quantize(x);
    }();
    double worst = 0.0;
    Index parameters = 0;
    bool same = true;
    for (Index a = 0; a < 4; ++a) {
        for (Index b = 0; b < 5; ++b) {
            for (Index c = 0; c < 6; ++c) {
                const Index parameter = parameter_of(G(), a, b, c);
                parameters = std::max(parameters, parameter + 1);
                const QuantParams& params = q.params()[static_cast<std::size_t>(parameter)];
                const std::int32_t code = quantize_number(x(a, b, c), params, q.grid());
                same = same && q.codes()(a, b, c) == code &&
                       back(a, b, c) == dequantize_number(code, params) &&
                       fake(a, b, c) == back(a, b, c);
                const double error =
                    std::abs(static_cast<double>(back(a, b, c)) - static_cast<double>(x(a, b, c)));
                worst = std::max(worst, error / static_cast<double>(params.scale));
            }
        }
    }
    CHECK(same);
    CHECK(static_cast<Index>(q.params().size()) == parameters);
    CHECK(worst <= steps);
    CHECK(worst > 0.05);  // a test that would notice if nothing were quantized
}

template <class T, class G>
void check_schemes(double steps) {
    CAPTURE(code_bits<T>);
    CAPTURE(is_signed_code<T>);
    check_round_trip<Quantizer<T, Affine, G, MinMax, NearestEven>>(steps);
    check_round_trip<Quantizer<T, Symmetric<Narrow>, G, MinMax, NearestEven>>(steps);
    check_round_trip<Quantizer<T, Symmetric<Full>, G, MinMax, NearestEven>>(steps);
    // amax = 127.5 steps ties to 128 or is cut to 127.
    check_round_trip<Quantizer<T, Symmetric<HalfStep>, G, MinMax, NearestEven>>(steps);
    check_round_trip<Quantizer<T, PowerOfTwo<Symmetric<>>, G, MinMax, NearestEven>>(steps);
    check_round_trip<Quantizer<T, PowerOfTwo<Affine>, G, MinMax, NearestEven>>(steps);
}

}  // namespace

TEST_CASE("Quantizer: every scheme and width comes back within half a step") {
    check_schemes<std::int8_t, PerTensor>(0.50002);
    check_schemes<std::uint8_t, PerTensor>(0.50002);
    check_schemes<std::int16_t, PerTensor>(0.504);
    check_schemes<std::uint16_t, PerTensor>(0.504);
    check_schemes<Int<2>, PerTensor>(0.50002);
    check_schemes<UInt<2>, PerTensor>(0.50002);
    check_schemes<Int<4>, PerTensor>(0.50002);
    check_schemes<UInt<7>, PerTensor>(0.50002);
}

TEST_CASE("Quantizer: every granularity uses the parameters that its definition names") {
    check_schemes<std::int8_t, PerChannel<1>>(0.50002);
    using Q = NearestEven;
    check_round_trip<Quantizer<std::uint8_t, Affine, PerChannel<0>, MinMax, Q>>(0.50002);
    check_round_trip<Quantizer<std::uint8_t, Affine, PerChannel<2>, MinMax, Q>>(0.50002);
    check_round_trip<Quantizer<std::uint8_t, Affine, PerToken, MinMax, Q>>(0.50002);
    check_round_trip<Quantizer<std::uint8_t, Affine, PerGroup<0, 3>, MinMax, Q>>(0.50002);
    check_round_trip<Quantizer<std::uint8_t, Affine, PerGroup<1, 2>, MinMax, Q>>(0.50002);
    check_round_trip<Quantizer<std::uint8_t, Affine, PerGroup<2, 4>, MinMax, Q>>(0.50002);
    check_round_trip<Quantizer<Int<4>, Symmetric<>, PerGroup<2, 9>, MinMax, Q>>(0.50002);
}

TEST_CASE("Quantizer: the ranges of groups and tokens are those of their own values") {
    const Tensor3& x = values();
    const auto q = SymmetricQuantizer<std::int8_t, PerGroup<1, 2>>().quantize_dynamic(x);
    for (Index a = 0; a < 4; ++a) {
        for (Index group = 0; group < 3; ++group) {
            for (Index c = 0; c < 6; ++c) {
                float amax = 0.0F;
                for (Index b = 2 * group; b < std::min<Index>(5, 2 * group + 2); ++b) {
                    amax = std::max(amax, std::abs(x(a, b, c)));
                }
                CHECK(q.scale((a * 3 + group) * 6 + c) == amax / 127.0F);
            }
        }
    }
    const SymmetricQuantizer<std::int8_t, PerToken> tokens;
    const auto rows = tokens.quantize(x);
    for (Index a = 0; a < 4; ++a) {
        for (Index b = 0; b < 5; ++b) {
            float amax = 0.0F;
            for (Index c = 0; c < 6; ++c) amax = std::max(amax, std::abs(x(a, b, c)));
            CHECK(rows.scale(a * 5 + b) == amax / 127.0F);
        }
    }
}
