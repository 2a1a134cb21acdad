#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/variants/edged_histogram.hpp"

using namespace intact;

TEST_CASE("EdgedHistogram: a bin takes its lower edge, the last one both, none what lies outside") {
    EdgedHistogram histogram{.edges = {-1.0, 0.0, 0.25, 4.0}, .counts = {0, 0, 0}};
    const std::vector<float> values{-1.5F, -1.0F, -0.1F, 0.0F, 0.2F, 0.25F, 3.0F, 4.0F, 4.5F};
    histogram.count(values);
    CHECK(histogram.counts == std::vector<std::uint64_t>{2, 2, 3});
}

TEST_CASE("EdgedHistogram: bins of no width leave all to the last one") {
    EdgedHistogram histogram{.edges = {3.0, 3.0, 3.0}, .counts = {0, 0}};
    histogram.count(std::vector<float>{2.0F, 3.0F, 3.0F});
    CHECK(histogram.counts == std::vector<std::uint64_t>{0, 2});
}

TEST_CASE("EdgedHistogram: the bin of a share is the first whose end reaches it") {
    const EdgedHistogram histogram{.edges = {0.0, 1.0, 2.0, 3.0}, .counts = {1, 2, 1}};
    CHECK(histogram.bin_of_share(0.0) == 0);
    CHECK(histogram.bin_of_share(0.25) == 0);
    CHECK(histogram.bin_of_share(0.26) == 1);
    CHECK(histogram.bin_of_share(0.75) == 1);
    CHECK(histogram.bin_of_share(1.0) == 2);
    CHECK(histogram.bin_of_share(1.1) == 3);
}

TEST_CASE("EdgedHistogram: even edges are float32 and end where they should") {
    const std::vector<double> edges = detail::even_edges(-0.3, 0.7, 10);
    REQUIRE(edges.size() == 11);
    CHECK(edges.front() == double{-0.3F});
    CHECK(edges.back() == double{0.7F});
    for (std::size_t i = 1; i < edges.size(); ++i) {
        CHECK(edges[i] == double{static_cast<float>(edges[i])});
        CHECK(edges[i] - edges[i - 1] == doctest::Approx(0.1));
    }
}

TEST_CASE("EdgedHistogram: bins that would fill the memory are refused") {
    CHECK_NOTHROW(detail::require_few_bins(2048, 1000.0, 0.1, "test"));
    CHECK_THROWS_AS(detail::require_few_bins(2048, 1e8, 0.1, "test"), std::length_error);
    CHECK_THROWS_AS(detail::require_few_bins(2048, 1.0, 0.0, "test"), std::length_error);
    CHECK_THROWS_WITH(
        detail::require_few_bins(10, 50.0, 0.5, "test", 100),
        "test: a value lies 50 beyond the bins, which are 0.5 wide as the first batch "
        "made them, expected at most 100 bins; show the widest batch first, or use a "
        "Histogram");
}
