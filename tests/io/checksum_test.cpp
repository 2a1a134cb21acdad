#include <string>

#include <doctest/doctest.h>

#include "intact/io/checksum.hpp"

using intact::io::checksum;

TEST_CASE("checksum: the values of RFC 3720, appendix B.4, and the common check value") {
    CHECK(checksum("123456789") == 0xe3069283U);
    CHECK(checksum(std::string(32, '\0')) == 0x8a9136aaU);
    CHECK(checksum(std::string(32, '\xff')) == 0x62a8ab43U);
    std::string up;
    std::string down;
    for (int i = 0; i < 32; ++i) {
        up += static_cast<char>(i);
        down += static_cast<char>(31 - i);
    }
    CHECK(checksum(up) == 0x46dd794eU);
    CHECK(checksum(down) == 0x113fdb5cU);
    CHECK(checksum("") == 0);
}

TEST_CASE("checksum: goes on from that of what lies before") {
    CHECK(checksum("56789", checksum("1234")) == checksum("123456789"));
}
