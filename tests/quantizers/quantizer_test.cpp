// What a quantizer remembers and refuses: observing, merging, parameters by hand.
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/full_range.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/moving_average.hpp"
#include "intact/observers/skip_non_finite.hpp"
#include "intact/observers/values.hpp"
#include "intact/quantizers/aliases.hpp"
#include "intact/quantizers/importance.hpp"
#include "intact/quantizers/quantizer.hpp"

using namespace intact;
using Eigen::MatrixXf;
using Eigen::RowVectorXf;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float smallest = std::numeric_limits<float>::min();

/// The text of the exception of type Error that `work` throws, "" where it throws none.
template <class Error, class Work>
std::string refusal(Work work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

/// An observer whose default constructor is an explicit one.
class Widened {
public:
    explicit Widened(double factor = 2.0) : factor_(factor) {}

    void observe(std::span<const float> batch) { seen_.observe(batch); }
    [[nodiscard]] bool empty() const { return seen_.empty(); }
    [[nodiscard]] Range range(const Grid& grid) const {
        const Range range = seen_.range(grid);
        return {range.min * factor_, range.max * factor_};
    }

private:
    MinMax seen_;
    double factor_;
};

}  // namespace

TEST_CASE("Quantizer: parameters asked for before data are a logic error, everywhere") {
    const AffineQuantizer<std::uint8_t> quantizer;
    const MatrixXf x = MatrixXf::Random(2, 3);
    CHECK_THROWS_AS((void)quantizer.params(), std::logic_error);
    CHECK_THROWS_AS((void)quantizer.choose(), std::logic_error);
    CHECK_THROWS_AS((void)quantizer.quantize(x), std::logic_error);
    CHECK_THROWS_AS((void)quantizer.fake_quantize(x), std::logic_error);
    AffineQuantizer<std::uint8_t> unobserved;
    CHECK(refusal<std::logic_error>([&] { (void)quantizer.params(); }) ==
          "Quantizer: nothing was observed, expected a call of observe() or parameters given by "
          "hand");
    unobserved.observe(MatrixXf(0, 3));
    CHECK_THROWS_AS((void)unobserved.params(), std::logic_error);  // an empty batch changes nothing
    unobserved.observe(MatrixXf::Zero(1, 3));
    CHECK(unobserved.params().front() == QuantParams{1.0F, 0});  // zeros are an observation
}

TEST_CASE("Quantizer: parameters by hand that break the contract are refused, nothing changes") {
    AffineQuantizer<std::uint8_t> quantizer(QuantParams{0.5F, 7});
    for (const float scale :
         {0.0F, -0.0F, -1.0F, smallest / 2, not_a_number, infinity, -infinity}) {
        CHECK_THROWS_AS(quantizer.set_params({{scale, 7}}), std::invalid_argument);
        CHECK_THROWS_AS(AffineQuantizer<std::uint8_t>(QuantParams{scale, 7}),
                        std::invalid_argument);
    }
    for (const int zero_point : {-1, 256, 1 << 20}) {
        CHECK_THROWS_AS(quantizer.set_params({{1.0F, zero_point}}), std::invalid_argument);
    }
    CHECK_THROWS_AS(quantizer.set_params({}), std::invalid_argument);
    CHECK_THROWS_AS(quantizer.set_params({{1.0F, 1}, {0.0F, 1}}), std::invalid_argument);
    CHECK_THROWS_AS(quantizer.set_params({{3e38F, 7}}),
                    std::invalid_argument);  // reads as infinity
    CHECK(quantizer.params() == std::vector<QuantParams>{{0.5F, 7}});
    CHECK_NOTHROW(quantizer.set_params({{smallest, 255}}));

    SymmetricQuantizer<std::int8_t> symmetric;
    CHECK_THROWS_AS(symmetric.set_params({{1.0F, 1}}), std::invalid_argument);
    SymmetricQuantizer<std::uint8_t> middle;
    CHECK_THROWS_AS(middle.set_params({{1.0F, 0}}), std::invalid_argument);
    CHECK_NOTHROW(middle.set_params({{1.0F, 128}}));
    CHECK(refusal<std::invalid_argument>([&] {
              quantizer.set_params({{1.0F, 256}});
          }) ==
          "Quantizer::set_params: the zero point is not a code, expected 0 to 255, given 256");
}

