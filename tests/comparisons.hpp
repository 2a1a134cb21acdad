// Thousands of comparisons in one CHECK, which costs more than they do:
//
//   Comparisons all;
//   for (int x = 0; x < 1000; ++x) all.equal(twice(x), 2 * x, "x = ", x);
//   CHECK(all.failures() == none);
//
// What fails first is told: the words, what was expected and what was given.
#pragma once

#include <cstddef>
#include <sstream>
#include <string>
#include <type_traits>

/// What failures() says where nothing failed.
inline const std::string none;

/// Parts in a row; bytes as numbers, floats so that no bit is lost.
template <class... Parts>
[[nodiscard]] std::string text_of(const Parts&... parts) {
    std::ostringstream text;
    const auto add = [&](const auto& part) {
        using Part = std::decay_t<decltype(part)>;
        if constexpr (std::is_floating_point_v<Part>) {
            text << part << " (" << std::hexfloat << part << std::defaultfloat << ")";
        } else if constexpr (std::is_integral_v<Part>) {
            text << +part;
        } else {
            text << part;
        }
    };
    (add(parts), ...);
    return text.str();
}

class Comparisons {
public:
    /// Whether `given` is `expected`; `words` say where.
    template <class T, class... Words>
    void equal(const T& given, const T& expected, const Words&... words) {
        holds(given == expected, words..., ": expected ", expected, ", given ", given);
    }

    /// Whether something else holds; `words` say what does not.
    template <class... Words>
    void holds(bool condition, const Words&... words) {
        ++count_;
        if (condition) return;
        if (wrong_++ == 0) first_ = text_of(words...);
    }

    /// The first failure and how many there were, or `none`.
    [[nodiscard]] std::string failures() const {
        if (wrong_ == 0) return none;
        return text_of(wrong_, " of ", count_, " are wrong, first ", first_);
    }

private:
    std::size_t count_ = 0;
    std::size_t wrong_ = 0;
    std::string first_;
};
