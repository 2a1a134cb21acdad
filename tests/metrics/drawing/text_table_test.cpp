#include "intact/metrics/drawing/text_table.hpp"

#include <sstream>
#include <stdexcept>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("TextTable: the first column to the left, the others to the right, by characters") {
    TextTable table;
    table.add_head({"layer", "µs"});
    table.add({"c1", "1234"});
    table.add({"head", "5"});
    std::ostringstream out;
    out << table;
    CHECK(out.str() ==
          "  layer    µs\n"
          "  -----------\n"
          "  c1     1234\n"
          "  head      5\n");
}

TEST_CASE("TextTable: a line with another number of cells is refused") {
    TextTable table;
    table.add({"a", "b"});
    CHECK_THROWS_WITH_AS(table.add({"a"}),
                         "TextTable: the number of cells changed, expected 2, given 1",
                         std::invalid_argument);
}
