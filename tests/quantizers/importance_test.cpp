#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/skip_non_finite.hpp"
#include "intact/observers/values.hpp"
#include "intact/quantizers/aliases.hpp"
#include "intact/quantizers/importance.hpp"
#include "intact/quantizers/observed.hpp"

using namespace intact;

namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Tensor3 = Eigen::Tensor<float, 3, Eigen::RowMajor>;

Rows gaussian(Index rows, Index columns, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    return Rows::NullaryExpr(rows, columns, [&] { return normal(random); });
}

/// Each column as often as its weight says.
Rows repeated(const Rows& x, const std::vector<std::uint32_t>& weights) {
    Index total = 0;
    for (const std::uint32_t weight : weights) total += weight;
    Rows all(x.rows(), total);
    Index next = 0;
    for (Index j = 0; j < x.cols(); ++j) {
        for (std::uint32_t k = 0; k < weights[static_cast<std::size_t>(j)]; ++k) {
            all.col(next++) = x.col(j);
        }
    }
    return all;
}

template <class Q>
void check_repeats(const Rows& x, const std::vector<std::uint32_t>& weights) {
    Q weighted;
    Q plain;
    weighted.observe(x, Importance<1>(weights));
    plain.observe(repeated(x, weights));
    CHECK(weighted.observers() == plain.observers());
    Q columns;  // the same from memory of the other order
    columns.observe(Eigen::MatrixXf(x), Importance<1>(weights));
    CHECK(columns.observers() == plain.observers());
}

}  // namespace

TEST_CASE("Importance: a weight counts a value as if it had been seen that often, to the byte") {
    const Rows x = gaussian(3, 40, 1);
    std::vector<std::uint32_t> weights(40);
    for (std::size_t j = 0; j < 40; ++j) weights[j] = static_cast<std::uint32_t>(j % 5);
    check_repeats<AffineQuantizer<std::uint8_t, PerTensor, Histogram<>>>(x, weights);
    check_repeats<SymmetricQuantizer<std::int8_t, PerChannel<0>, Histogram<>>>(x, weights);
    check_repeats<SymmetricQuantizer<std::int8_t, PerChannel<0>, Values<>>>(x, weights);

    using Groups = SymmetricQuantizer<std::int8_t, PerGroup<1, 20>, Values<>>;
    Groups groups;
    groups.observe(x, Importance<0>({1, 0, 2}));
    CHECK(groups.observers()[0].view().count == 20);
    CHECK(groups.observers()[2].empty());
    CHECK(groups.observers()[5].view().count == 40);

    Tensor3 tensor(2, 3, 4);
    for (Index i = 0; i < 24; ++i) tensor.data()[i] = static_cast<float>(i);
    AffineQuantizer<std::uint8_t, PerChannel<0>, Values<>> channels;
    channels.observe(tensor, Importance<2>({0, 7, 0, 1}));
    CHECK(channels.observers()[1].view().count == 24);
    CHECK(channels.observers()[1].view().min() == 13.0);
    CHECK(channels.observers()[1].view().max() == 23.0);
    CHECK(channels.observers()[1].view().weight(0) == 7);
}

TEST_CASE("Importance: parts with weights merge into the whole") {
    const Rows x = gaussian(2, 60, 2);
    std::vector<std::uint32_t> weights(60);
    std::mt19937 random(3);
    for (std::uint32_t& weight : weights) weight = static_cast<std::uint32_t>(random() % 1000);
    using Q = SymmetricQuantizer<std::int8_t, PerChannel<0>, Histogram<MeanSquaredError>>;
    Q whole;
    Q left;
    Q right;
    whole.observe(x, Importance<1>(weights));
    left.observe(x.leftCols(25), Importance<1>({weights.begin(), weights.begin() + 25}));
    right.observe(x.rightCols(35), Importance<1>({weights.begin() + 25, weights.end()}));
    right.merge(left);
    CHECK(right.observers() == whole.observers());
}

