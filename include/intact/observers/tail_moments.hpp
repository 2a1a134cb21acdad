// Sums of powers of the magnitudes beyond some place: how far they reach beyond a threshold that
// lies below them all.
#pragma once

#include <array>
#include <cstddef>

#include "intact/core/exact.hpp"

namespace intact {

/// x^Power, 1 to 4.
template <int Power>
[[nodiscard]] double power_of(double x) noexcept {
    static_assert(1 <= Power && Power <= 4, "intact: errors have the power 1 to 4");
    if constexpr (Power == 1) {
        return x;
    } else {
        const double square = exactly(x * x);
        if constexpr (Power == 2) return square;
        return exactly(square * (Power == 3 ? x : square));
    }
}

/// Sum of x^Power of `count` values spread evenly between two magnitudes.
template <int Power>
[[nodiscard]] double spread_power(double count, double low, double high) noexcept {
    if constexpr (Power == 1) {
        return exactly(count * exactly(0.5 * exactly(low + high)));
    } else {
        const double ends = exactly(exactly(low * low) + exactly(high * high));
        const double product = exactly(low * high);
        double sum = exactly(ends + product);  // of all terms low^i * high^(Power - i)
        if constexpr (Power == 3) sum = exactly(exactly(low + high) * ends);
        if constexpr (Power == 4) {
            sum = exactly(exactly(ends * sum) - exactly(product * product));
        }
        return exact_quotient(exactly(count * sum), Power + 1.0);
    }
}

/// The sums that errors to the power `Power` need: of x^0 and x^1, from the power 3 on to x^3.
template <int Power>
class TailMoments {
public:
    /// One value.
    static TailMoments of(double x) noexcept {
        TailMoments moments;
        moments.add(1.0, x);
        return moments;
    }

    /// Adds `count` values at one place.
    void add(double count, double x) noexcept {
        sums_[0] = exactly(sums_[0] + count);
        sums_[1] = exactly(sums_[1] + exactly(count * x));
        if constexpr (Power > 2) {
            sums_[2] = exactly(sums_[2] + exactly(count * power_of<2>(x)));
            sums_[3] = exactly(sums_[3] + exactly(count * power_of<3>(x)));
        }
    }

    /// Adds `count` values spread evenly between two magnitudes.
    void add_spread(double count, double low, double high) noexcept {
        sums_[0] = exactly(sums_[0] + count);
        sums_[1] = exactly(sums_[1] + spread_power<1>(count, low, high));
        if constexpr (Power > 2) {
            sums_[2] = exactly(sums_[2] + spread_power<2>(count, low, high));
            sums_[3] = exactly(sums_[3] + spread_power<3>(count, low, high));
        }
    }

    [[nodiscard]] double count() const noexcept { return sums_[0]; }

    /// Sum of (x - t).
    [[nodiscard]] double excess(double t) const noexcept {
        return exactly(sums_[1] - exactly(t * sums_[0]));
    }

    /// Sum of (x - t)^3.
    [[nodiscard]] double cubes(double t) const noexcept requires(Power > 2) {
        const double inner = exactly(exactly(3.0 * sums_[1]) - exactly(t * sums_[0]));
        const double middle = exactly(exactly(3.0 * sums_[2]) - exactly(t * inner));
        return exactly(sums_[3] - exactly(t * middle));
    }

private:
    std::array < double, Power<3 ? 2 : 4> sums_{};
};

}  // namespace intact
