// Histogram observers and their criteria inside quantizers: every granularity, small codes too.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include "intact/metrics/error_measures.hpp"
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/full_range.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/values.hpp"
#include "intact/quantizers/aliases.hpp"

using namespace intact;

namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Bell-shaped values, row by row of another width, each row with one value 20 widths out.
const Rows& values() {
    static const Rows made = [] {
        Rows x(3, 4000);
        std::uint32_t state = 9;
        for (Index i = 0; i < x.size(); ++i) {
            float sum = 0.0F;
            for (int j = 0; j < 6; ++j) {
                state = state * 1664525U + 1013904223U;
                sum += static_cast<float>(state >> 16) * 0x1p-16F - 0.5F;
            }
            x.data()[i] = sum * static_cast<float>(1 + 10 * (i / 4000));
        }
        for (Index row = 0; row < 3; ++row) {
            x(row, 1234 + row) = -14.0F * static_cast<float>(1 + 10 * row);
        }
        return x;
    }();
    return made;
}

template <class Q>
double error_of(const Rows& x) {
    Q quantizer;
    quantizer.observe(x);
    const auto back = quantizer.quantize(x).dequantize();
    REQUIRE(std::isfinite(mse(x, back)));
    return mse(x, back);
}

template <class G>
void check_criteria() {
    const Rows& x = values();
    using E = NearestEven;
    const double plain = error_of<Quantizer<Int<4>, Symmetric<>, G, MinMax, E>>(x);
    CHECK(error_of<Quantizer<Int<4>, Symmetric<>, G, Histogram<FullRange>, E>>(x) == plain);
    CHECK(error_of<Quantizer<Int<4>, Symmetric<>, G, Histogram<MeanSquaredError>, E>>(x) <
          0.8 * plain);
    const double affine = error_of<Quantizer<UInt<4>, Affine, G, MinMax, E>>(x);
    CHECK(error_of<Quantizer<UInt<4>, Affine, G, Histogram<FullRange>, E>>(x) == affine);
    CHECK(error_of<Quantizer<UInt<4>, Affine, G, Histogram<MeanSquaredError>, E>>(x) <
          0.8 * affine);
}

/// Squared error of a quantizer relative to the best of its scheme with scales up to two octaves
/// away, 2^(1 / per_octave) apart.
template <class Q>
double times_best(int bits, int per_octave) {
    const Rows x = values().topRows(1);
    Q quantizer = Q::of_bits(bits);
    quantizer.observe(x);
    const QuantParams chosen = quantizer.params().front();
    const double own = mse(x, quantizer.quantize(x).dequantize());
    double best = own;
    for (int step = -2 * per_octave; step <= 2 * per_octave; ++step) {
        const double times = std::exp2(static_cast<double>(step) / per_octave);
        const auto scale = static_cast<float>(static_cast<double>(chosen.scale) * times);
        quantizer.set_params({{scale, chosen.zero_point}});
        best = std::min(best, mse(x, quantizer.quantize(x).dequantize()));
    }
    return own / best;
}

}  // namespace

TEST_CASE("Histogram criteria: the squared error falls where one value lies far out") {
    check_criteria<PerTensor>();
    check_criteria<PerChannel<0>>();
    check_criteria<PerGroup<1, 2000>>();
}

TEST_CASE("Criteria: a search takes the best of the scales that the scheme has") {
    using Half = Symmetric<HalfStep>;
    using Power = PowerOfTwo<Symmetric<>>;
    using E = NearestEven;
    using Bins = Histogram<MeanSquaredError>;
    using Exact = Values<MeanSquaredError>;
    for (const int bits : {2, 4, 8}) {
        CAPTURE(bits);
        CHECK(times_best<Quantizer<std::int8_t, Half, PerTensor, Exact, E>>(bits, 128) < 1.001);
        CHECK(times_best<Quantizer<std::int8_t, Half, PerTensor, Bins, E>>(bits, 128) < 1.01);
        CHECK(times_best<Quantizer<std::int8_t, Power, PerTensor, Exact, E>>(bits, 1) == 1.0);
        CHECK(times_best<Quantizer<std::int8_t, Power, PerTensor, Bins, E>>(bits, 1) == 1.0);
        CHECK(times_best<Quantizer<std::uint8_t, PowerOfTwo<Affine>, PerTensor, Bins, E>>(bits, 1) <
              1.01);  // at the zero point chosen
    }
}

