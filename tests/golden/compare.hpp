// Comparisons for golden vectors: each returns "" or says how many elements differ and which is
// the first, so that CHECK(differences(...) == "") reads well when it fails.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

namespace golden {

/// Marks elements by 1; an empty one marks none.
using Mask = std::vector<std::uint8_t>;

/// Floats between a and b, 0 if they are equal; both zeros are one number, and so are all NaN.
inline std::int64_t ulp_distance(float a, float b) {
    const auto ordered = [](float x) -> std::int64_t {
        const auto bits = std::bit_cast<std::uint32_t>(x);
        const auto magnitude = static_cast<std::int64_t>(bits & 0x7fffffffU);
        return bits >> 31 != 0 ? -magnitude : magnitude;
    };
    constexpr std::int64_t infinity = 0x7f800000;
    const std::int64_t x = ordered(a);
    const std::int64_t y = ordered(b);
    const bool x_is_nan = std::abs(x) > infinity;
    const bool y_is_nan = std::abs(y) > infinity;
    if (x_is_nan || y_is_nan) return x_is_nan == y_is_nan ? 0 : 2 * infinity;
    return std::abs(x - y);
}

/// Marks the reals that lie within `relative` times their magnitude of a tie between two integers,
/// or within `absolute`.
inline Mask near_ties(const std::vector<double>& reals, double relative, double absolute = 0.0) {
    Mask mask;
    for (const double real : reals) {
        const double to_tie = std::abs(real - std::floor(real) - 0.5);
        const bool is_near = to_tie <= relative * std::abs(real) || to_tie <= absolute;
        mask.push_back(is_near ? 1 : 0);
    }
    return mask;
}

namespace detail {

/// "3 of 10 differ, ..." for the elements that agree(i) denies.
template <class Given, class Expected, class Agree>
std::string describe(const std::vector<Given>& given, const std::vector<Expected>& expected,
                     Agree&& agree) {
    std::ostringstream text;
    if (given.size() != expected.size()) {
        text << given.size() << " elements instead of " << expected.size();
        return text.str();
    }
    std::size_t count = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (agree(i)) continue;
        if (count++ == 0) first = i;
    }
    if (count == 0) return "";
    text.precision(9);
    text << count << " of " << given.size() << " differ, the first is number " << first
         << ": expected " << +expected[first] << ", given " << +given[first];
    return text.str();
}

inline bool is_marked(const Mask& mask, std::size_t i) { return !mask.empty() && mask[i] != 0; }

}  // namespace detail

/// Integers: equal, and at most `slack` apart where the mask marks them.
template <class Given, class Expected>
std::string differences(const std::vector<Given>& given, const std::vector<Expected>& expected,
                        const Mask& mask = {}, std::int64_t slack = 1) {
    static_assert(std::is_integral_v<Given> && std::is_integral_v<Expected>);
    return detail::describe(given, expected, [&](std::size_t i) {
        const std::int64_t apart = std::int64_t{given[i]} - std::int64_t{expected[i]};
        return std::abs(apart) <= (detail::is_marked(mask, i) ? slack : 0);
    });
}

/// Integers: at most 1 apart, and no more than a share of `1 - exact_share` not equal.
template <class Given, class Expected>
std::string differences_beyond(double exact_share, const std::vector<Given>& given,
                               const std::vector<Expected>& expected) {
    const Mask everywhere(expected.size(), 1);
    std::string far = differences(given, expected, everywhere);
    if (!far.empty()) return far;
    std::size_t equal = 0;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (std::int64_t{given[i]} == std::int64_t{expected[i]}) ++equal;
    }
    if (static_cast<double>(equal) >= exact_share * static_cast<double>(given.size())) return "";
    return differences(given, expected);
}

/// Floats: at most `ulps` floats apart, or slack[i] apart where slack is given.
inline std::string ulp_differences(const std::vector<float>& given,
                                   const std::vector<float>& expected, std::int64_t ulps,
                                   const std::vector<double>& slack = {}) {
    return detail::describe(given, expected, [&](std::size_t i) {
        if (ulp_distance(given[i], expected[i]) <= ulps) return true;
        const double allowed = slack.empty() ? 0.0 : slack[i];
        return std::abs(double{given[i]} - double{expected[i]}) <= allowed;
    });
}

/// Floats: within `relative` times the expected value or within `absolute`.
inline std::string far_differences(const std::vector<float>& given,
                                   const std::vector<float>& expected, double relative,
                                   double absolute) {
    return detail::describe(given, expected, [&](std::size_t i) {
        const double apart = std::abs(double{given[i]} - double{expected[i]});
        return apart <= relative * std::abs(double{expected[i]}) || apart <= absolute;
    });
}

/// Bits: equal.
inline std::string bit_differences(const std::vector<float>& given,
                                   const std::vector<float>& expected) {
    return detail::describe(given, expected, [&](std::size_t i) {
        return std::bit_cast<std::uint32_t>(given[i]) == std::bit_cast<std::uint32_t>(expected[i]);
    });
}

}  // namespace golden
