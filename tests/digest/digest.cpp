// One number over quantize -> multiply -> requantize -> dequantize, calibration and a network, on
// fixed inputs. It is the same for every kernel, compiler, optimization level and processor, and
// equal to what the numeric contract gives in wide integers, computed here a second time.
//
// A number that changes is a change of the contract: a decision, never an accident. Prints each
// part; ends with 1 where one of them is wrong, with 77 where this machine lacks INTACT_ISA.
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "contract.hpp"
#include "network.hpp"
#include "record.hpp"

#include "intact/gemm/product.hpp"
#include "intact/intact.hpp"

namespace {

using intact::Index;
using intact::QuantParams;
using wide::Params;

template <class T>
using Codes = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

QuantParams library(const Params& params) {
    return {params.scale, static_cast<std::int32_t>(params.zero_point)};
}

/// The bits of fl32(n * scale * 2^exponent), by integers: no flag has a say in the inputs.
std::uint32_t times(std::int32_t n, float scale, int exponent) {
    return wide::float_bits(wide::product({.negative = n < 0,
                                           .mantissa = static_cast<wide::Wide>(n < 0 ? -n : n),
                                           .exponent = exponent},
                                          wide::of(scale)));
}

/// Reals at, beside and far from the ties of a scale, both zeros, subnormals, NaN and infinities.
Eigen::RowVectorXf hard_reals(Random& random, float scale, Index count) {
    Eigen::RowVectorXf x(count);
    for (Index i = 0; i < count; ++i) {
        switch (i % 8) {
            case 0: {  // a tie, or one float beside it
                const std::uint32_t tie = times(2 * random.integer(-300, 300) + 1, scale, -1);
                x[i] =
                    std::bit_cast<float>(tie + static_cast<std::uint32_t>(random.integer(-1, 1)));
                break;
            }
            case 1:
                x[i] = random.real(-126, 127);
                break;
            case 2:
                x[i] = std::bit_cast<float>(random.bits());  // anything, NaN included
                break;
            case 3:
                x[i] = std::bit_cast<float>(random.bits() & 0x807fffffU);  // subnormal
                break;
            case 4:
                x[i] = std::bit_cast<float>(0x7f800000U | (random.bits() & 0x80000000U));
                break;
            case 5:
                x[i] = std::bit_cast<float>(random.bits() & 0x80000000U);
                break;
            default:
                x[i] = std::bit_cast<float>(times(random.integer(-400000, 400000), scale, -10));
        }
    }
    return x;
}

/// Codes of x and their reals, for parameters by hand.
template <class Quantizer>
void record_codes(Record& record, Random& random) {
    const intact::Grid grid = Quantizer().grid();
    for (int trial = 0; trial < 24; ++trial) {
        const float scale = trial % 4 == 3 ? random.positive(-126, 100) : random.positive(-14, 10);
        const Params params{
            .scale = scale,
            .zero_point = grid.symmetric ? grid.zero_point : random.integer(grid.qmin, grid.qmax),
            .qmin = grid.qmin,
            .qmax = grid.qmax};
        const Eigen::RowVectorXf x = hard_reals(random, scale, 100 + trial);
        const Quantizer quantizer(library(params));
        const auto q = quantizer.quantize(x);
        const auto back = q.dequantize();
        const auto fake = quantizer.fake_quantize(x);
        for (Index i = 0; i < x.size(); ++i) {
            const std::int64_t code = wide::code_of(x[i], params);
            record.add(std::int64_t{q.codes()(0, i)}, code);
            record.add(back(0, i), wide::real_bits(code, params));
            record.add(fake(0, i), wide::real_bits(code, params));
        }
    }
}

/// A matrix of codes: random ones, with whole rows at either end.
template <class T>
Codes<T> random_codes(Random& random, Index rows, Index columns, const Params& params) {
    const auto low = static_cast<std::int32_t>(params.qmin);
    const auto high = static_cast<std::int32_t>(params.qmax);
    Codes<T> codes(rows, columns);
    for (Index i = 0; i < codes.size(); ++i) {
        const Index row = i / columns;
        const std::int32_t code = row == 0 ? low : row == 1 ? high : random.integer(low, high);
        codes.data()[i] = static_cast<T>(code);
    }
    return codes;
}

/// The product in raw sums, codes and reals: x [m, k] with one scale, w [n, k] with n of them.
template <class A, class B>
void record_product(Record& record, Random& random, Index m, Index k, Index n, bool symmetric) {
    using Limits = std::numeric_limits<A>;
    using WeightLimits = std::numeric_limits<B>;
    const Params x_params{.scale = random.positive(-8, -4),
                          .zero_point = random.integer(Limits::min(), Limits::max()),
                          .qmin = Limits::min(),
                          .qmax = Limits::max()};
    const Params y_params{.scale = random.positive(-3, 3),
                          .zero_point = random.integer(0, 127),
                          .qmin = 0,
                          .qmax = 255};
    std::vector<Params> w_params;
    std::vector<QuantParams> w_library;
    Eigen::VectorXf bias(n);
    for (Index j = 0; j < n; ++j) {
        const std::int32_t middle = std::is_signed_v<B> ? 0 : 128;
        const std::int32_t zero_point =
            symmetric ? middle : random.integer(WeightLimits::min(), WeightLimits::max());
        w_params.push_back({.scale = random.positive(-9, -5),
                            .zero_point = zero_point,
                            .qmin = WeightLimits::min(),
                            .qmax = WeightLimits::max()});
        w_library.push_back(library(w_params.back()));
        bias[j] = random.real(-4, 4);
    }
    const intact::Grid x_grid{.qmin = Limits::min(), .qmax = Limits::max()};
    const intact::Grid w_grid{.qmin = WeightLimits::min(), .qmax = WeightLimits::max()};
    const Codes<A> x = random_codes<A>(random, m, k, x_params);
    const Codes<B> w = random_codes<B>(random, n, k, w_params.front());
    const intact::Quantized<A, intact::PerTensor, Codes<A>> x_codes(x, {library(x_params)}, x_grid);
    const intact::Quantized<B, intact::PerChannel<0>, Codes<B>> w_codes(w, w_library, w_grid);

    const auto packed = intact::pack(w_codes);
    const auto sums = intact::multiply(x_codes, packed, intact::Raw());
    const auto unsigned_codes = intact::multiply(
        x_codes, packed, intact::Requantize<std::uint8_t>(library(y_params), bias));
    const Params s_params{.scale = y_params.scale, .zero_point = -17, .qmin = -128, .qmax = 127};
    const auto signed_codes =
        intact::multiply(x_codes, packed, intact::Requantize<std::int8_t>(library(s_params), bias));
    const auto clamped = intact::multiply(
        x_codes, packed,
        intact::Requantize<std::uint8_t>(library(y_params), bias, intact::Activation::relu6));
    const auto reals = intact::multiply(x_codes, packed, intact::Dequantize(bias));

    for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
            const Params& own = w_params[static_cast<std::size_t>(j)];
            std::int64_t sum = 0;
            for (Index p = 0; p < k; ++p) {
                sum += (std::int64_t{x(i, p)} - x_params.zero_point) *
                       (std::int64_t{w(j, p)} - own.zero_point);
            }
            const std::int64_t start = wide::bias_steps(bias[j], x_params.scale, own.scale);
            const wide::Real factor = wide::multiplier(x_params.scale, own.scale, y_params.scale);
            const std::int64_t code = wide::code_of_sum(sum + start, factor, y_params);
            record.add(std::int64_t{sums(i, j)}, sum);
            record.add(std::int64_t{unsigned_codes(i, j)}, code);
            record.add(std::int64_t{signed_codes(i, j)},
                       wide::code_of_sum(sum + start, factor, s_params));
            record.add(std::int64_t{clamped(i, j)},
                       std::clamp(code, y_params.zero_point, wide::code_of(6.0F, y_params)));
            record.add(reals(i, j),
                       wide::real_bits_of_sum(sum, x_params.scale, own.scale, bias[j]));
        }
    }
}

