// What every observer can do: watch batches of reals that will share one scale and zero point, then
// name the range to cut into codes.
//
// An observer sees std::span<const float>, one call for one batch; those of intact take Eigen
// objects too (eigen_batch.hpp). Per-channel and per-group quantizers hold one observer for each
// scale.
//
// Units    those of the data; nothing is rescaled
// Errors   std::domain_error      a batch with NaN or infinity; the observer stays as it was
//                                 (SkipNonFinite<Observer> counts such values instead)
//          std::logic_error       a range asked for before any value
//          std::invalid_argument  another number of weights than of values
//
// An empty batch changes nothing; a batch of zeros is an observation.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "intact/core/error.hpp"
#include "intact/core/exact.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/elementwise/min_max.hpp"

namespace intact {

/// Collects statistics batch by batch and chooses the clipping range for the codes of a grid.
template <class T>
concept Observer = std::copyable<T> && std::default_initializable<T> &&
    requires(T observer, const T& seen, std::span<const float> batch, const Grid& grid) {
    { observer.observe(batch) } -> std::same_as<void>;
    { seen.empty() } -> std::convertible_to<bool>;
    { seen.range(grid) } -> std::same_as<Range>;
};

/// An observer whose state does not depend on the order of the data: observers of parts merge into
/// the very bytes that one observer of the whole would hold.
template <class T>
concept MergeableObserver = Observer<T> && requires(T observer, const T& other) {
    { observer.merge(other) } -> std::same_as<void>;
};

/// An observer that counts a value as if it had been seen as often as its weight says.
template <class T>
concept WeightedObserver = Observer<T> &&
    requires(T observer, std::span<const float> batch, std::span<const std::uint32_t> weights) {
    { observer.observe(batch, weights) } -> std::same_as<void>;
};

/// -x, and +0 for either zero, whatever the compiler thinks of signed zeros.
[[nodiscard]] inline double mirrored(double x) noexcept { return exactly(exactly(0.0) - x); }

/// The range of all values from `min` to `max`: as it is, or symmetric about 0 for such a grid.
[[nodiscard]] inline Range spanned(double min, double max, const Grid& grid) noexcept {
    if (!grid.symmetric) return {.min = min, .max = max};
    const double largest = mirrored(min) > max ? mirrored(min) : max;
    return {.min = mirrored(largest), .max = largest};
}

namespace detail {

template <class T>
struct ChannelObserver {
    using Type = T;
};

template <class T>
requires requires { typename T::PerChannel; }
struct ChannelObserver<T> {
    using Type = typename T::PerChannel;
};

/// Smallest and largest value of a batch that is not empty; refuses NaN and infinities.
inline elementwise::Extremes finite_extremes(std::span<const float> batch, const char* where) {
    const elementwise::Extremes found = elementwise::min_max(batch);
    require<std::domain_error>(found.non_finite == 0, where, found.non_finite, " of ", batch.size(),
                               " values are not finite, expected none, the first is at index ",
                               found.first_non_finite);
    return found;
}

/// Refuses another number of weights than of values.
inline void require_weights(std::span<const float> batch, std::span<const std::uint32_t> weights,
                            const char* where) {
    require(batch.size() == weights.size(), where, "values and weights differ in number, expected ",
            batch.size(), " weights, given ", weights.size());
}

}  // namespace detail

/// The form of an observer that is meant to exist once for every channel or group: T::PerChannel
/// where there is one (a smaller histogram), else T itself.
template <Observer T>
using ChannelObserver = typename detail::ChannelObserver<T>::Type;

/// Bits of the widest codes that an observer or a criterion chooses ranges for: what it says of
/// itself, or 16.
template <class T>
inline constexpr int most_code_bits = [] {
    if constexpr (requires { T::most_code_bits; }) {
        return T::most_code_bits;
    } else {
        return 16;
    }
}();

}  // namespace intact
