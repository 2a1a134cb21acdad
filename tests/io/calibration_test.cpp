#include <cmath>
#include <limits>
#include <random>
#include <ratio>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/io/calibration.hpp"
#include "intact/io/format.hpp"
#include "intact/io/histogram_format.hpp"
#include "intact/io/quantizer_format.hpp"
#include "intact/io/values_format.hpp"
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/quantizers/aliases.hpp"
#include "stored.hpp"

using namespace intact;
using stored::any_values;
using stored::load_from;
using stored::loaded;
using stored::saved;

namespace {

using Batch = std::vector<float>;
using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Saved, loaded and saved again at any moment, it goes on as if nothing had happened.
template <class X>
void check_round_trips(unsigned seed, bool skips = false) {
    std::mt19937 random(seed);
    for (int round = 0; round < 40; ++round) {
        X plain;
        X interrupted;
        for (int batch = 0; batch < 4; ++batch) {
            const std::string bytes = saved(interrupted);
            interrupted = loaded<X>(bytes);
            REQUIRE(saved(interrupted) == bytes);
            REQUIRE(interrupted == plain);
            Batch values = any_values(random);
            if (skips) values.front() = random() % 2 == 0 ? NAN : -INFINITY;
            plain.observe(values);
            interrupted.observe(values);
        }
    }
}

/// The kind and the rest of the contents, in a sound frame.
template <class X>
std::string file(const std::string& rest) {
    io::Writer contents;
    contents.text(io::Format<X>::kind());
    return io::framed(contents.bytes() + rest);
}

struct Batches {
    std::uint64_t count = 0;

    void observe(std::span<const float> batch) { count += batch.empty() ? 0U : 1U; }
    [[nodiscard]] bool empty() const { return count == 0; }
    [[nodiscard]] Range range(const Grid& grid) const { return spanned(-1.0, 1.0, grid); }
};

}  // namespace

template <>
struct intact::io::Format<Batches> {
    static std::string kind() { return "Batches"; }
    static void write(Writer& to, const Batches& observer) { to.count(observer.count); }
    static Batches read(Reader& from) { return {from.count()}; }
};

TEST_CASE("Calibration: every observer is saved, loaded and resumed without loss") {
    check_round_trips<MinMax>(1);
    check_round_trips<MovingAverage>(2);
    check_round_trips<BasicMovingAverage<std::ratio<1, 10>, true>>(3);
    check_round_trips<BasicMovingAverage<std::ratio<1>>>(4);
    check_round_trips<Histogram<>>(5);
    check_round_trips<Histogram<FullRange, 3, 2>>(6);
    check_round_trips<SkipNonFinite<Histogram<FullRange, 1, 4>>>(7, true);
    check_round_trips<SkipNonFinite<MovingAverage>>(8, true);
    check_round_trips<intact::Values<>>(9);
}

TEST_CASE("Calibration: merged from files it has the bytes of one observer") {
    std::mt19937 random(9);
    for (int round = 0; round < 30; ++round) {
        Histogram<> whole;
        std::vector<std::string> files(5);
        for (std::string& part_file : files) {
            Histogram<> part;
            for (int batch = 0; batch < 2; ++batch) {
                const Batch values = any_values(random);
                part.observe(values);
                whole.observe(values);
            }
            part_file = saved(part);
        }
        Histogram<> merged;
        for (const std::string& part_file : files) merged.merge(loaded<Histogram<>>(part_file));
        REQUIRE(merged == whole);
        REQUIRE(saved(merged) == saved(whole));
    }
}

TEST_CASE("Calibration: a histogram state keeps what is not finite apart") {
    HistogramState<> state;
    state.add(Batch{NAN, 1.0F, INFINITY, -INFINITY, -INFINITY, 0.0F});
    CHECK(loaded<HistogramState<>>(saved(state)) == state);
    HistogramState<> nothing_finite;
    nothing_finite.add(Batch{NAN});
    CHECK(loaded<HistogramState<>>(saved(nothing_finite)) == nothing_finite);
}

TEST_CASE("Calibration: files are small") {
    std::mt19937 random(10);
    std::normal_distribution<float> normal;
    Batch values(1000000);
    for (float& value : values) value = normal(random);
    Histogram<> gaussian;
    gaussian.observe(values);
    CHECK(saved(gaussian).size() < 10000);
    Histogram<> constant;
    constant.observe(Batch(1000, 0.5F));
    CHECK(saved(constant).size() < 70);
    MinMax min_max;
    min_max.observe(values);
    CHECK(saved(min_max).size() < 50);
}

TEST_CASE("Calibration: statistics do not depend on the criterion") {
    Histogram<Entropy> entropy;
    entropy.observe(Batch{1.0F, 2.0F, -3.0F});
    const auto percentile = loaded<Histogram<Percentile<>>>(saved(entropy));
    CHECK(percentile.state() == entropy.state());
}

