#include "intact/metrics/drawing/channel_picture.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("Channel picture: a channel far above the median is named, others are not") {
    ChannelPicture picture{.name = "w", .reaches = {1.0, 1.5, 300.0, 2.0, 0.0}, .median = 1.5};
    const std::string drawn = draw(picture, 512.0);
    CHECK(drawn.find("channel 2: 200 × the median") != std::string::npos);
    CHECK(drawn.find("all zero") != std::string::npos);

    picture.reaches = {1.0, 1.5, 3.0, 2.0};
    const std::string even = draw(picture, 512.0);
    CHECK(even.find("× the median") == std::string::npos);
    CHECK(even.find("all zero") == std::string::npos);
}

TEST_CASE(
    "Channel picture: nothing but zeros, or nothing, is drawn without a number that is none") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{3}}) {
        const ChannelPicture picture{.name = "w", .reaches = std::vector<double>(count)};
        CHECK(draw(picture, 512.0).find("nan") == std::string::npos);
    }
}
