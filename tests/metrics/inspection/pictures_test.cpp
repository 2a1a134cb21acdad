#include "intact/metrics/inspection/pictures.hpp"

#include <doctest/doctest.h>

#include "samples.hpp"

using namespace intact;

TEST_CASE("Pictures: they hold what the inspection found") {
    const TensorInspection seen = inspect(sample::gaussian(20, 30), "w");
    const drawing::HistogramPicture histogram = histogram_picture(seen);
    CHECK(histogram.counts == seen.bars.counts);
    CHECK(histogram.steps == 254);
    REQUIRE(histogram.marks.size() == 6);
    CHECK(histogram.marks[1].criterion == "percentile");
    CHECK(histogram.marks[1].max == seen.criteria.ranges[1].range.max);
    const drawing::CurvePicture curve = curve_picture(seen);
    CHECK(curve.curve.size() == seen.criteria.curve.size());
    CHECK(curve.marks[3].at.error == seen.criteria.ranges[3].squared_error);
    REQUIRE(curve.others.size() == 2);
    CHECK(curve.others[0].curve.size() == seen.criteria.absolute_curve.size());
    CHECK(curve.others[1].curve.size() == seen.criteria.fourth_curve.size());
    const drawing::ChannelPicture channels = channel_picture(seen);
    REQUIRE(channels.reaches.size() == 20);
    CHECK(channels.reaches[7] == seen.channels[7].largest());
    CHECK(channels.median == median_reach(seen.channels));
}

TEST_CASE("Pictures: no two criteria look the same, in none of the pictures") {
    const TensorInspection seen = inspect(sample::gaussian(20, 30), "w");
    const auto marks = histogram_picture(seen).marks;
    const auto points = curve_picture(seen).marks;
    REQUIRE(marks.size() == points.size());
    for (std::size_t i = 0; i < marks.size(); ++i) {
        CHECK(marks[i].criterion == points[i].criterion);
        CHECK(marks[i].look == points[i].look);
        for (std::size_t j = 0; j < i; ++j) CHECK(marks[i].look != marks[j].look);
        CHECK(marks[i].look != detail::look_of(6));  // of the range in use
    }
}

TEST_CASE("Pictures: the range in use is drawn where no criterion chose it") {
    const sample::Rows x = sample::gaussian(20, 30);
    CHECK(shown_ranges(inspect(x)).size() == 6);
    using Quantizer = SymmetricQuantizer<std::int8_t>;
    Quantizer wide;
    wide.observe(sample::Rows(2.0F * x));
    Inspector<Quantizer> inspector(wide);
    inspector.add<0>(x);
    const auto shown = shown_ranges(inspector.finish("x", TensorRole::activations));
    REQUIRE(shown.size() == 7);
    CHECK(shown[6].criterion == "in use");
    CHECK(shown[6].scale == static_cast<double>(wide.params()[0].scale));
    CHECK(shown[6].squared_error == doctest::Approx(4.0 * shown[0].squared_error).epsilon(0.05));
}
