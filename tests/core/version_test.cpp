#include "intact/core/version.hpp"

#include <string>

#include <doctest/doctest.h>

TEST_CASE("version: the macros and the package say the same") {
    const std::string macros = std::to_string(INTACT_VERSION_MAJOR) + "." +
                               std::to_string(INTACT_VERSION_MINOR) + "." +
                               std::to_string(INTACT_VERSION_PATCH);
    CHECK(macros == INTACT_PACKAGE_VERSION);
}

TEST_CASE("version: one number for the preprocessor to compare") {
#if INTACT_VERSION < 100
    FAIL("the first version was 0.1.0");
#endif
    CHECK(INTACT_VERSION / 10000 == INTACT_VERSION_MAJOR);
    CHECK(INTACT_VERSION / 100 % 100 == INTACT_VERSION_MINOR);
    CHECK(INTACT_VERSION % 100 == INTACT_VERSION_PATCH);
}
