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

#include <cmath>
#include <cstdint>
#include <ratio>
#include <span>

#include "intact/core/exact.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/ordered.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

/// `Constant` is a std::ratio, the weight c of the newest batch.
template <class Constant = std::ratio<1, 100>, bool BiasCorrection = false>
class BasicMovingAverage {
    static_assert(Constant::num > 0 && Constant::num <= Constant::den,
                  "intact::BasicMovingAverage<Constant>: the constant is a std::ratio above 0 and "
                  "at most 1");

public:
    /// Moves the range toward the smallest and the largest value of `batch`.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        const elementwise::Extremes found = detail::finite_extremes(batch, "MovingAverage");
        const simd::DefaultEnvironment guard;
        move(from_ordered(ordered(found.min)), from_ordered(ordered(found.max)));
    }

    void merge(const BasicMovingAverage&) = delete;  // depends on the order of the batches

    /// Whether no value was seen.
    [[nodiscard]] bool empty() const noexcept { return batches_ == 0; }

    /// Interval of the averages; symmetric about 0 for a symmetric grid.
    [[nodiscard]] Range range(const Grid& grid) const {
        require<std::logic_error>(!empty(), "MovingAverage",
                                  "no range, expected observe() with at least one value first");
        const simd::DefaultEnvironment guard;
        return averaged(grid);
    }

    friend bool operator==(const BasicMovingAverage&, const BasicMovingAverage&) = default;

private:
    [[gnu::noinline]] void move(double min, double max) noexcept {
        const double c = constant();
        if (!BiasCorrection && batches_ == 0) {
            min_ = min;
            max_ = max;
        } else {
            // Through a pointer: Clang makes two operations of std::fma under -ffast-math.
            double (*volatile const fused)(double, double, double) = std::fma;
            min_ = fused(c, exactly(min - min_), min_);
            max_ = fused(c, exactly(max - max_), max_);
        }
        missing_ = exactly(missing_ * exactly(1.0 - c));
        ++batches_;
    }

    [[gnu::noinline]] Range averaged(const Grid& grid) const noexcept {
        if constexpr (BiasCorrection) {
            const double seen = exactly(1.0 - missing_);
            return spanned(exact_quotient(min_, seen), exact_quotient(max_, seen), grid);
        } else {
            return spanned(min_, max_, grid);
        }
    }

    static double constant() noexcept {
        return exact_quotient(static_cast<double>(Constant::num),
                              static_cast<double>(Constant::den));
    }

    double min_ = 0.0;
    double max_ = 0.0;
    double missing_ = 1.0;  // (1 - c)^batches
    std::uint64_t batches_ = 0;
};

/// The moving average with the constant 0.01.
using MovingAverage = BasicMovingAverage<>;

static_assert(Observer<MovingAverage>);
static_assert(!MergeableObserver<MovingAverage>,
              "a moving average depends on the order of the batches and must not merge");

}  // namespace intact
