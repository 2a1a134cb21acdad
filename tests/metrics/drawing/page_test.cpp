#include "intact/metrics/drawing/page.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("Page: a picture of half the width never stands alone") {
    using Widths = std::vector<bool>;  // true takes the whole width
    CHECK(without_gaps({}) == Widths{});
    CHECK(without_gaps({false}) == Widths{true});
    CHECK(without_gaps({false, false}) == Widths{false, false});
    CHECK(without_gaps({false, true}) == Widths{true, true});
    CHECK(without_gaps({false, false, false, true}) == Widths{false, false, true, true});
    CHECK(without_gaps({true, false, false, false}) == Widths{true, false, false, true});
}

TEST_CASE("Page: texts are escaped, HTML is taken as it is") {
    CHECK(figure("a < b", "<svg/>", "<b>c</b>", Place::half) ==
          "<figure>\n<h4>a &lt; b</h4>\n<div><svg/></div>\n<figcaption><b>c</b></figcaption>\n"
          "</figure>\n");
    CHECK(tile("<1", "&") == "<div class=\"tile\"><b>&lt;1</b><span>&amp;</span></div>\n");
    CHECK(document("<x>", "<p>y</p>").find("<title>&lt;x&gt;</title>") != std::string::npos);
    CHECK(document("x", "<p>y</p>").find("<main>\n<p>y</p></main>") != std::string::npos);
}

TEST_CASE("Page: nothing is fetched from elsewhere") {
    const std::string page = document("x", "");
    for (const std::string outside : {"http", "<script", "<link", "url(", "@import"}) {
        CAPTURE(outside);
        CHECK(page.find(outside) == std::string::npos);
    }
}
