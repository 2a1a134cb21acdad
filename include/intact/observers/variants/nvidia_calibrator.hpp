// The observer of NVIDIA's histogram calibrators: one histogram, and a method that finds the
// largest magnitude to keep.
//
//   template <int PartsPerMillion, int Bins>
//   using NvidiaPercentile = NvidiaCalibrator<detail::NvidiaPercentileMethod<PartsPerMillion>,
//   Bins>;
//
// A method is a struct with one static function, amax(histogram, levels): levels are the steps from
// 0 to the highest code. The range is [-amax, amax]; [0, amax] for a grid with a free zero point
// where no value was negative, NVIDIA's `unsigned`.
//
// Errors   std::domain_error  a batch with NaN or infinity; the observer stays as it was
//          std::length_error  a batch that would need more than 2^24 bins
//          std::logic_error   a range asked for before any value
// Cost     two passes a batch; 16 bytes a bin
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "intact/core/error.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/variants/nvidia_histogram.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// Finds the largest magnitude to keep.
template <class T>
concept NvidiaMethod = requires(const EdgedHistogram& seen, std::int32_t levels) {
    { T::amax(seen, levels) } -> std::same_as<double>;
};

template <NvidiaMethod Method, int Bins = 2048>
class NvidiaCalibrator {
    static_assert(Bins > 1, "intact::NvidiaCalibrator<Method, Bins>: at least two bins");

public:
    /// Counts the magnitudes of `batch`.
    void observe(std::span<const float> batch) { seen_.observe(batch, Bins); }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    void merge(const NvidiaCalibrator&) = delete;  // depends on the order of the batches

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return seen_.empty(); }

    /// The range that the method chooses.
    [[nodiscard]] Range range(const Grid& grid) const {
        require<std::logic_error>(!empty(), "NvidiaCalibrator",
                                  "no range, expected observe() with at least one value first");
        const simd::DefaultEnvironment guard;
        return seen_.range_to(amax(seen_.levels(grid)), grid);
    }

    /// The bins, for tests and pictures.
    [[nodiscard]] const EdgedHistogram& histogram() const noexcept { return seen_.histogram(); }

    friend bool operator==(const NvidiaCalibrator&, const NvidiaCalibrator&) = default;

private:
    [[gnu::noinline]] double amax(std::int32_t levels) const {
        return Method::amax(seen_.histogram(), levels);
    }

    NvidiaHistogram seen_;
};

}  // namespace intact
