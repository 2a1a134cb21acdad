#include "intact/metrics/drawing/style_sheet.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("Style sheet: every colour that is used has a light and a dark form") {
    std::size_t used = 0;
    for (std::size_t at = style_sheet.find("var("); at != std::string_view::npos;
         at = style_sheet.find("var(", at + 1)) {
        const std::size_t end = style_sheet.find(')', at);
        const std::string colour = std::string(style_sheet.substr(at + 4, end - at - 4)) + ": #";
        CAPTURE(colour);
        const std::size_t light = style_sheet.find(colour);
        CHECK(light != std::string_view::npos);
        CHECK(style_sheet.find(colour, light + 1) != std::string_view::npos);
        ++used;
    }
    CHECK(used > 10);
}

TEST_CASE("Style sheet: every class that a narrow screen shows otherwise is known") {
    for (const std::string_view rule :
         {".narrow { display: none; }", ".broad { display: none; }", ".narrow { display: block;",
          ".cards thead { display: none; }", "content: attr(data-label)"}) {
        CAPTURE(rule);
        CHECK(style_sheet.find(rule) != std::string_view::npos);
    }
}
