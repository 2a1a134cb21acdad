#include "intact/metrics/drawing/html_table.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("HTML table: each cell carries the name of its column, names are escaped") {
    HtmlTable table({"a < b", "SQNR\nbehind it", "findings"}, 2);
    table.add({"x", "<b>1</b>", "some words"});
    table.add({"y", "2", ""}, "chosen");
    CHECK(table.text() ==
          "<table class=\"cards\"><thead><tr><th>a &lt; b</th><th>SQNR<br>behind it</th>"
          "<th class=\"words\">findings</th></tr></thead><tbody>\n"
          "<tr><td data-label=\"a &lt; b\">x</td><td data-label=\"SQNR behind it\"><b>1</b></td>"
          "<td class=\"words\" data-label=\"findings\">some words</td></tr>\n"
          "<tr class=\"chosen\"><td data-label=\"a &lt; b\">y</td>"
          "<td data-label=\"SQNR behind it\">2</td>"
          "<td class=\"words\" data-label=\"findings\"></td></tr>\n</tbody></table>");
}

TEST_CASE("HTML table: figures alone stay a table, without the names in their cells") {
    HtmlTable table({"a", "b"});
    table.add({"x", "1"});
    CHECK(table.text() ==
          "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>\n"
          "<tr><td>x</td><td>1</td></tr>\n</tbody></table>");
}

TEST_CASE("HTML table: a row of another length is refused") {
    HtmlTable table({"a", "b"});
    CHECK_THROWS_AS(table.add({"1"}), std::invalid_argument);
    CHECK_THROWS_AS(table.add({"1", "2", "3"}), std::invalid_argument);
    CHECK(table.text().find("<td") == std::string::npos);
}
