#include "intact/metrics/inspection/pictures.hpp"

#include <doctest/doctest.h>

#include "samples.hpp"

using namespace intact;

TEST_CASE("Pictures: they hold what the inspection found") {
    const TensorInspection seen = inspect(sample::gaussian(20, 30), "w");
    const drawing::HistogramPicture histogram = histogram_picture(seen);
    CHECK(histogram.counts == seen.bars.counts);
    CHECK(histogram.steps == 254);
    REQUIRE(histogram.marks.size() == 4);
    CHECK(histogram.marks[1].criterion == "percentile");
    CHECK(histogram.marks[1].max == seen.criteria.ranges[1].range.max);
    const drawing::CurvePicture curve = curve_picture(seen);
    CHECK(curve.curve.size() == seen.criteria.curve.size());
    CHECK(curve.marks[3].at.error == seen.criteria.ranges[3].squared_error);
    const drawing::ChannelPicture channels = channel_picture(seen);
    REQUIRE(channels.reaches.size() == 20);
    CHECK(channels.reaches[7] == seen.channels[7].largest());
    CHECK(channels.median == median_reach(seen.channels));
}
