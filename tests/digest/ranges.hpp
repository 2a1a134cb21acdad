// The part of the digest that calibrates: ranges and parameters from observed data.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "inputs.hpp"

#include "intact/intact.hpp"

inline double lowest(const Eigen::RowVectorXf& x) { return static_cast<double>(x.minCoeff()); }
inline double highest(const Eigen::RowVectorXf& x) { return static_cast<double>(x.maxCoeff()); }

inline void record_params(Record& record, const intact::QuantParams& library,
                          const Params& reference) {
    record.add(library.scale, std::bit_cast<std::uint32_t>(reference.scale));
    record.add(std::int64_t{library.zero_point}, reference.zero_point);
}

/// Parameters from observed ranges, of which wide integers know what they must be.
inline void record_ranges(Record& record) {
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

/// Ranges that an observer chooses: the committed number alone vouches for them.
template <class Watch>
void record_observer(Record& record) {
    using namespace intact;
    Random random(5);
    AffineQuantizer<std::uint8_t, PerTensor, Watch> affine;
    SymmetricQuantizer<std::int8_t, PerChannel<0>, Watch> channels;
    SymmetricQuantizer<Int<4>, PerGroup<1, 100>, Watch> groups;
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
