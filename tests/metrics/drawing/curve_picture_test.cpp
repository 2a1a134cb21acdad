#include "intact/metrics/drawing/curve_picture.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("Curve picture: marks say how many times the least error they have") {
    const CurvePicture picture{.name = "w",
                               .curve = {{0.1, 4.0}, {0.2, 1.0}, {0.4, 2.0}},
                               .marks = {{"min-max", {0.4, 2.0}}, {"squared error", {0.2, 1.0}}}};
    const std::string drawn = draw(picture, 512.0);
    CHECK(drawn.find("2.00 × the least") != std::string::npos);
    CHECK(drawn.find("1.00 × the least") != std::string::npos);
    CHECK(drawn.find("nan") == std::string::npos);
}

TEST_CASE("Curve picture: without any error it says so") {
    const CurvePicture exact{.name = "w", .curve = {}, .marks = {{"min-max", {1.0, 0.0}}}};
    CHECK(draw(exact, 512.0).find("every value has an exact code") != std::string::npos);
}

TEST_CASE("Curve picture: scales that clip nearly all are left out, unless a mark is there") {
    CurvePicture picture{.name = "w",
                         .curve = {{0.001, 1e9}, {0.1, 4.0}, {0.2, 1.0}, {0.4, 2.0}},
                         .marks = {{"min-max", {0.4, 2.0}}}};
    CHECK(intact::drawing::detail::shown_points(picture).size() == 3);
    picture.marks.push_back({"mine", {0.001, 1e9}});
    CHECK(intact::drawing::detail::shown_points(picture).size() == 4);
}