TEST_CASE("Criteria: entropy under powers of two compares these, the full range the first") {
    PowerOfTwoQuantizer<std::int8_t, PerTensor, Histogram<Entropy>> quantizer;
    // A third of a step more than 127 steps of 1/8 hold: the full range needs steps of 1/4.
    const Rows x = values().topRows(1).cwiseMax(-2.5F).cwiseMin(2.5F) * (127.375F / 8 / 2.5F);
    quantizer.observe(x);
    Curve curve;
    const auto& seen = quantizer.observers().front().state();
    const Choice choice = search_range<Entropy>(seen.view(), quantizer.grid(), &curve);
    REQUIRE(curve.size() > 1);
    PowerOfTwoQuantizer<std::int8_t> full;
    full.observe(x);
    CHECK(curve.front().scale == full.params().front().scale);
    CHECK(curve.front().scale == 0.25F);
    for (std::size_t i = 1; i < curve.size(); ++i) {
        CHECK(curve[i].scale == curve[i - 1].scale / 2);
    }
    const auto least =
        std::min_element(curve.begin(), curve.end(),
                         [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
    CHECK(choice.cost == least->cost);
    CHECK(quantizer.params().front().scale == least->scale);
}

TEST_CASE("Values criteria: no worse than histograms for every granularity, width and scheme") {
    const Rows& x = values();
    const auto compare = [&](auto code, auto granularity) {
        using T = decltype(code);
        using G = decltype(granularity);
        CHECK(error_of<SymmetricQuantizer<T, G, Values<MeanSquaredError>>>(x) <=
              error_of<SymmetricQuantizer<T, G, Histogram<MeanSquaredError>>>(x) * (1.0 + 1e-6));
        CHECK(error_of<AffineQuantizer<T, G, Values<MeanSquaredError>>>(x) <=
              error_of<AffineQuantizer<T, G, Histogram<MeanSquaredError>>>(x) * (1.0 + 1e-6));
    };
    compare(std::int8_t{}, PerTensor{});
    compare(Int<4>{}, PerChannel<0>{});
    compare(Int<2>{}, PerGroup<1, 2000>{});
}

TEST_CASE("Histogram criteria: percentile and entropy choose ranges inside that of the data") {
    const Rows& x = values();
    AffineQuantizer<std::uint8_t, PerChannel<0>> full;
    AffineQuantizer<std::uint8_t, PerChannel<0>, Histogram<Percentile<999000>>> percentile;
    AffineQuantizer<std::uint8_t, PerChannel<0>, Histogram<Entropy>> entropy;
    full.observe(x);
    percentile.observe(x);
    entropy.observe(x);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(percentile.params()[i].scale < 0.7F * full.params()[i].scale);
        CHECK(entropy.params()[i].scale <= full.params()[i].scale);
    }
}

TEST_CASE("Histogram criteria: channels and groups keep the smaller state, tensors the larger") {
    using H = Histogram<MeanSquaredError>;
    using Channels = SymmetricQuantizer<std::int8_t, PerChannel<0>, H>;
    using Groups = SymmetricQuantizer<std::int8_t, PerGroup<1, 8>, H>;
    CHECK(std::is_same_v<SymmetricQuantizer<std::int8_t, PerTensor, H>::ObserverType, H>);
    CHECK(std::is_same_v<Channels::ObserverType, H::PerChannel>);
    CHECK(std::is_same_v<Groups::ObserverType, H::PerChannel>);
}

TEST_CASE("Histogram quantizers: merged parts equal one pass, refused batches change nothing") {
    const Rows& x = values();
    using Q = AffineQuantizer<std::uint8_t, PerChannel<0>, Histogram<MeanSquaredError>>;
    Q whole;
    Q left;
    Q right;
    whole.observe(x);
    left.observe(x.leftCols(17));
    right.observe(x.rightCols(3983));
    right.merge(left);
    CHECK(right.params() == whole.params());
    const auto before = whole.observers();
    Rows bad = x;
    bad(2, 3999) = INFINITY;
    CHECK_THROWS_AS(whole.observe(bad), std::domain_error);
    CHECK(whole.observers() == before);
}

TEST_CASE("Histogram quantizers: hard data give sound parameters under every criterion") {
    const auto check_sound = [](const Rows& x) {
        const auto observed = [&](auto quantizer) {
            quantizer.observe(x);
            const auto back = quantizer.quantize(x).dequantize();
            for (Index i = 0; i < back.size(); ++i) CHECK(std::isfinite(back.data()[i]));
            for (const QuantParams& params : quantizer.params()) {
                CHECK_NOTHROW(check(params, quantizer.grid(), "test"));
            }
        };
        observed(AffineQuantizer<std::uint8_t, PerTensor, Histogram<Percentile<>>>());
        observed(AffineQuantizer<std::uint8_t, PerTensor, Histogram<Entropy>>());
        observed(AffineQuantizer<std::uint8_t, PerTensor, Histogram<MeanSquaredError>>());
        observed(SymmetricQuantizer<Int<2>, PerTensor, Histogram<Entropy>>());
        observed(SymmetricQuantizer<Int<2>, PerTensor, Histogram<MeanSquaredError>>());
        observed(SymmetricQuantizer<std::int8_t, PerChannel<1>, Histogram<MeanSquaredError>>());
    };
    check_sound(Rows::Zero(3, 4));
    check_sound(Rows::Constant(3, 4, 0.7F));
    check_sound(Rows::Constant(3, 4, -1e-42F));
    check_sound(Rows::Constant(1, 1, 1e38F));
    Rows ends(2, 2);
    ends << std::numeric_limits<float>::max(), -std::numeric_limits<float>::max(), 0.0F, 1e-40F;
    check_sound(ends);
}
