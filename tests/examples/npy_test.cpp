#include "examples/quantize_network/npy.hpp"

#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace example;

namespace {

/// An npy file of that header and those values, little-endian.
Bytes npy(const std::string& header, const std::vector<float>& values) {
    const std::string preamble = "\x93NUMPY";
    Bytes content(preamble.begin(), preamble.end());
    content.insert(content.end(), {1, 0, static_cast<std::uint8_t>(header.size() & 0xff),
                                   static_cast<std::uint8_t>(header.size() >> 8)});
    content.insert(content.end(), header.begin(), header.end());
    for (const float value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        for (const int shift : {0, 8, 16, 24}) {
            content.push_back(static_cast<std::uint8_t>((bits >> shift) & 0xff));
        }
    }
    return content;
}

const std::string good_header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  \n";
const std::vector<float> six{1.0F, -2.5F, 0.0F, 1e-38F, 3e38F, 6.0F};

/// What the reader says about `content`; empty where it accepts it.
std::string refusal(const Bytes& content) {
    try {
        (void)parse_npy(content, "file");
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

std::string refusal_of_header(const std::string& header) { return refusal(npy(header, six)); }

}  // namespace

TEST_CASE("npy: shape and values come out as they were written") {
    const Array array = parse_npy(npy(good_header, six), "file");
    CHECK(array.shape == std::vector<std::size_t>{2, 3});
    CHECK(array.values == six);
}

TEST_CASE("npy: the header is read in any order, spacing and quotes") {
    const std::string header = "{\"shape\":(6,),\"fortran_order\":False,\"descr\":\"<f4\"}";
    CHECK(parse_npy(npy(header, six), "file").shape == std::vector<std::size_t>{6});
}

TEST_CASE("npy: single numbers and empty arrays are read") {
    const Array number =
        parse_npy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", {7.0F}), "file");
    CHECK(number.shape.empty());
    CHECK(number.values == std::vector<float>{7.0F});
    const Array nothing =
        parse_npy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3)}", {}), "file");
    CHECK(nothing.values.empty());
}

TEST_CASE("npy: a file cut anywhere is refused") {
    const Bytes whole = npy(good_header, six);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        CHECK(refusal(cut).starts_with("file: is truncated, expected "));
    }
}

TEST_CASE("npy: trailing bytes are refused") {
    Bytes longer = npy(good_header, six);
    longer.push_back(0);
    CHECK(refusal(longer) == "file: has trailing bytes, expected 24 bytes of values, given 25");
}

TEST_CASE("npy: foreign files and other versions are refused") {
    CHECK(refusal(Bytes(64, 'x')) ==
          "file: is not an npy file, expected \\x93NUMPY at its start, given other bytes");
    Bytes version_two = npy(good_header, six);
    version_two[6] = 2;
    CHECK(refusal(version_two) == "file: has another version, expected 1.0, given 2.0");
}

TEST_CASE("npy: other types and byte orders are refused") {
    for (const std::string type : {">f4", "<f2", "<f8", "<i4", "|u1", ""}) {
        CAPTURE(type);
        CHECK(
            refusal_of_header("{'descr': '" + type + "', 'fortran_order': False, 'shape': (6,)}") ==
            "file: has values of another type, expected little-endian float32 '<f4', given '" +
                type + "'");
    }
    CHECK(refusal_of_header("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}") ==
          "file: is stored in another order, expected row-major (fortran_order False), given "
          "column-major");
}

TEST_CASE("npy: broken headers are refused") {
    const std::vector<std::string> broken{
        "",
        "{",
        "{}",
        "[1]",
        "{'descr'",
        "{'descr': ",
        "{'descr': '<f4",
        "{'descr': '<f4'}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 6}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6 7)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551622,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} 1",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'more': 1}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (6,)}",
    };
    for (const std::string& header : broken) {
        CAPTURE(header);
        CHECK(refusal_of_header(header).starts_with("file: has a broken npy header, expected "));
    }
}

TEST_CASE("npy: sizes whose product overflows are refused") {
    for (const std::string shape : {"(4294967296, 4294967296)", "(1073741824, 1073741824, 16)",
                                    "(9999999999,)", "(65536, 65536)"}) {
        CAPTURE(shape);
        CHECK(refusal_of_header("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}")
                  .starts_with("file: claims too many values, expected at most "));
    }
}
