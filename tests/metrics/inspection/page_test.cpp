#include "intact/metrics/inspection/page.hpp"

#include <cstddef>
#include <string>

#include <doctest/doctest.h>

#include "samples.hpp"
#include "tests/occurrences.hpp"

using namespace intact;

TEST_CASE("Inspection page: complete in itself, escaped, every number a number") {
    sample::Rows x = sample::gaussian(100, 30);
    x.row(5) *= 50.0F;
    const std::string page =
        html_page("A & B", {inspect(x, "<head>"), inspect(sample::Rows(x * 0.0F), "zeros"),
                            inspect(sample::gaussian(9, 9), "healthy")});
    for (const std::string outside : {"http", "<script", "<link", "url(", "@import"}) {
        CAPTURE(outside);
        CHECK(page.find(outside) == std::string::npos);
    }
    for (const std::string none : {"nan", "\"inf\"", "<head> ", "<h2><head>"}) {
        CAPTURE(none);
        CHECK(page.find(none) == std::string::npos);
    }
    CHECK(page.find("<h1>A &amp; B</h1>") != std::string::npos);
    CHECK(page.find("<h2>&lt;head&gt;</h2>") != std::string::npos);
    CHECK(page.find("→ a scale for each channel: PerChannel&lt;0&gt;") != std::string::npos);
    // Two tensors of more than 48 channels: three wide drawings each; else the histogram alone.
    // Each wide drawing is there a second time, for a narrow screen.
    CHECK(occurrences(page, "<svg ") == 9 + 3 + 3 + 1);
    CHECK(occurrences(page, "<div class=\"broad\"><svg viewBox=\"0 0 1078 ") == 7);
    CHECK(occurrences(page, "<div class=\"narrow\"><svg viewBox=\"0 0 512 ") == 7);
    // The table turns into cards, whose cells name their columns.
    CHECK(occurrences(page, "<table class=\"cards\">") == 1);
    CHECK(occurrences(page, " data-label=\"") == occurrences(page, "<td"));
    for (const std::string element :
         {"svg", "figure", "div", "table", "tr", "td", "text", "title", "p", "ul", "li", "span"}) {
        CAPTURE(element);
        const std::size_t opened =
            occurrences(page, "<" + element + ">") + occurrences(page, "<" + element + " ");
        CHECK(opened > 0);
        CHECK(opened == occurrences(page, "</" + element + ">"));
    }
}

TEST_CASE("Inspection page: the same input gives the same bytes") {
    const sample::Rows x = sample::gaussian(20, 30);
    CHECK(html_page("x", {inspect(x)}) == html_page("x", {inspect(x)}));
}
