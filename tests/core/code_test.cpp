#include <cstdint>
#include <limits>
#include <type_traits>

#include <doctest/doctest.h>

#include "intact/core/code.hpp"

using namespace intact;

namespace {

/// Limits of a code type against those written by hand.
template <class T>
void check_limits(int bits, bool is_signed, std::int32_t lowest, std::int32_t highest) {
    CHECK(code_bits<T> == bits);
    CHECK(is_signed_code<T> == is_signed);
    CHECK(qmin<T> == lowest);
    CHECK(qmax<T> == highest);
    CHECK(qmax<T> - qmin<T> == (std::int32_t{1} << bits) - 1);
    CHECK(std::numeric_limits<Storage<T>>::min() <= lowest);
    CHECK(std::numeric_limits<Storage<T>>::max() >= highest);
}

}  // namespace

TEST_CASE("code: the limits of every width") {
    check_limits<std::int8_t>(8, true, -128, 127);
    check_limits<std::uint8_t>(8, false, 0, 255);
    check_limits<std::int16_t>(16, true, -32768, 32767);
    check_limits<std::uint16_t>(16, false, 0, 65535);

    check_limits<Int<2>>(2, true, -2, 1);
    check_limits<Int<3>>(3, true, -4, 3);
    check_limits<Int<4>>(4, true, -8, 7);
    check_limits<Int<5>>(5, true, -16, 15);
    check_limits<Int<6>>(6, true, -32, 31);
    check_limits<Int<7>>(7, true, -64, 63);
    check_limits<Int<8>>(8, true, -128, 127);

    check_limits<UInt<2>>(2, false, 0, 3);
    check_limits<UInt<3>>(3, false, 0, 7);
    check_limits<UInt<4>>(4, false, 0, 15);
    check_limits<UInt<5>>(5, false, 0, 31);
    check_limits<UInt<6>>(6, false, 0, 63);
    check_limits<UInt<7>>(7, false, 0, 127);
    check_limits<UInt<8>>(8, false, 0, 255);
}

TEST_CASE("code: a narrow code is held in one byte, a wide one in itself") {
    CHECK(std::is_same_v<Storage<Int<4>>, std::int8_t>);
    CHECK(std::is_same_v<Storage<UInt<2>>, std::uint8_t>);
    CHECK(std::is_same_v<Storage<std::int8_t>, std::int8_t>);
    CHECK(std::is_same_v<Storage<std::uint16_t>, std::uint16_t>);
}

TEST_CASE("code: other types are no codes") {
    CHECK(Code<std::int8_t>);
    CHECK(Code<UInt<5>>);
    CHECK_FALSE(Code<std::int32_t>);
    CHECK_FALSE(Code<std::int64_t>);
    CHECK_FALSE(Code<float>);
    CHECK_FALSE(Code<bool>);
    CHECK_FALSE(Code<char>);
}
