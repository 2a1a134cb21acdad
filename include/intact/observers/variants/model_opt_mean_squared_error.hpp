// Squared error as NVIDIA's Model Optimizer searches it, for parity: of `Steps` multiples of the
// largest magnitude, evenly from `Start` to `Stop`, the one with the least squared error over the
// values themselves; the first of equal ones. Histogram<MeanSquaredError> is ours, which keeps no
// values and tries some 900 scales.
//
//   SymmetricQuantizer<Int<4>, PerChannel<0>, ModelOptMeanSquaredError<64, std::ratio<1, 10>,
//                                                                      std::ratio<1>>> weights;
//
// The range is [-amax, amax]; [0, amax] for a grid with a free zero point where no value is
// negative.
//
// Errors   std::domain_error  a batch with NaN or infinity; the observer stays as it was
//          std::logic_error   a range asked for before any value
// Cost     4 bytes a value; the search one pass a step. The values' order does not matter beyond
//          the rounding of the sums, but they are kept as they came, so it does not merge
// Source   MseCalibrator of NVIDIA ModelOpt 5a4242fa (modelopt/torch/quantization/calib/mse.py)
// with
//          fake_tensor_quant: ties to even, an amax up to 2^-24 quantizes to 0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <ratio>
#include <span>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/core/exact.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/ordered.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

template <int Steps = 10, class Start = std::ratio<1, 4>, class Stop = std::ratio<4>>
class ModelOptMeanSquaredError {
    static_assert(Steps > 1 && Start::num > 0,
                  "intact::ModelOptMeanSquaredError<Steps, Start, Stop>: at least two steps, Start "
                  "and Stop std::ratio above 0");

public:
    /// Keeps the values of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        const elementwise::Extremes found =
            detail::finite_extremes(batch, "ModelOptMeanSquaredError");
        values_.insert(values_.end(), batch.begin(), batch.end());
        has_negative_ = has_negative_ || ordered(found.min) < 0;
        amax_ = std::max({amax_, std::abs(found.min), std::abs(found.max)});
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    void merge(const ModelOptMeanSquaredError&) = delete;

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return values_.empty(); }

    /// The range of the multiple with the least squared error.
    [[nodiscard]] Range range(const Grid& grid) const {
        require<std::logic_error>(!empty(), "ModelOptMeanSquaredError",
                                  "no range, expected observe() with at least one value first");
        const simd::DefaultEnvironment guard;
        return searched(grid);
    }

    friend bool operator==(const ModelOptMeanSquaredError&,
                           const ModelOptMeanSquaredError&) = default;

private:
    [[gnu::noinline]] Range searched(const Grid& grid) const {
        const bool both = grid.symmetric || has_negative_;
        const std::int32_t codes = grid.qmax - grid.qmin;
        const std::int32_t levels =
            grid.symmetric ? grid.qmax - grid.zero_point : (both ? codes / 2 : codes);
        float best = 0.0F;
        double least = std::numeric_limits<double>::max();
        for (int i = 0; i < Steps; ++i) {
            const float amax = static_cast<float>(
                exactly(static_cast<double>(amax_) * static_cast<double>(multiple(i))));
            const double cost = squared_error(amax, levels);
            if (cost < least) {
                least = cost;
                best = amax;
            }
        }
        const auto end = static_cast<double>(best);
        return {.min = both ? mirrored(end) : 0.0, .max = end};
    }

    /// Number i of float32 numbers evenly from Start to Stop, each half from its own end.
    static float multiple(int i) noexcept {
        const double start = rounded(exact_quotient(double{Start::num}, double{Start::den}));
        const double stop = rounded(exact_quotient(double{Stop::num}, double{Stop::den}));
        const double step = rounded(exact_quotient(rounded(exactly(stop - start)), Steps - 1.0));
        if (i < Steps / 2) return static_cast<float>(exactly(start + rounded(exactly(step * i))));
        return static_cast<float>(exactly(stop - rounded(exactly(step * (Steps - 1 - i)))));
    }

    static double rounded(double x) noexcept { return static_cast<double>(static_cast<float>(x)); }

    /// Sum of the squared errors with so many steps from 0 to amax, each step a float32.
    [[nodiscard]] double squared_error(float amax, std::int32_t levels) const noexcept {
        const auto top = static_cast<double>(levels);
        const double scale =
            amax <= 0x1p-24F ? 0.0 : rounded(exact_quotient(top, static_cast<double>(amax)));
        double sum = 0.0;
        for (const float value : values_) {
            const auto x = static_cast<double>(value);
            const double code = std::clamp(std::nearbyint(rounded(exactly(x * scale))),
                                           has_negative_ ? -top : 0.0, top);
            const double read = scale == 0.0 ? 0.0 : rounded(exact_quotient(code, scale));
            const double error = exactly(x - read);
            sum = exactly(sum + exactly(error * error));
        }
        return sum;
    }

    std::vector<float> values_;
    float amax_ = 0.0F;
    bool has_negative_ = false;
};

static_assert(Observer<ModelOptMeanSquaredError<>>);
static_assert(!MergeableObserver<ModelOptMeanSquaredError<>>);

}  // namespace intact