TEST_CASE("Quantizer: parameters by hand hold until the next batch") {
    AffineQuantizer<std::uint8_t> quantizer;
    quantizer.set_params({{0.5F, 10}});
    CHECK(quantizer.quantize(RowVectorXf::Constant(1, 3.0F)).codes()[0] == 16);
    quantizer.observe(RowVectorXf(0));
    CHECK(quantizer.params().front() == QuantParams{0.5F, 10});
    quantizer.observe(RowVectorXf::Constant(1, 255.0F));
    CHECK(quantizer.params().front() == QuantParams{1.0F, 0});
}

TEST_CASE("Quantizer: a wrong number of scales is refused at quantize") {
    const SymmetricQuantizer<std::int8_t, PerChannel<0>> quantizer(
        std::vector<QuantParams>{{1.0F, 0}, {2.0F, 0}});
    CHECK_NOTHROW((void)quantizer.quantize(MatrixXf::Ones(2, 5)));
    CHECK_NOTHROW((void)quantizer.quantize(MatrixXf(2, 0)));
    CHECK(refusal<std::invalid_argument>([&] { (void)quantizer.quantize(MatrixXf::Ones(3, 5)); }) ==
          "Quantizer::quantize: the number of scales does not fit, expected 3 for the shape "
          "[3, 5], given 2");
    CHECK_THROWS_AS((void)quantizer.fake_quantize(MatrixXf::Ones(1, 5)), std::invalid_argument);
}

TEST_CASE("Quantizer: another number of channels is refused and nothing changes") {
    SymmetricQuantizer<std::int8_t, PerChannel<0>> quantizer;
    quantizer.observe(MatrixXf::Ones(2, 5));
    const auto before = quantizer.observers();
    CHECK(refusal<std::invalid_argument>([&] { quantizer.observe(MatrixXf::Constant(3, 5, 9)); }) ==
          "Quantizer::observe: the number of scales changed, expected 2, given 3 for the shape "
          "[3, 5]");
    CHECK(quantizer.observers() == before);
    CHECK_NOTHROW(quantizer.observe(MatrixXf::Ones(2, 9)));
}

TEST_CASE("Quantizer: an axis that the tensor lacks is refused") {
    SymmetricQuantizer<std::int8_t, PerChannel<2>> channels;
    CHECK(refusal<std::invalid_argument>([&] { channels.observe(MatrixXf::Ones(2, 2)); }) ==
          "PerChannel: the tensor has no axis 2, expected less than 2");
    SymmetricQuantizer<std::int8_t, PerGroup<2, 4>> groups;
    CHECK_THROWS_AS(groups.observe(MatrixXf::Ones(2, 2)), std::invalid_argument);
}

TEST_CASE("Quantizer: NaN or infinity anywhere refuses the whole batch") {
    SymmetricQuantizer<std::int8_t, PerChannel<0>> quantizer;
    quantizer.observe(MatrixXf::Ones(3, 4));
    const auto before = quantizer.observers();
    for (const float bad : {not_a_number, infinity, -infinity}) {
        MatrixXf x = MatrixXf::Constant(3, 4, 50.0F);
        x(2, 1) = bad;  // the last channel: the others come first
        x(2, 3) = bad;
        CHECK(refusal<std::domain_error>([&] { quantizer.observe(x); }) ==
              "Quantizer::observe: 2 of 12 values are not finite, expected none, the first is at "
              "[2, 1], index 9 in row-major order");
        CHECK(quantizer.observers() == before);
        AffineQuantizer<std::uint8_t> one;
        CHECK_THROWS_AS(one.observe(x), std::domain_error);
        CHECK(one.observers().empty());
        CHECK_THROWS_AS((void)one.quantize_dynamic(x), std::domain_error);
    }
}

