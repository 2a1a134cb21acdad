#include "intact/metrics/drawing/histogram_picture.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("HistogramPicture: the clipped share counts what lies outside, bins taken as even") {
    const HistogramPicture picture{
        .name = "c1",
        .edges = {0.0, 1.0, 2.0, 3.0, 4.0},
        .counts = {100.0, 0.0, 10.0, 10.0},
        .marks = {{"min-max", 0.0, 4.0, {}}, {"percentile", 0.0, 3.5, {}}}};
    CHECK(clipped_share(picture, picture.marks[0]) == 0.0);
    CHECK(clipped_share(picture, picture.marks[1]) == doctest::Approx(5.0 / 120.0));
    CHECK(clipped_share(picture, {"none", 5.0, 6.0, {}}) == 1.0);
    CHECK(clipped_share(picture, {"given", 5.0, 6.0, 0.25}) == 0.25);
}
