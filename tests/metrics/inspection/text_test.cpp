#include "intact/metrics/inspection/text.hpp"

#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "samples.hpp"

using namespace intact;

TEST_CASE("Inspection text: it names the figures, the criteria and the advice") {
    sample::Rows x = sample::gaussian(8, 100);
    x.row(5) *= 50.0F;
    std::ostringstream out;
    out << inspect(x, "head");
    const std::string text = out.str();
    for (const std::string part :
         {"head: 800 values, 8 channels, one scale", "SQNR ", "channel 5 reaches", "min-max",
          "percentile", "entropy", "squared error", "absolute error", "fourth power",
          "-> a scale for each channel"}) {
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    }
    CHECK(text.find("nan") == std::string::npos);
}

TEST_CASE("Inspection text: a tensor of zeros is exact") {
    std::ostringstream out;
    out << inspect(sample::Rows(sample::Rows::Zero(1, 3)), "zeros");
    CHECK(out.str().find("SQNR exact") != std::string::npos);
    CHECK(out.str().find("nan") == std::string::npos);
}

TEST_CASE("Inspection text: blocks are high by the logarithm, an empty bar is blank") {
    CHECK(detail::blocks({.edges = {0, 1, 2, 3}, .counts = {1e6, 0.0, 999.0}}) == "█ ▄");
}
