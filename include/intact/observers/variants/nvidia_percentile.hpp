// Percentile as NVIDIA's calibrator chooses it, for parity: the lower edge of the first bin up to
// which the share of the magnitudes lies. Histogram<Percentile<>> is ours.
//
//   SymmetricQuantizer<std::int8_t, PerTensor, NvidiaPercentile<>> activations;
//
// Errors, cost   nvidia_calibrator.hpp
// Source   _compute_amax_percentile of pytorch-quantization 2.2.1 (NVIDIA/TensorRT)
#pragma once

#include <cstdint>

#include "intact/core/exact.hpp"
#include "intact/observers/variants/nvidia_calibrator.hpp"

namespace intact {

namespace detail {

template <int PartsPerMillion>
struct NvidiaPercentileMethod {
    static_assert(500000 <= PartsPerMillion && PartsPerMillion <= 1000000,
                  "intact::NvidiaPercentile<PartsPerMillion>: parts per million inside the range, "
                  "at least half of all; 999900 for 99.99 %");

    [[nodiscard]] static double amax(const EdgedHistogram& seen, std::int32_t /*levels*/) {
        const double percentile = exact_quotient(double{PartsPerMillion}, 10000.0);
        return seen.edges[seen.bin_of_share(exact_quotient(percentile, 100.0))];
    }
};

}  // namespace detail

template <int PartsPerMillion = 999900, int Bins = 2048>
using NvidiaPercentile = NvidiaCalibrator<detail::NvidiaPercentileMethod<PartsPerMillion>, Bins>;

static_assert(Observer<NvidiaPercentile<>>);
static_assert(!MergeableObserver<NvidiaPercentile<>>);

}  // namespace intact
