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

TEST_CASE("Curve picture: criteria of one colour have other shapes, other curves other dashes") {
    const CurvePicture picture{
        .name = "w",
        .curve = {{0.1, 4.0}, {0.2, 1.0}, {0.4, 2.0}},
        .marks = {{"a", {0.1, 4.0}, look::absolute_error},
                  {"b", {0.2, 1.0}, look::squared_error},
                  {"c", {0.4, 2.0}, look::fourth_power}},
        .others = {{"a", {{0.1, 2.0}, {0.2, 0.8}, {0.4, 1.5}}, look::absolute_error}}};
    const std::string drawn = draw(picture, 512.0);
    CHECK(drawn.find("curve thin dots line4") != std::string::npos);
    CHECK(drawn.find("<circle") == drawn.rfind("<circle"));
    CHECK(drawn.find("<rect") != std::string::npos);
    CHECK(drawn.find("Z\" class=\"fill4 ring\"") != std::string::npos);
    CHECK(drawn.find("text5") == std::string::npos);
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