TEST_CASE("Importance: activation-aware scales lose the least of what a layer puts out") {
    // With activations that are independent of each other, the error of an output is the sum of
    // the squared errors of its weights, each times the mean square of its activation.
    const Rows w = gaussian(8, 96, 4);
    Rows x = gaussian(400, 96, 5);
    for (Index j = 0; j < 96; ++j) x.col(j) *= j % 16 == 0 ? 30.0F : 0.3F;
    const Eigen::VectorXf power = x.array().square().colwise().mean();
    const std::vector<std::uint32_t> weights =
        whole_weights({power.data(), static_cast<std::size_t>(power.size())});

    using Q = SymmetricQuantizer<Int<3>, PerChannel<0>, Values<MeanSquaredError>>;
    Q aware;
    Q plain;
    aware.observe(w, Importance<1>(weights));
    plain.observe(w);
    const auto weighted_error = [&](const Eigen::RowVectorXf& back, Index row) {
        double sum = 0.0;
        for (Index j = 0; j < 96; ++j) {
            const double error = static_cast<double>(w(row, j)) - static_cast<double>(back(j));
            sum += static_cast<double>(weights[static_cast<std::size_t>(j)]) * error * error;
        }
        return sum;
    };
    const Rows of_aware = aware.fake_quantize(w);
    const Rows of_plain = plain.fake_quantize(w);
    double better = 0.0;
    for (Index row = 0; row < 8; ++row) {
        const double reached = weighted_error(of_aware.row(row), row);
        Curve curve;
        (void)search_range<MeanSquaredError>(
            aware.observers()[static_cast<std::size_t>(row)].view(), aware.grid(), &curve);
        for (const Candidate& candidate : curve) {  // the optimum over all scales
            const SymmetricQuantizer<Int<3>> other(QuantParams{candidate.scale, 0});
            const Eigen::RowVectorXf back = other.fake_quantize(w.row(row));
            CHECK(reached <= weighted_error(back, row) * (1.0 + 1e-6));
        }
        better += weighted_error(of_plain.row(row), row) / reached;
    }
    CHECK(better > 8 * 1.2);
    const auto output_error = [&](const Rows& back) {
        return static_cast<double>((x * (w - back).transpose()).squaredNorm());
    };
    CHECK(output_error(of_aware) < 0.8 * output_error(of_plain));
}

TEST_CASE("Importance: another number of weights, a missing axis or NaN change nothing") {
    const Rows x = gaussian(2, 5, 6);
    using Q = SymmetricQuantizer<std::int8_t, PerChannel<0>, Histogram<>>;
    Q quantizer;
    quantizer.observe(x);
    const auto before = quantizer.observers();
    CHECK_THROWS_WITH_AS(quantizer.observe(x, Importance<1>({1, 2, 3, 4})),
                         "Importance: the number of weights does not fit, expected 5 for the shape "
                         "[2, 5], given 4",
                         std::invalid_argument);
    CHECK_THROWS_AS(quantizer.observe(x, Importance<2>({1})), std::invalid_argument);
    CHECK_THROWS_AS(quantizer.observe(x.topRows(1), Importance<0>({1})), std::invalid_argument);
    Rows bad = x;
    bad(1, 4) = NAN;
    CHECK_THROWS_AS(quantizer.observe(bad, Importance<1>({1, 1, 1, 1, 1})), std::domain_error);
    CHECK(quantizer.observers() == before);
    quantizer.observe(Rows(0, 5), Importance<1>({1, 1, 1, 1, 1}));
    CHECK(quantizer.observers() == before);
}

TEST_CASE("Importance: where NaN and infinities are skipped, their weights are too") {
    Rows x = gaussian(2, 6, 7);
    const Rows clean = x;
    x(0, 1) = NAN;
    x(1, 3) = -INFINITY;
    const std::vector<std::uint32_t> weights{3, 4, 0, 5, 1, 2};
    SymmetricQuantizer<std::int8_t, PerChannel<0>, SkipNonFinite<Values<>>> skipping;
    skipping.observe(x, Importance<1>(weights));
    for (Index row = 0; row < 2; ++row) {
        std::vector<std::uint32_t> own = weights;
        own[row == 0 ? 1 : 3] = 0;
        SymmetricQuantizer<std::int8_t, PerTensor, Values<>> plain;
        plain.observe(clean.row(row), Importance<1>(own));
        const auto& observer = skipping.observers()[static_cast<std::size_t>(row)];
        CHECK(observer.watcher() == plain.observers()[0]);
        CHECK(observer.nan_count() == (row == 0 ? 1 : 0));
        CHECK(observer.infinity_count() == (row == 0 ? 0 : 1));
    }
}

TEST_CASE("whole_weights: proportions of the largest, which is 2^16") {
    const std::vector<float> real{0.5F, 2.0F, 0.0F, 1e-6F, 1.0F / 3.0F};
    CHECK(whole_weights(real) == std::vector<std::uint32_t>{16384, 65536, 0, 0, 10923});
    CHECK(whole_weights(std::vector<float>(3)) == std::vector<std::uint32_t>(3));
    CHECK_THROWS_AS((void)whole_weights(std::vector<float>{1.0F, -1.0F}), std::invalid_argument);
    CHECK_THROWS_AS((void)whole_weights(std::vector<float>{NAN}), std::invalid_argument);
    CHECK_THROWS_AS((void)whole_weights(std::vector<float>{INFINITY}), std::invalid_argument);
}

TEST_CASE("Importance: 2^64 values are refused, and no channel changes") {
    using Q = SymmetricQuantizer<std::int8_t, PerChannel<0>, Histogram<MeanSquaredError>>;
    Q quantizer;
    quantizer.observe(Eigen::MatrixXf::Ones(2, 1), Importance<0>({1, 0x80000000U}));
    for (int i = 0; i < 32; ++i) quantizer.merge(Q(quantizer));
    const auto before = quantizer.observers();
    CHECK_THROWS_AS(quantizer.merge(Q(quantizer)), std::overflow_error);
    CHECK(quantizer.observers() == before);
}
