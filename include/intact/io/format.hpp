// How observers are written and read. What a file holds is named in it by kind(), and statistics do
// not depend on the criterion: what Histogram<Entropy> wrote Histogram<MeanSquaredError> reads.
//
// An observer of your own is saved where you say how:
//
//   template <>
//   struct intact::io::Format<Mine> {
//       static std::string kind() { return "Mine"; }
//       static void write(Writer& to, const Mine& observer) { to.count(observer.batches()); }
//       static Mine read(Reader& from) { return Mine(from.count()); }
//   };
//
// Errors   std::runtime_error, std::invalid_argument  read(): what write() never writes
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <ratio>
#include <string>

#include "intact/io/bytes.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/moving_average.hpp"
#include "intact/observers/skip_non_finite.hpp"

namespace intact::io {

template <class T>
struct Format;

/// What can be saved and loaded.
template <class T>
concept Stored = requires(Writer& to, const T& x, Reader& from) {
    { Format<T>::kind() } -> std::same_as<std::string>;
    { Format<T>::write(to, x) } -> std::same_as<void>;
    { Format<T>::read(from) } -> std::same_as<T>;
};

namespace detail {

inline constexpr std::int32_t largest_order = 0x7f7fffff;
inline constexpr std::int64_t before_all = -std::int64_t{largest_order} - 1;

/// Reads two ordered() floats, the smallest and the largest of some values.
struct Ends {
    std::int32_t min = 0;
    std::int32_t max = 0;

    void write(Writer& to) const {
        to.integer(min);
        to.integer(max);
    }

    static Ends read(Reader& from) {
        const std::int32_t min = from.integer(-largest_order, largest_order, "the smallest value");
        const std::int32_t max = from.integer(min, largest_order, "the largest value");
        return {min, max};
    }
};

/// The float of an ordered() integer.
inline float float_of(std::int32_t order) {
    const auto bits = static_cast<std::uint32_t>(order);
    return std::bit_cast<float>(order < 0 ? 0x80000000U | (0U - bits) : bits);
}

}  // namespace detail

template <>
struct Format<MinMax> {
    static std::string kind() { return "MinMax"; }

    static void write(Writer& to, const MinMax& observer) {
        to.flag(!observer.empty());
        if (observer.empty()) return;
        const Range range = observer.range(Grid{});
        detail::Ends{to_ordered(range.min), to_ordered(range.max)}.write(to);
    }

    static MinMax read(Reader& from) {
        MinMax observer;
        if (!from.flag()) return observer;
        const auto ends = detail::Ends::read(from);
        observer.observe(std::array{detail::float_of(ends.min), detail::float_of(ends.max)});
        return observer;
    }
};

template <std::intmax_t Num, std::intmax_t Den, bool BiasCorrection>
struct Format<BasicMovingAverage<std::ratio<Num, Den>, BiasCorrection>> {
    using Observer = BasicMovingAverage<std::ratio<Num, Den>, BiasCorrection>;

    static std::string kind() {
        return "MovingAverage<" + std::to_string(Num) + "/" + std::to_string(Den) +
               (BiasCorrection ? ", bias corrected>" : ">");
    }

    static void write(Writer& to, const Observer& observer) {
        const Averages& seen = observer.averages();
        to.count(seen.batches);
        if (seen.batches == 0) return;
        to.bits(seen.min);
        to.bits(seen.max);
        to.bits(seen.missing);
    }

    static Observer read(Reader& from) {
        Averages seen;
        seen.batches = from.count();
        if (seen.batches == 0) return {};
        seen.min = from.bits<double>();
        seen.max = from.bits<double>();
        seen.missing = from.bits<double>();
        return Observer(seen);
    }
};

template <Stored Watcher>
struct Format<SkipNonFinite<Watcher>> {
    static std::string kind() { return "SkipNonFinite<" + Format<Watcher>::kind() + ">"; }

    static void write(Writer& to, const SkipNonFinite<Watcher>& observer) {
        to.count(observer.nan_count());
        to.count(observer.infinity_count());
        Format<Watcher>::write(to, observer.watcher());
    }

    static SkipNonFinite<Watcher> read(Reader& from) {
        const std::uint64_t nans = from.count();
        const std::uint64_t infinities = from.count();
        return {Format<Watcher>::read(from), nans, infinities};
    }
};

}  // namespace intact::io
