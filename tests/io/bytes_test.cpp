#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "intact/io/bytes.hpp"

using intact::io::Reader;
using intact::io::shown;
using intact::io::Writer;

namespace {

std::string bytes_of(std::uint64_t count) {
    Writer writer;
    writer.count(count);
    return writer.bytes();
}

}  // namespace

TEST_CASE("Writer: counts take 7 bits a byte, integers alternate in sign") {
    using namespace std::string_view_literals;
    CHECK(bytes_of(0) == "\0"sv);
    CHECK(bytes_of(127) == "\x7f");
    CHECK(bytes_of(128) == "\x80\x01");
    CHECK(bytes_of(300) == "\xac\x02");
    CHECK(bytes_of(UINT64_MAX) == "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    Writer writer;
    for (const int value : {0, -1, 1, -64, 64}) writer.integer(value);
    CHECK(writer.bytes() == "\0\1\2\x7f\x80\1"sv);
}

TEST_CASE("Writer: reals have their lowest byte first, texts their length") {
    Writer writer;
    writer.bits(1.0F);
    writer.bits(-2.0);
    writer.bits(std::uint64_t{0x0102030405060708});
    writer.text("ab");
    using namespace std::string_view_literals;
    CHECK(writer.bytes() == "\0\0\x80\x3f\0\0\0\0\0\0\0\xc0\x08\7\6\5\4\3\2\1\2ab"sv);
}

TEST_CASE("Reader: gives back what was written") {
    std::vector<std::int64_t> integers{0, std::numeric_limits<std::int64_t>::min(),
                                       std::numeric_limits<std::int64_t>::max()};
    for (int shift = 0; shift < 63; ++shift) {
        for (const std::int64_t near : {-1, 0, 1}) {
            integers.push_back((std::int64_t{1} << shift) + near);
            integers.push_back(-(std::int64_t{1} << shift) + near);
        }
    }
    Writer writer;
    for (const std::int64_t value : integers) {
        writer.integer(value);
        writer.count(static_cast<std::uint64_t>(value));
        writer.bits(static_cast<double>(value));
    }
    writer.flag(true);
    writer.text("name");
    Reader reader(writer.bytes());
    for (const std::int64_t value : integers) {
        CHECK(reader.integer() == value);
        CHECK(reader.count() == static_cast<std::uint64_t>(value));
        CHECK(reader.bits<double>() == static_cast<double>(value));
    }
    CHECK(reader.flag());
    CHECK(reader.text() == "name");
    CHECK_NOTHROW(reader.finish());
}

TEST_CASE("Reader: refuses what ends early, goes on, or has a shorter form") {
    const auto count = [](std::string_view bytes) { return Reader(bytes).count(); };
    CHECK_THROWS_AS((void)count(""), std::runtime_error);
    CHECK_THROWS_AS((void)count("\x80"), std::runtime_error);
    CHECK_THROWS_AS((void)count(std::string_view("\x80\0", 2)), std::runtime_error);
    CHECK_THROWS_AS((void)count("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), std::runtime_error);
    CHECK_THROWS_AS((void)count("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01"),
                    std::runtime_error);
    CHECK_THROWS_AS((void)Reader("\x02").flag(), std::runtime_error);
    CHECK_THROWS_AS((void)Reader("\5name").text(), std::runtime_error);
    CHECK_THROWS_AS((void)Reader("\2a").length(), std::runtime_error);
    CHECK_THROWS_AS((void)Reader("abc").bits<float>(), std::runtime_error);
    CHECK_THROWS_AS(Reader("a").finish(), std::runtime_error);
    CHECK_THROWS_WITH((void)Reader("\x0a").integer(-4, 4, "the code"),
                      "load: the code is out of range, expected -4 to 4, given 5");
}

TEST_CASE("shown: a text of unknown origin is short and printable") {
    CHECK(shown("a\nb\x89") == "a?b?");
    std::string longer("x");
    while (longer.size() < 100) longer += 'x';
    CHECK(shown(longer) == longer.substr(0, 80) + "...");
}
