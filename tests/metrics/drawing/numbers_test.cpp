#include "intact/metrics/drawing/numbers.hpp"

#include <limits>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("Numbers: they are written as people read them") {
    CHECK(fixed(2.5, 2) == "2.50");
    CHECK(fixed(-0.001, 1) == "0.0");
    CHECK(fixed(std::numeric_limits<double>::quiet_NaN(), 1) == "-");
    CHECK(significant(0.02134) == "0.0213");
    CHECK(significant(118.2) == "118");
    CHECK(grouped(7) == "7");
    CHECK(grouped(226856) == "226,856");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(short_count(0) == "1");
    CHECK(short_count(5) == "100k");
    CHECK(per_cent(0.0) == "0 %");
    CHECK(per_cent(0.00012) == "0.012 %");
    CHECK(per_cent(0.000001) == "< 0.001 %");
}

TEST_CASE("Numbers: digits that count are counted after rounding") {
    CHECK(significant(0.0) == "0");
    CHECK(significant(1000.0, 2) == "1000");
    CHECK(significant(9.996) == "10.0");
    CHECK(significant(0.09996) == "0.100");
    CHECK(significant(99.96) == "100");
    CHECK(significant(-0.25, 1) == "-0.2");
    CHECK(significant(1e-7, 2) == "0.00000010");
    CHECK(significant(std::numeric_limits<double>::infinity()) == "inf");
}

TEST_CASE("Numbers: marks of a logarithmic axis stay short") {
    CHECK(power_label(1.0) == "1");
    CHECK(power_label(0.02) == "0.02");
    CHECK(power_label(500.0) == "500");
    CHECK(power_label(2e-6) == "2·10⁻⁶");
    CHECK(power_label(1e9) == "10⁹");
    CHECK(power_label(1e-10) == "10⁻¹⁰");
    CHECK(power_label(5e20) == "5·10²⁰");
}

TEST_CASE("Numbers: very small and very large ones are written with their power of ten") {
    CHECK(compact(0.0213) == "0.0213");
    CHECK(compact(0.00000889) == "8.89e-6");
    CHECK(compact(-3e12) == "-3.00e12");
    CHECK(compact(1e-30, 2) == "1.0e-30");
    CHECK(compact(123456.0) == "123456");
    CHECK(compact(0.0) == "0");
}