void record_products(Record& record) {
    Random random(3);
    for (const bool symmetric : {false, true}) {
        record_product<std::uint8_t, std::int8_t>(record, random, 5, 67, 19, symmetric);
        record_product<std::int8_t, std::int8_t>(record, random, 9, 33, 35, symmetric);
        record_product<std::uint8_t, std::uint8_t>(record, random, 1, 300, 16, symmetric);
        record_product<std::int8_t, std::uint8_t>(record, random, 17, 5, 3, symmetric);
    }
    record_product<std::uint8_t, std::int8_t>(record, random, 3, 5000, 4, false);
}

/// Batches for calibration: bell-shaped, with zeros, now and then something far out.
std::vector<Eigen::RowVectorXf> batches(Random& random) {
    std::vector<Eigen::RowVectorXf> all;
    for (int b = 0; b < 4; ++b) {
        Eigen::RowVectorXf x(500);
        for (Index i = 0; i < x.size(); ++i) {
            std::int32_t sum = 0;
            for (int j = 0; j < 6; ++j) sum += random.integer(-1000, 1000);
            if (i % 7 == 0) sum = 0;
            if (i % 100 == 3) sum *= 4;
            x[i] = static_cast<float>(sum) * 0x1.3p-9F;
        }
        all.push_back(x);
    }
    return all;
}

double lowest(const Eigen::RowVectorXf& x) { return static_cast<double>(x.minCoeff()); }
double highest(const Eigen::RowVectorXf& x) { return static_cast<double>(x.maxCoeff()); }

void record_params(Record& record, const QuantParams& library, const Params& reference) {
    record.add(library.scale, std::bit_cast<std::uint32_t>(reference.scale));
    record.add(std::int64_t{library.zero_point}, reference.zero_point);
}