TEST_CASE("Quantizer: the first value that is not finite is told by row and column") {
    MatrixXf x = MatrixXf::Ones(3, 4);
    x(1, 2) = infinity;
    x(2, 0) = not_a_number;  // before the other one in column-major memory
    const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = x;
    const std::string found =
        "2 of 12 values are not finite, expected none, the first is at [1, 2], index 6 in "
        "row-major order";
    const auto check_both = [&]<class Q>(Q) {
        CHECK(refusal<std::domain_error>([&] { Q().observe(x); }) ==
              "Quantizer::observe: " + found);
        CHECK(refusal<std::domain_error>([&] { Q().observe(rows); }) ==
              "Quantizer::observe: " + found);
        CHECK(refusal<std::domain_error>([&] { (void)Q().quantize_dynamic(x); }) ==
              "Quantizer: " + found);
        CHECK(refusal<std::domain_error>([&] { (void)Q().quantize_dynamic(rows); }) ==
              "Quantizer: " + found);
    };
    check_both(AffineQuantizer<std::uint8_t>());
    check_both(AffineQuantizer<std::uint8_t, PerTensor, Histogram<>>());
    check_both(AffineQuantizer<std::uint8_t, PerTensor, MovingAverage>());
    check_both(SymmetricQuantizer<std::int8_t, PerChannel<0>>());
    check_both(SymmetricQuantizer<std::int8_t, PerChannel<1>, Values<>>());
    check_both(SymmetricQuantizer<std::int8_t, PerGroup<1, 2>>());
    AffineQuantizer<std::uint8_t, PerTensor, Histogram<>> weighted;
    CHECK(refusal<std::domain_error>([&] {
              weighted.observe(x, Importance<0>({1, 2, 3}));
          }) == "Quantizer::observe: " + found);
    Eigen::Tensor<float, 3> tensor(2, 3, 4);
    tensor.setZero();
    tensor(1, 0, 3) = infinity;
    CHECK(refusal<std::domain_error>([&] { AffineQuantizer<std::uint8_t>().observe(tensor); }) ==
          "Quantizer::observe: 1 of 24 values are not finite, expected none, the first is at "
          "[1, 0, 3], index 15 in row-major order");
}

TEST_CASE("Quantizer: a scale whose values were all left out is named") {
    SymmetricQuantizer<std::int8_t, PerChannel<0>, SkipNonFinite<MinMax>> skips;
    MatrixXf x = MatrixXf::Ones(3, 4);
    x.row(1).setConstant(not_a_number);
    skips.observe(x);
    const std::string expected = "Quantizer: scale 1 of 3 has only skipped or weightless values";
    CHECK(refusal<std::logic_error>([&] { (void)skips.params(); }) == expected);
    SymmetricQuantizer<std::int8_t, PerChannel<0>, Histogram<FullRange>> weighted;
    weighted.observe(MatrixXf::Ones(3, 4), Importance<0>({2, 0, 1}));
    CHECK(refusal<std::logic_error>([&] { (void)weighted.quantize(x); }) == expected);
    weighted.observe(MatrixXf::Ones(3, 4));
    CHECK_NOTHROW((void)weighted.params());
}

TEST_CASE("Quantizer: an observer that skips NaN and infinity takes the rest") {
    SymmetricQuantizer<std::int8_t, PerChannel<0>, SkipNonFinite<MinMax>> quantizer;
    MatrixXf x(2, 3);
    x << 1, not_a_number, -5, infinity, 2, 0;
    quantizer.observe(x);
    CHECK(quantizer.params()[0].scale == 5.0F / 127.0F);
    CHECK(quantizer.params()[1].scale == 2.0F / 127.0F);
    CHECK(quantizer.observers()[0].nan_count() == 1);
    CHECK(quantizer.observers()[1].infinity_count() == 1);
}

TEST_CASE("Quantizer: NaN becomes the zero point, infinities the ends") {
    const AffineQuantizer<std::uint8_t> quantizer(QuantParams{1.0F, 30});
    RowVectorXf x(5);
    x << not_a_number, infinity, -infinity, 0.0F, -0.0F;
    const auto q = quantizer.quantize(x);
    CHECK(q.codes()[0] == 30);
    CHECK(q.codes()[1] == 255);
    CHECK(q.codes()[2] == 0);
    CHECK(q.codes()[3] == 30);
    CHECK(q.codes()[4] == 30);
}

TEST_CASE("Quantizer: merged parts hold what one pass holds, in any order") {
    const MatrixXf x = MatrixXf::Random(6, 40) * 3.0F;
    SymmetricQuantizer<std::int8_t, PerChannel<0>> whole;
    whole.observe(x);
    SymmetricQuantizer<std::int8_t, PerChannel<0>> a;
    SymmetricQuantizer<std::int8_t, PerChannel<0>> b;
    SymmetricQuantizer<std::int8_t, PerChannel<0>> none;
    a.observe(x.leftCols(13));
    b.observe(x.rightCols(27));
    auto ab = a;
    ab.merge(b);
    ab.merge(none);
    auto ba = none;
    ba.merge(b);
    ba.merge(a);
    CHECK(ab.observers() == whole.observers());
    CHECK(ba.observers() == whole.observers());
    CHECK(ab.params() == whole.params());

    SymmetricQuantizer<std::int8_t, PerChannel<0>> other;
    other.observe(MatrixXf::Ones(5, 2));
    CHECK_THROWS_AS(ab.merge(other), std::invalid_argument);
    CHECK(ab.observers() == whole.observers());
}

