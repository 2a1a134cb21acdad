// Moving average observer: exponential averages of the smallest and the largest value of a batch.
//
//   v = v + c * (x - v)    the first batch sets v
//
// With bias correction the average starts from 0 and is divided by 1 - (1 - c)^t after t batches.
// It depends on the order of the batches by definition, so it does not merge: MinMax and Histogram
// do.
//
// Errors   std::domain_error  a batch with NaN or infinity; the observer stays as it was
//          std::logic_error   a range asked for before any value
// Cost     one pass over the batch at the speed of memory; 32 bytes of state
//
//   MovingAverage observer;                               // c = 0.01
//   BasicMovingAverage<std::ratio<1, 10>, true> faster;   // c = 0.1, bias corrected
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <ratio>
#include <span>

#include "intact/core/exact.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/ordered.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// All that a moving average knows of its batches.
struct Averages {
    double min = 0.0;
    double max = 0.0;
    double missing = 1.0;  ///< (1 - c)^batches
    std::uint64_t batches = 0;

    friend bool operator==(const Averages&, const Averages&) = default;
};

/// `Constant` is a std::ratio, the weight c of the newest batch.
template <class Constant = std::ratio<1, 100>, bool BiasCorrection = false>
class BasicMovingAverage {
    static_assert(Constant::num > 0 && Constant::num <= Constant::den,
                  "intact::BasicMovingAverage<Constant>: the constant is a std::ratio above 0 and "
                  "at most 1");

public:
    BasicMovingAverage() = default;

    /// An observer that goes on from these averages; std::invalid_argument where no batches have
    /// them.
    explicit BasicMovingAverage(const Averages& seen) : seen_(seen) {
        require(possible(seen), "MovingAverage", "no batches have these averages, given ", seen.min,
                " to ", seen.max, " and ", seen.missing, " missing after ", seen.batches,
                " batches");
    }

    /// Moves the range toward the smallest and the largest value of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        const elementwise::Extremes found = detail::finite_extremes(batch, "MovingAverage");
        const simd::DefaultEnvironment guard;
        move(from_ordered(ordered(found.min)), from_ordered(ordered(found.max)));
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    void merge(const BasicMovingAverage&) = delete;  // depends on the order of the batches

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return seen_.batches == 0; }

    /// Interval of the averages; symmetric about 0 for a symmetric grid.
    [[nodiscard]] Range range(const Grid& grid) const {
        require<std::logic_error>(!empty(), "MovingAverage",
                                  "no range, expected observe() with at least one value first");
        const simd::DefaultEnvironment guard;
        return averaged(grid);
    }

    /// The averages so far.
    [[nodiscard]] const Averages& averages() const noexcept { return seen_; }

    friend bool operator==(const BasicMovingAverage&, const BasicMovingAverage&) = default;

private:
    [[gnu::noinline]] void move(double min, double max) noexcept {
        const double c = constant();
        if (!BiasCorrection && seen_.batches == 0) {
            seen_.min = min;
            seen_.max = max;
        } else {
            // Through a pointer: Clang makes two operations of std::fma under -ffast-math.
            double (*volatile const fused)(double, double, double) = std::fma;
            seen_.min = fused(c, exactly(min - seen_.min), seen_.min);
            seen_.max = fused(c, exactly(max - seen_.max), seen_.max);
        }
        seen_.missing = exactly(seen_.missing * exactly(1.0 - c));
        ++seen_.batches;
    }

    [[gnu::noinline]] Range averaged(const Grid& grid) const noexcept {
        if constexpr (BiasCorrection) {
            const double seen = exactly(1.0 - seen_.missing);
            return spanned(exact_quotient(seen_.min, seen), exact_quotient(seen_.max, seen), grid);
        } else {
            return spanned(seen_.min, seen_.max, grid);
        }
    }

    /// Whether some batches have these averages; magnitudes are compared by their bits, which finds
    /// NaN too. Rounding may cross equal ends by a last place.
    static bool possible(const Averages& averages) noexcept {
        if (averages.batches == 0) return averages == Averages{};
        const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
        const auto magnitude = [&](double x) { return bits(x) & (UINT64_MAX >> 1); };
        const std::uint64_t widest = std::max(magnitude(averages.min), magnitude(averages.max));
        if (widest > bits(0x1p128)) return false;
        const double slack = 0x1p-40 * std::bit_cast<double>(widest);
        const std::uint64_t missing = bits(averages.missing);
        const std::uint64_t missing_once = bits(exactly(1.0 - constant()));
        return averages.min - averages.max <= slack && missing <= missing_once &&
               (averages.batches > 1 || missing == missing_once);
    }

    static double constant() noexcept {
        return exact_quotient(static_cast<double>(Constant::num),
                              static_cast<double>(Constant::den));
    }

    Averages seen_;
};

/// The moving average with the constant 0.01.
using MovingAverage = BasicMovingAverage<>;

static_assert(Observer<MovingAverage>);
static_assert(!MergeableObserver<MovingAverage>,
              "a moving average depends on the order of the batches and must not merge");

}  // namespace intact
