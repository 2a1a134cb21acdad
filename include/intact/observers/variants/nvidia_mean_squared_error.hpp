// Squared error as NVIDIA's calibrator measures it, for parity: the center of a bin, from number
// `FirstBin` on, whose quantization of all bin centers has the least squared error; the first of
// equal ones. Histogram<MeanSquaredError> is ours, which knows the spread inside a bin, chooses the
// zero point too and is not bound to one histogram's bins.
//
// Errors   nvidia_calibrator.hpp
// Cost     O(bins * levels), by prefix sums of the counts and of their first two moments
// Source   _compute_amax_mse and fake_tensor_quant of pytorch-quantization 2.2.1 (NVIDIA/TensorRT):
//          ties to even, magnitudes up to 2^-24 quantize to 0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/variants/nvidia_calibrator.hpp"

namespace intact {

namespace detail {

template <int FirstBin, int Stride>
struct NvidiaSquaredErrorMethod {
    static_assert(FirstBin >= 0 && Stride > 0,
                  "intact::NvidiaMeanSquaredError<FirstBin, Stride>: the stride is at least 1");

    [[nodiscard]] static double amax(const EdgedHistogram& seen, std::int32_t levels) {
        const Moments moments(seen);
        double best = seen.edges.back();
        double least = std::numeric_limits<double>::max();
        for (std::size_t i = FirstBin; i < seen.counts.size(); i += Stride) {
            const double candidate = center(seen, i);
            const double cost = moments.error(candidate, levels);
            if (cost < least) {
                least = cost;
                best = candidate;
            }
        }
        return best;
    }

private:
    /// fl32((lower + upper) / 2).
    static double center(const EdgedHistogram& seen, std::size_t i) noexcept {
        return as_float(0.5 * exactly(seen.edges[i] + seen.edges[i + 1]));
    }

    /// Sums of 1, c and c^2 over the counts of the bins below each, c their centers.
    class Moments {
    public:
        explicit Moments(const EdgedHistogram& seen)
            : centers_(seen.counts.size()), sums_(seen.counts.size() + 1) {
            for (std::size_t i = 0; i < centers_.size(); ++i) {
                centers_[i] = center(seen, i);
                const double own = exactly(static_cast<double>(seen.counts[i]) * centers_[i]);
                sums_[i + 1] = {sums_[i].count + seen.counts[i], exactly(sums_[i].first + own),
                                exactly(sums_[i].second + exactly(own * centers_[i]))};
            }
        }

        /// Sum of the squared errors of all centers where `amax` is the highest code.
        [[nodiscard]] double error(double amax, std::int32_t levels) const noexcept {
            if (amax <= 0x1p-24) return sums_.back().second;
            const double step = exact_quotient(amax, static_cast<double>(levels));
            double sum = 0.0;
            std::size_t from = 0;
            for (std::int32_t code = 0; code <= levels && from < centers_.size(); ++code) {
                const std::size_t to = code == levels ? centers_.size() : end_of(step, code, from);
                const double value = exactly(step * code);
                const double count = static_cast<double>(sums_[to].count - sums_[from].count);
                const double first = exactly(sums_[to].first - sums_[from].first);
                const double second = exactly(sums_[to].second - sums_[from].second);
                const double linear = exactly(exactly(value * count) - exactly(2.0 * first));
                sum = exactly(sum + exactly(second + exactly(value * linear)));
                from = to;
            }
            return sum;
        }

    private:
        struct Sums {
            std::uint64_t count = 0;
            double first = 0.0;
            double second = 0.0;
        };

        /// The first bin whose center rounds to more than `code`.
        [[nodiscard]] std::size_t end_of(double step, std::int32_t code,
                                         std::size_t from) const noexcept {
            const double tie = exactly(step * (code + 0.5));
            const auto begin = centers_.begin() + static_cast<std::ptrdiff_t>(from);
            const auto end = code % 2 == 0 ? std::upper_bound(begin, centers_.end(), tie)
                                           : std::lower_bound(begin, centers_.end(), tie);
            return static_cast<std::size_t>(end - centers_.begin());
        }

        std::vector<double> centers_;
        std::vector<Sums> sums_;
    };
};

}  // namespace detail

template <int Bins = 2048, int FirstBin = 128, int Stride = 1>
using NvidiaMeanSquaredError =
    NvidiaCalibrator<detail::NvidiaSquaredErrorMethod<FirstBin, Stride>, Bins>;

static_assert(Observer<NvidiaMeanSquaredError<>>);
static_assert(!MergeableObserver<NvidiaMeanSquaredError<>>);

}  // namespace intact
