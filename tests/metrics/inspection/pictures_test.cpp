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

TEST_CASE("Pictures: the range in use is drawn where no criterion chose it") {
    const sample::Rows x = sample::gaussian(20, 30);
    CHECK(shown_ranges(inspect(x)).size() == 4);
    using Quantizer = SymmetricQuantizer<std::int8_t>;
    Quantizer wide;
    wide.observe(sample::Rows(2.0F * x));
    Inspector<Quantizer> inspector(wide);
    inspector.add<0>(x);
    const auto shown = shown_ranges(inspector.finish("x", TensorRole::activations));
    REQUIRE(shown.size() == 5);
    CHECK(shown[4].criterion == "in use");
    CHECK(shown[4].scale == static_cast<double>(wide.params()[0].scale));
    CHECK(shown[4].squared_error == doctest::Approx(4.0 * shown[0].squared_error).epsilon(0.05));
}