TEST_CASE("Quantizer: what was observed for other codes does not merge, in either direction") {
    using Q = AffineQuantizer<std::uint8_t>;
    Q bytes;
    bytes.observe(RowVectorXf::Constant(1, 255.0F));
    Q narrow = Q::of_bits(4);
    const std::vector<MinMax> before = bytes.observers();
    CHECK_THROWS_AS(bytes.merge(narrow), std::invalid_argument);  // though it has seen nothing
    CHECK_THROWS_AS(narrow.merge(bytes), std::invalid_argument);
    CHECK(narrow.observers().empty());
    narrow.observe(RowVectorXf::Constant(1, 1.0F));
    CHECK(refusal<std::invalid_argument>([&] { bytes.merge(narrow); }) ==
          "Quantizer::merge: the codes differ, expected 0 to 255, given 0 to 15");
    CHECK(bytes.observers() == before);
    CHECK(bytes.params().front().scale == 1.0F);
}

TEST_CASE("Quantizer: the parameters of one moment do not outlast the next batch or merge") {
    AffineQuantizer<std::uint8_t> quantizer;
    quantizer.observe(RowVectorXf::Constant(1, 255.0F));
    AffineQuantizer<std::uint8_t> other;
    other.observe(RowVectorXf::Constant(1, 510.0F));
    CHECK(quantizer.params().front().scale == 1.0F);
    quantizer.merge(other);
    CHECK(quantizer.params().front().scale == 2.0F);
    const AffineQuantizer<std::uint8_t> copy = quantizer;
    quantizer.observe(RowVectorXf::Constant(1, 765.0F));
    CHECK(quantizer.params().front().scale == 3.0F);
    CHECK(copy.params().front().scale == 2.0F);
}

TEST_CASE("Quantizer: scales and zero points come as two lists of one length") {
    const std::vector<float> scales{0.5F, 0.25F};
    const std::vector<std::int32_t> zero_points{3, 7};
    const AffineQuantizer<std::uint8_t, PerChannel<0>> quantizer(scales, zero_points);
    CHECK(quantizer.params() == std::vector<QuantParams>{{0.5F, 3}, {0.25F, 7}});
    CHECK(refusal<std::invalid_argument>([&] {
              (void)AffineQuantizer<std::uint8_t>(std::span<const float>(scales).first(1),
                                                  zero_points);
          }) ==
          "Quantizer: scales and zero points differ in number, expected 1 zero points, given 2");
}

TEST_CASE("Quantizer: fewer bits at run time give the codes of the narrower type") {
    const MatrixXf x = MatrixXf::Random(4, 50);
    auto narrow = AffineQuantizer<std::uint8_t>::of_bits(4);
    AffineQuantizer<UInt<4>> typed;
    narrow.observe(x);
    typed.observe(x);
    CHECK(narrow.params() == typed.params());
    CHECK(narrow.quantize(x).codes() == typed.quantize(x).codes());
    CHECK(narrow.quantize(x).codes().maxCoeff() == 15);
    CHECK(narrow.fake_quantize(x) == typed.fake_quantize(x));
    CHECK(SymmetricQuantizer<std::int8_t>::of_bits(3).grid() ==
          SymmetricQuantizer<Int<3>>().grid());
    for (const int bits : {-1, 0, 1, 9, 16}) {
        CHECK_THROWS_AS((void)AffineQuantizer<std::uint8_t>::of_bits(bits), std::invalid_argument);
    }
    CHECK_THROWS_AS((void)AffineQuantizer<UInt<4>>::of_bits(5), std::invalid_argument);
}