TEST_CASE("Calibration: quantizers of every granularity go on where they stopped") {
    const auto check = [](auto quantizer) {
        const auto fresh = quantizer;
        const Rows x = Rows::Random(6, 40);
        CHECK(saved(loaded(saved(quantizer), fresh)) == saved(quantizer));
        quantizer.observe(x.leftCols(11));
        auto resumed = loaded(saved(quantizer), fresh);
        quantizer.observe(x.rightCols(29));
        resumed.observe(x.rightCols(29));
        CHECK(resumed.observers() == quantizer.observers());
        CHECK(resumed.grid() == quantizer.grid());
        CHECK(resumed.params() == quantizer.params());
        CHECK(saved(resumed) == saved(quantizer));
    };
    using H = Histogram<Percentile<990000>>;
    check(AffineQuantizer<std::uint8_t, PerTensor, H>());
    check(SymmetricQuantizer<Int<4>, PerChannel<0>, H>());
    check(SymmetricQuantizer<std::int8_t, PerGroup<1, 30>>());
    check(AffineQuantizer<std::uint8_t>::of_bits(5));
    check(AffineQuantizer<std::uint16_t, PerTensor, SkipNonFinite<MovingAverage>>());
}

TEST_CASE("Calibration: channels without a finite value or a weight are kept") {
    Rows x = Rows::Random(3, 4);
    AffineQuantizer<std::uint8_t, PerChannel<0>, Histogram<>> weighted;
    weighted.observe(x, Importance<0>({2, 0, 1}));
    using W = decltype(weighted);
    CHECK(loaded<W>(saved(weighted)).observers() == weighted.observers());
    x.row(1).setConstant(NAN);
    AffineQuantizer<std::uint8_t, PerChannel<0>, SkipNonFinite<MinMax>> skipping;
    skipping.observe(x);
    using S = decltype(skipping);
    CHECK(loaded<S>(saved(skipping)).observers() == skipping.observers());
}

TEST_CASE("Calibration: the scales of a scheme are those of the type that reads") {
    using Half = Quantizer<std::int8_t, Symmetric<HalfStep>, PerTensor, MinMax, NearestEven>;
    Half half = Half::of_bits(4);
    half.observe(Eigen::RowVectorXf::Constant(3, 7.5F));
    CHECK(loaded(saved(half), Half::of_bits(4)).params().front().scale == 1.0F);
    CHECK(loaded(saved(half), Half::of_bits(4)).grid() == half.grid());
    PowerOfTwoQuantizer<std::int8_t> power;
    power.observe(Eigen::RowVectorXf::Constant(3, 128.0F));
    const auto same = loaded<PowerOfTwoQuantizer<std::int8_t>>(saved(power));
    CHECK(same.params().front().scale == 2.0F);
    CHECK(same.grid() == power.grid());
}

TEST_CASE("Calibration: parameters by hand are kept, those that were worked out are not") {
    using Q = AffineQuantizer<std::uint8_t, PerChannel<0>>;
    const std::vector<QuantParams> by_hand{{0.5F, 3}, {0.25F, 255}};
    CHECK(loaded<Q>(saved(Q(by_hand))).params() == by_hand);
    Q observed;
    observed.observe(Rows::Random(2, 8));
    const std::string before = saved(observed);
    const auto params = observed.params();
    CHECK(saved(observed) == before);
    observed.set_params(by_hand);
    auto again = loaded<Q>(saved(observed));
    CHECK(again.params() == by_hand);
    again.observe(Rows::Zero(2, 1));
    CHECK(again.params() == params);
}

TEST_CASE("Calibration: an observer of one's own is saved as it says") {
    Batches batches;
    batches.observe(Batch{1.0F});
    CHECK(loaded<Batches>(saved(batches)).count == 1);
    using Q = AffineQuantizer<std::uint8_t, PerTensor, Batches>;
    Q quantizer;
    quantizer.observe(Rows::Ones(2, 2));
    CHECK(loaded<Q>(saved(quantizer)).observers().front().count == 1);
}

