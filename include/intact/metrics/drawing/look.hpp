// How each criterion looks, the same in every picture.
//
// Criteria that minimize a power of the error share a colour: their lines have other dashes and
// their points other shapes. So five colours are enough, which every eye can tell apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "intact/metrics/drawing/svg.hpp"

namespace intact::drawing {

/// Dots go with a diamond, dashes with a disc, long dashes with a square.
enum class Dashes { dots, dashes, long_dashes };

struct Look {
    int colour = 0;  ///< 1 to 5, or 0: by the place among the marks
    Dashes dashes = Dashes::dashes;

    friend bool operator==(const Look&, const Look&) = default;
};

namespace look {

inline constexpr Look min_max{1};
inline constexpr Look percentile{2};
inline constexpr Look entropy{3};
inline constexpr Look absolute_error{4, Dashes::dots};
inline constexpr Look squared_error{4, Dashes::dashes};
inline constexpr Look fourth_power{4, Dashes::long_dashes};
inline constexpr Look other{5};

}  // namespace look

/// The number of the colour, as the classes of the style sheet have it, of the mark at `place`.
[[nodiscard]] inline std::string colour_of(const Look& look, std::size_t place) {
    constexpr std::size_t colours = 5;
    return std::to_string(look.colour > 0 ? look.colour
                                          : static_cast<int>(std::min(place + 1, colours)));
}

/// The style class of lines with these dashes.
[[nodiscard]] inline std::string class_of(Dashes dashes) {
    switch (dashes) {
        case Dashes::dots:
            return "dots";
        case Dashes::long_dashes:
            return "long";
        case Dashes::dashes:
            break;
    }
    return "dashes";
}

/// A point in the shape that goes with the dashes of `look`.
inline void draw_point(Svg& svg, const Look& look, Point at, const std::string& style,
                       const std::string& hint) {
    if (look.dashes == Dashes::dots) {
        constexpr double reach = 6.5;
        svg.path({{at.x - reach, at.y},
                  {at.x, at.y - reach},
                  {at.x + reach, at.y},
                  {at.x, at.y + reach}},
                 style, true, hint);
    } else if (look.dashes == Dashes::long_dashes) {
        constexpr double reach = 4.6;
        svg.box({at.x - reach, at.y - reach}, 2 * reach, 2 * reach, style, hint);
    } else {
        svg.circle(at, 5.0, style, hint);
    }
}

}  // namespace intact::drawing