TEST_CASE("Quantizer: empty tensors quantize to empty codes") {
    AffineQuantizer<std::uint8_t> quantizer(QuantParams{1.0F, 3});
    CHECK(quantizer.quantize(MatrixXf(0, 4)).codes().cols() == 4);
    CHECK(quantizer.quantize(MatrixXf(4, 0)).dequantize().rows() == 4);
    CHECK(quantizer.fake_quantize(MatrixXf(0, 0)).size() == 0);
    CHECK(quantizer.quantize_dynamic(MatrixXf(0, 4)).params().front() == QuantParams{1.0F, 0});
    const SymmetricQuantizer<std::int8_t, PerToken> tokens;
    CHECK(tokens.quantize(MatrixXf(0, 4)).params().empty());
    CHECK(tokens.quantize(MatrixXf(3, 0)).params().size() == 3);
    const Eigen::Tensor<float, 3> x(2, 0, 5);
    CHECK(quantizer.quantize(x).codes().dimension(2) == 5);
    const SymmetricQuantizer<std::int8_t, PerGroup<1, 2>> groups;
    CHECK(groups.quantize_dynamic(x).params().empty());
}

TEST_CASE("Quantizer: a constant tensor comes back within one unit in the last place") {
    std::uint32_t bits = 1;
    for (int trial = 0; trial < 4000; ++trial) {
        bits = bits * 1664525U + 1013904223U;
        // Any normal magnitude whose scale is normal too.
        const float c = std::bit_cast<float>((bits % 0x7a800000U + 0x05000000U) | (bits << 31));
        if (std::abs(c) > 3e38F) continue;
        const RowVectorXf x = RowVectorXf::Constant(3, c);
        const float next = std::nextafter(std::abs(c), infinity) - std::abs(c);
        const auto error = [&](auto quantizer) {
            quantizer.observe(x);
            return std::abs(quantizer.fake_quantize(x)[2] - c);
        };
        CAPTURE(c);
        CHECK(error(AffineQuantizer<std::uint8_t>()) <= next);
        CHECK(error(AffineQuantizer<std::int8_t>()) <= next);
        CHECK(error(SymmetricQuantizer<std::int8_t>()) <= next);
        CHECK(error(AffineQuantizer<Int<3>>()) <= next);
    }
}

TEST_CASE("Quantizer: the widest data stay finite, codes and ends") {
    constexpr float largest = std::numeric_limits<float>::max();
    for (const float high : {1e38F, 3e38F, largest}) {
        for (const float low : {0.0F, -1e38F, -largest}) {
            RowVectorXf x(4);
            x << low, high, 0.0F, 0.25F * high;
            AffineQuantizer<std::uint8_t> affine;
            SymmetricQuantizer<std::int8_t, PerTensor, MinMax, NearestEven, Full> full;
            affine.observe(x);
            full.observe(x);
            for (Index i = 0; i < x.size(); ++i) {
                CHECK(std::isfinite(affine.fake_quantize(x)[i]));
                CHECK(std::isfinite(full.fake_quantize(x)[i]));
            }
            CHECK(affine.fake_quantize(x)[2] == 0.0F);
            const bool clips = high == largest || low == -largest;
            CHECK((full.choose().front().adjustment == Adjustment::lowered) == clips);
        }
    }
}

TEST_CASE("Quantizer: an observer may say that its constructor is explicit") {
    const MatrixXf x = MatrixXf::Constant(2, 3, 25.5F);
    const AffineQuantizer<std::uint8_t, PerTensor, Widened> one;
    CHECK(one.dynamic_params(x) == std::vector{QuantParams{0.2F, 0}});
    const AffineQuantizer<std::uint8_t, PerChannel<0>, Widened> rows;
    CHECK(rows.quantize_dynamic(x).params() == std::vector(2, QuantParams{0.2F, 0}));
}

TEST_CASE("Quantizer: codes are written only where those of quantize() could stand") {
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(4, 6);
    SymmetricQuantizer<std::int8_t, PerChannel<0>> quantizer;
    quantizer.observe(x);
    auto x8 = quantizer.quantize(x);
    const auto before = x8.codes();
    const auto refused = [&](const auto& y, const auto& by) {
        CHECK_THROWS_WITH_AS(by.quantize(y, x8),
                             "Quantizer::quantize: x8 has another shape, other parameters or other "
                             "codes than what quantize(x) gives",
                             std::invalid_argument);
        CHECK(x8.codes() == before);
    };
    refused(Eigen::MatrixXf(4, 5), quantizer);
    refused(x, SymmetricQuantizer<std::int8_t, PerChannel<0>>());
    SymmetricQuantizer<std::int8_t, PerChannel<0>> another;
    another.observe(2.0F * x);
    refused(x, another);
    quantizer.quantize(-x, x8);
    CHECK(x8.codes() == quantizer.quantize(-x).codes());
}
