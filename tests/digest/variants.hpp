// The part of the digest that calibrates as other projects do: ranges of the named variants, whose
// searches compare sums of rounded logarithms.
#pragma once

#include <cstdint>
#include <span>

#include "inputs.hpp"

#include "intact/intact.hpp"

/// A range and the bins behind it: the committed number alone vouches for them.
template <class Watch>
void record_variant(Record& record) {
    Random random(6);
    Watch observer;
    float factor = 1.0F;
    for (const Eigen::RowVectorXf& x : batches(random)) {
        const Eigen::RowVectorXf larger = x * factor;
        observer.observe({larger.data(), static_cast<std::size_t>(larger.size())});
        factor *= 1.25F;
    }
    for (const bool symmetric : {false, true}) {
        const intact::Range range =
            observer.range({.qmin = -127, .qmax = 127, .symmetric = symmetric, .zero_point = 0});
        record.add(range.min);
        record.add(range.max);
    }
    if constexpr (requires { observer.histogram(); }) {
        for (const double edge : observer.histogram().edges) record.add(edge);
        for (const std::uint64_t count : observer.histogram().counts) record.add(count, count);
    }
}

inline void record_variants(Record& record) {
    using namespace intact;
    record_variant<OnnxRuntimePercentile<>>(record);
    record_variant<OnnxRuntimePercentile<999000, 128, OnnxRuntimeValues>>(record);
    record_variant<OnnxRuntimeEntropy<512, 32>>(record);
    record_variant<NvidiaPercentile<>>(record);
    record_variant<TensorRtEntropy<512>>(record);
    record_variant<NvidiaMeanSquaredError<512>>(record);
    record_variant<ModelOptMeanSquaredError<>>(record);
    record_variant<TorchHistogram<256>>(record);
    record_variant<TorchHistogram<256, TorchRebinning::spread>>(record);
}
