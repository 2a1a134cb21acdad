#include "intact/metrics/drawing/svg.hpp"

#include <limits>
#include <string>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("Svg: texts are escaped, numbers short, and what is not a number is drawn at 0") {
    Svg svg(100.0, 50.5, "a \"label\" < b");
    svg.line({1.0, 2.25}, {1.0 / 3.0, std::numeric_limits<double>::quiet_NaN()}, "grid");
    svg.text({0.0, 0.0}, "<&>", "label");
    svg.box({0.0, 0.0}, 1.0, 2.0, "bar", "hint & more");
    svg.path({{0.0, 0.0}, {1.0, 1.0}}, "curve", true);
    CHECK(svg.str() ==
          "<svg viewBox=\"0 0 100 50.5\" role=\"img\" aria-label=\"a &quot;label&quot; &lt; b\">\n"
          "<line x1=\"1\" y1=\"2.25\" x2=\"0.33\" y2=\"0\" class=\"grid\"/>\n"
          "<text x=\"0\" y=\"0\" class=\"label\">&lt;&amp;&gt;</text>\n"
          "<rect x=\"0\" y=\"0\" width=\"1\" height=\"2\" class=\"bar\"><title>hint &amp; "
          "more</title></rect>\n"
          "<path d=\"M0 0L1 1Z\" class=\"curve\"/>\n</svg>\n");
}

TEST_CASE("Svg: with a style sheet it is a file of its own") {
    const Svg drawing(30, 20.5, "nothing", "text{fill:#fff}");
    CHECK(drawing.str() ==
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20.5\" "
          "viewBox=\"0 0 30 20.5\" role=\"img\" aria-label=\"nothing\">\n"
          "<style>text{fill:#fff}</style>\n</svg>\n");
}
