// Entropy calibration in TensorRT's form, as NVIDIA's pytorch-quantization computes it, for parity;
// Histogram<Entropy> is ours, which does not collapse on zeros and repeated constants.
//
// A candidate keeps the first i bins of the magnitudes and adds what lies beyond to the last of
// them; it is compared with the same bins merged into levels + 1 equal cells, each spread evenly
// over those of its bins that are not empty:
//
//   KL = [sum c ln c - sum over cells of M ln(M / m)] / n + ln(inside / n)
//
// M the mass and m the number of non-empty bins of a cell, the mass beyond added to c of the last
// bin and to M's share there. The least KL wins, the last of equal ones. As in the original the
// first bin counts as much as the second, a last bin that is empty while mass lies beyond costs
// infinity, and the last candidate with nothing inside wins over all (its KL is NaN there): data
// with a gap around 0 collapse.
//
// Errors   nvidia_calibrator.hpp
// Cost     O(bins * levels), by prefix sums
// Source   _compute_amax_entropy of pytorch-quantization 2.2.1 (NVIDIA/TensorRT); S. Migacz, "8-bit
//          Inference with TensorRT", 2017
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/logarithm.hpp"
#include "intact/observers/variants/nvidia_calibrator.hpp"

namespace intact {

namespace detail {

/// x ln x, 0 for 0.
[[nodiscard]] inline double information(std::uint64_t count) noexcept {
    if (count == 0) return 0.0;
    const auto x = static_cast<double>(count);
    return exactly(x * natural_logarithm(x));
}

template <int FirstBin, int Stride>
struct TensorRtEntropyMethod {
    static_assert(FirstBin > 0 && Stride > 0,
                  "intact::TensorRtEntropy<FirstBin, Stride>: both are at least 1");

    [[nodiscard]] static double amax(const EdgedHistogram& seen, std::int32_t levels) {
        const PrefixSums sums(seen);
        const auto cells = static_cast<std::uint64_t>(levels) + 1;
        std::size_t best = seen.counts.size();
        double least = std::numeric_limits<double>::max();
        for (std::size_t i = FirstBin; i <= seen.counts.size(); i += Stride) {
            if (sums.mass(0, i) == 0) {
                best = i;
                least = -std::numeric_limits<double>::max();
            } else if (sums.is_finite(i)) {
                const double cost = sums.divergence(i, cells);
                if (cost <= least) {
                    least = cost;
                    best = i;
                }
            }
        }
        return seen.edges[best];
    }

private:
    /// Sums over the bins below each.
    class PrefixSums {
    public:
        explicit PrefixSums(const EdgedHistogram& seen) : sums_(seen.counts.size() + 1) {
            for (std::size_t i = 0; i < seen.counts.size(); ++i) {
                const std::uint64_t count = seen.counts[i == 0 ? 1 : i];
                sums_[i + 1] = {sums_[i].mass + count, sums_[i].filled + (count > 0 ? 1U : 0U),
                                exactly(sums_[i].information + information(count))};
            }
        }

        [[nodiscard]] std::uint64_t mass(std::size_t from, std::size_t to) const noexcept {
            return sums_[to].mass - sums_[from].mass;
        }

        /// Whether mass beyond the first `i` bins finds a last bin that is not empty.
        [[nodiscard]] bool is_finite(std::size_t i) const noexcept {
            return mass(i, sums_.size() - 1) == 0 || mass(i - 1, i) > 0;
        }

        /// The divergence of the first `i` bins in so many cells.
        [[nodiscard]] double divergence(std::size_t i, std::uint64_t cells) const noexcept {
            const std::uint64_t beyond = mass(i, sums_.size() - 1);
            const std::uint64_t last = mass(i - 1, i);
            double sum = exactly(sums_[i - 1].information + information(last + beyond));
            std::size_t from = 0;
            for (std::uint64_t cell = 1; cell <= cells; ++cell) {
                const std::size_t to =
                    (cell * i + cells - 1) / cells;  // bins j with j cells < cell i
                const std::uint64_t own = mass(from, to);
                if (own > 0) {
                    const std::uint64_t filled = sums_[to].filled - sums_[from].filled;
                    const double mean =
                        exact_quotient(static_cast<double>(own), static_cast<double>(filled));
                    const std::uint64_t reference = to == i ? own + beyond : own;
                    const double share = static_cast<double>(reference);
                    sum = exactly(sum - exactly(share * natural_logarithm(mean)));
                }
                from = to;
            }
            const auto all = static_cast<double>(sums_.back().mass);
            const auto inside = static_cast<double>(mass(0, i));
            return exactly(exact_quotient(sum, all) +
                           natural_logarithm(exact_quotient(inside, all)));
        }

    private:
        struct Sums {
            std::uint64_t mass = 0;
            std::uint64_t filled = 0;  // bins that are not empty
            double information = 0.0;
        };

        std::vector<Sums> sums_;
    };
};

}  // namespace detail

template <int Bins = 2048, int FirstBin = 128, int Stride = 1>
using TensorRtEntropy = NvidiaCalibrator<detail::TensorRtEntropyMethod<FirstBin, Stride>, Bins>;

static_assert(Observer<TensorRtEntropy<>>);
static_assert(!MergeableObserver<TensorRtEntropy<>>);

}  // namespace intact
