#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "intact/io/frame.hpp"

using namespace intact::io;

namespace {

std::string contents_of(const std::string& bytes) {
    std::istringstream stream(bytes);
    return next_contents(stream);
}

}  // namespace

TEST_CASE("Frame: contents come back, one frame after the other, and the stream stands behind") {
    std::stringstream stream;
    const std::string large(200000, 'x');
    for (const std::string& contents : {std::string(), std::string("abc\0d", 5), large}) {
        write_frame(stream, contents);
    }
    stream << "rest";
    CHECK(next_contents(stream).empty());
    CHECK(next_contents(stream) == std::string("abc\0d", 5));
    CHECK(next_contents(stream) == large);
    std::string rest;
    stream >> rest;
    CHECK(rest == "rest");
}

TEST_CASE("Frame: every byte is as documented") {
    const std::string frame = framed("hi");
    CHECK(frame.size() == 8 + 1 + 8 + 2 + 4);
    CHECK(frame.substr(0, 9) == "\x89intact\n\x01");
    CHECK(frame.substr(9, 10) == std::string("\2\0\0\0\0\0\0\0hi", 10));
    Reader tail(frame.data() + 19);
    CHECK(tail.bits<std::uint32_t>() == checksum(frame.substr(0, 19)));
}

TEST_CASE("Frame: any byte changed and any byte missing is refused") {
    const std::string frame = framed("contents");
    REQUIRE(contents_of(frame) == "contents");
    for (std::size_t i = 0; i < frame.size(); ++i) {
        CHECK_THROWS_AS((void)contents_of(frame.substr(0, i)), std::runtime_error);
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = frame;
            damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
            CHECK_THROWS_AS((void)contents_of(damaged), std::runtime_error);
        }
    }
}

TEST_CASE("Frame: the errors say what is wrong") {
    CHECK_THROWS_WITH((void)contents_of(""),
                      "load: this is no file of intact, expected the bytes ?intact?, given none");
    CHECK_THROWS_WITH((void)contents_of("PK\3\4 and so on, some archive"),
                      "load: this is no file of intact, expected the bytes ?intact?, given "
                      "PK?? and");
    std::string frame = framed("contents");
    frame[8] = 2;
    CHECK_THROWS_WITH((void)contents_of(frame),
                      "load: the version of the file is unknown, expected 1, given 2: a newer "
                      "intact reads it");
    frame = framed("contents");
    CHECK_THROWS_WITH((void)contents_of(frame.substr(0, 20)),
                      "load: the file ends early, expected 8 bytes of contents, given 3");
    frame[20] = '!';
    CHECK_THROWS_AS((void)contents_of(frame), std::runtime_error);
}

TEST_CASE("Frame: a length that is a lie takes no more memory than the file") {
    std::string frame = framed("contents");
    for (std::size_t i = 9; i < 16; ++i) frame[i] = '\xff';
    CHECK_THROWS_AS((void)contents_of(frame), std::runtime_error);
}

TEST_CASE("Frame: a stream that takes no more bytes is an error") {
    std::ostringstream stream;
    stream.setstate(std::ios::badbit);
    CHECK_THROWS_WITH(write_frame(stream, "contents"),
                      "save: the stream failed, expected it to take 29 bytes");
}

TEST_CASE("Frame: a stream that did not open says that it is not readable") {
    std::ifstream stream("no_such_folder/no_such_file");
    CHECK_THROWS_WITH((void)next_contents(stream),
                      "load: the stream is not readable, expected one that is open and has not "
                      "failed");
    std::istringstream empty;
    CHECK_THROWS_WITH((void)next_contents(empty),
                      "load: this is no file of intact, expected the bytes ?intact?, given none");
}