TEST_CASE("Calibration: a file of another kind is refused and nothing changes") {
    using Q = AffineQuantizer<std::uint8_t, PerChannel<1>, Histogram<>>;
    Q quantizer;
    quantizer.observe(Rows::Random(3, 4));
    const std::string before = saved(quantizer);
    CHECK_THROWS_WITH(load_from(saved(MinMax()), quantizer),
                      "load: the file holds something else, expected Quantizer<PerChannel<1>, "
                      "Histogram<8, 5>>, given MinMax");
    CHECK_THROWS_AS(load_from(saved(AffineQuantizer<std::uint8_t>()), quantizer),
                    std::runtime_error);
    CHECK_THROWS_WITH(load_from(saved(Q::of_bits(4)), quantizer),
                      "load: the codes differ, expected 0 to 255, given 0 to 15");
    using Magnitudes = SymmetricQuantizer<std::uint8_t, PerChannel<1>, Histogram<>>;
    CHECK_THROWS_WITH(load_from(saved(Magnitudes()), quantizer),
                      "load: the contents contradict each other, Quantizer: the codes are not "
                      "those of its type, expected 0 to 255 or fewer bits, given 1 to 255 about "
                      "128");
    using Signed = AffineQuantizer<std::int8_t, PerChannel<1>, Histogram<>>;
    CHECK_THROWS_WITH(load_from(saved(Signed()), quantizer),
                      "load: the contents contradict each other, Quantizer: the codes are not "
                      "those of its type, expected 0 to 255 or fewer bits, given -128 to 127");
    CHECK(saved(quantizer) == before);
}

TEST_CASE("Calibration: any damage to a file is refused and nothing changes") {
    AffineQuantizer<std::uint8_t, PerTensor, Histogram<>> seen;
    seen.observe(Rows::Random(3, 4));
    const std::string sound = saved(seen);
    auto target = seen;
    target.observe(Rows::Random(3, 4));
    const std::string before = saved(target);
    for (std::size_t i = 0; i < sound.size(); ++i) {
        std::string damaged = sound;
        damaged[i] = static_cast<char>(damaged[i] + 1);
        CHECK_THROWS_AS(load_from(damaged, target), std::runtime_error);
        CHECK_THROWS_AS(load_from(sound.substr(0, i), target), std::runtime_error);
    }
    CHECK(saved(target) == before);
    load_from(sound, target);
    CHECK(saved(target) == sound);
}

TEST_CASE("Calibration: contents that no data give are refused behind a sound checksum") {
    const auto refused = [](auto x, const std::string& contents) {
        using X = decltype(x);
        CHECK_THROWS_AS((void)loaded<X>(file<X>(contents)), std::runtime_error);
    };
    const std::string zero(1, '\0');
    CHECK(loaded<MinMax>(file<MinMax>("\1\2\4")) != MinMax());
    refused(MinMax(), "\1\4\2");                    // ends crossed
    refused(MinMax(), zero + "\1");                 // a byte too many
    refused(MinMax(), "\1\2\xfe\xff\xff\xff\x0f");  // beyond the floats
    const std::string others(3, '\0');              // NaN, infinities
    using H = Histogram<FullRange, 2, 1>;
    const auto one = loaded<H>(file<H>(others + "\1\2\2" + zero + "\1"));
    CHECK(one.state().count() == 1);
    CHECK(one.range(Grid{}).max == 0x1p-149);
    refused(H(), others + "\1\2\4" + zero + "\1");         // two ends, one value
    refused(H(), others + "\1\2\2" + zero + zero + zero);  // no value at the end
    refused(H(), others + "\1\2\2\1\1");                   // a zero below the smallest value
    refused(H(), others + "\1" + zero + zero + zero);      // neither zeros nor others
    refused(H(), others + "\1\2\2" + zero + "\x81" + zero);
    using M = MovingAverage;
    const std::string reals(16, '\0');
    refused(M(), "\1" + reals + std::string("\0\0\0\0\0\0\xf0\x3f", 8));  // nothing weighs
    refused(M(), "\2" + std::string(8, '\xff') + std::string(16, '\0'));  // NaN
    using V = intact::Values<>;
    const std::string all_zero("\1\xff\xff\xff\xfb\x07", 6);
    CHECK(loaded<V>(file<V>(all_zero + zero)).range(Grid{}) == Range{});
    CHECK(loaded<V>(file<V>(all_zero + "\1\4")).view().count == 5);
    refused(V(), all_zero + "\1" + zero);           // weights, and none is above 1
    refused(V(), "\1\xff\xff\xff\xf7\x0f" + zero);  // infinity
    refused(V(), zero + "\1");                      // weights of nothing
    refused(V(), "\xff\xff\xff\xff\x0f");           // more values than bytes
    using Q = AffineQuantizer<std::uint8_t>;
    const std::string grid = std::string("\0\xfe\3\0\0", 5);
    CHECK(loaded<Q>(file<Q>(grid + zero + "\1\1\2\4")).observers().size() == 1);
    refused(Q(), grid + zero + "\2\1\2\4\1\2\4");            // two observers of one tensor
    refused(Q(), grid + zero + "\xff\xff\xff\xff\xff\x1f");  // as many as there is no room for
    refused(Q(), grid + "\1" + std::string("\0\0\0\0\0", 5) + zero);  // a scale of 0
}
