#include "intact/metrics/drawing/look.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("Look: a colour by name, or by the place among the marks") {
    CHECK(colour_of(look::entropy, 0) == "3");
    CHECK(colour_of(look::fourth_power, 0) == colour_of(look::absolute_error, 5));
    CHECK(colour_of({}, 0) == "1");
    CHECK(colour_of({}, 4) == "5");
    CHECK(colour_of({}, 9) == "5");
}

TEST_CASE("Look: points have the shape that goes with the dashes") {
    const auto drawn = [](const Look& look) {
        Svg svg(10.0, 10.0, "a point");
        draw_point(svg, look, {5.0, 5.0}, "fill4", "here");
        return svg.str();
    };
    CHECK(drawn(look::absolute_error).find("<path d=\"M-1.5 5L5 -1.5L11.5 5L5 11.5Z\"") !=
          std::string::npos);
    CHECK(drawn(look::squared_error).find("<circle cx=\"5\" cy=\"5\"") != std::string::npos);
    CHECK(drawn(look::fourth_power).find("<rect x=\"0.4\" y=\"0.4\"") != std::string::npos);
    CHECK(drawn(look::fourth_power).find("<title>here</title>") != std::string::npos);
}

TEST_CASE("Look: the dashes have a class each in the style sheet") {
    CHECK(class_of(Dashes::dots) == "dots");
    CHECK(class_of(Dashes::dashes) == "dashes");
    CHECK(class_of(Dashes::long_dashes) == "long");
}
