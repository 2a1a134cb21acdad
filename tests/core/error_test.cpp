#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "intact/core/error.hpp"

using namespace intact;

TEST_CASE("require: lets pass what holds") { CHECK_NOTHROW(require(true, "here", "never seen")); }

TEST_CASE("require: says where, what, what was expected and what was given") {
    CHECK_THROWS_WITH_AS(
        require(false, "multiply", "the summed dimensions differ, expected ", 64, ", given ", 65),
        "multiply: the summed dimensions differ, expected 64, given 65", std::invalid_argument);
    CHECK_THROWS_WITH_AS(require(false, "here", std::string("a text"), ' ', 1.5F),
                         "here: a text 1.5", std::invalid_argument);
}

TEST_CASE("require: throws the exception that is asked for") {
    CHECK_THROWS_WITH_AS(require<std::logic_error>(false, "range", "nothing was observed"),
                         "range: nothing was observed", std::logic_error);
    CHECK_THROWS_WITH_AS(require<std::domain_error>(false, "observe", "not finite"),
                         "observe: not finite", std::domain_error);
}

TEST_CASE("fail: always throws") {
    CHECK_THROWS_WITH_AS(fail("read", "cut short after ", 3, " bytes"),
                         "read: cut short after 3 bytes", std::invalid_argument);
    CHECK_THROWS_WITH_AS(fail<std::out_of_range>("layer", "no such index"), "layer: no such index",
                         std::out_of_range);
}