/// Parameters from observed ranges, of which wide integers know what they must be.
void record_ranges(Record& record) {
    Random random(4);
    using namespace intact;
    AffineQuantizer<std::uint8_t> min_max;
    AffineQuantizer<std::int16_t> words;
    SymmetricQuantizer<std::int8_t> symmetric;
    AffineQuantizer<std::uint8_t, PerTensor, MovingAverage> average;
    const std::vector<Eigen::RowVectorXf> all = batches(random);
    double low = 0.0;
    double high = 0.0;
    wide::Real low_average;
    wide::Real high_average;
    const wide::Real c = wide::of(0.01);
    const auto moved = [&](const wide::Real& v, double x) {
        const wide::Real step = wide::rounded(wide::difference(wide::of(x), v), 53);
        return wide::rounded(wide::sum(wide::product(c, step), v), 53);
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        min_max.observe(all[i]);
        words.observe(all[i]);
        symmetric.observe(all[i]);
        average.observe(all[i]);
        low = std::min(low, lowest(all[i]));
        high = std::max(high, highest(all[i]));
        low_average = i == 0 ? wide::of(lowest(all[i])) : moved(low_average, lowest(all[i]));
        high_average = i == 0 ? wide::of(highest(all[i])) : moved(high_average, highest(all[i]));
    }
    record_params(record, min_max.params().front(), wide::affine(low, high, {}));
    record_params(record, words.params().front(),
                  wide::affine(low, high, {.qmin = -32768, .qmax = 32767}));
    record_params(record, symmetric.params().front(),
                  wide::symmetric(std::max(-low, high), {.qmin = -127, .qmax = 127}));
    const Range averaged = average.observers().front().range(average.grid());
    record.add(std::int64_t{wide::equal(low_average, wide::of(averaged.min))}, 1);
    record.add(std::int64_t{wide::equal(high_average, wide::of(averaged.max))}, 1);
    record_params(record, average.params().front(), wide::affine(averaged.min, averaged.max, {}));

    for (int trial = 0; trial < 200; ++trial) {
        Eigen::Vector2f ends;
        ends[0] = random.real(-60, 60);
        ends[1] = random.real(-60, 60);
        if (trial % 3 == 0)
            ends[1] = std::bit_cast<float>(times(random.integer(-20, 20), ends[0], -3));
        AffineQuantizer<std::int8_t> one;
        one.observe(ends);
        record_params(
            record, one.params().front(),
            wide::affine(static_cast<double>(ends.minCoeff()), static_cast<double>(ends.maxCoeff()),
                         {.qmin = -128, .qmax = 127}));
    }
}

/// Ranges that criteria choose: the committed number alone vouches for them.
template <class Criterion>
void record_criterion(Record& record) {
    using namespace intact;
    Random random(5);
    AffineQuantizer<std::uint8_t, PerTensor, Histogram<Criterion>> affine;
    SymmetricQuantizer<std::int8_t, PerChannel<0>, Histogram<Criterion>> channels;
    SymmetricQuantizer<Int<4>, PerGroup<1, 100>, Histogram<Criterion>> groups;
    for (const Eigen::RowVectorXf& x : batches(random)) {
        affine.observe(x);
        const Eigen::Map<const Codes<float>> rows(x.data(), 2, x.size() / 2);
        channels.observe(rows);
        groups.observe(rows);
    }
    const auto record_all = [&](const auto& quantizer) {
        for (const auto& observer : quantizer.observers()) {
            const Range range = observer.range(quantizer.grid());
            record.add(range.min);
            record.add(range.max);
        }
    };
    record_all(affine);
    record_all(channels);
    record_all(groups);
}

bool is_skipped() {
    const char* wanted = std::getenv("INTACT_ISA");
    for (const intact::simd::Isa isa : intact::simd::all_isas) {
        if (wanted == nullptr || std::string_view(wanted) != intact::simd::name(isa)) continue;
        if (!intact::simd::supports(isa)) return true;
    }
    return false;
}

}  // namespace

int main() {
    if (is_skipped()) return 77;
    std::cout << intact::simd::describe() << '\n';
    bool good = true;

    Record codes("codes");
    Random random(1);
    record_codes<intact::AffineQuantizer<std::uint8_t>>(codes, random);
    record_codes<intact::AffineQuantizer<std::int8_t>>(codes, random);
    record_codes<intact::AffineQuantizer<std::uint16_t>>(codes, random);
    record_codes<intact::AffineQuantizer<intact::Int<4>>>(codes, random);
    record_codes<intact::SymmetricQuantizer<std::int8_t>>(codes, random);
    record_codes<intact::SymmetricQuantizer<std::int16_t>>(codes, random);
    record_codes<intact::SymmetricQuantizer<intact::UInt<3>>>(codes, random);
    good = codes.agrees(0xb23a9edb9e4fdb59U) && good;

    Record products("products");
    record_products(products);
    good = products.agrees(0x9a128ae36c9e9ae9U) && good;

    Record ranges("ranges");
    record_ranges(ranges);
    good = ranges.agrees(0x624aad41b33ed1a7U) && good;

    Record criteria("criteria");
    record_criterion<intact::FullRange>(criteria);
    record_criterion<intact::Percentile<>>(criteria);
    good = criteria.agrees(0x06ad55a377e390a5U) && good;

    Record networks("network");
    network::record(networks);
    good = networks.agrees(0xdb34f2f5c1e25eb6U) && good;
    return good ? 0 : 1;
}
