// Reads npy files, NumPy's format for one array: version 1.0, little-endian float32, row-major.
//
// "\x93NUMPY", version, length of the header, the header (a Python dictionary in plain text), the
// values.
//
//   const Array w = read_npy("cnn/c1.W.npy");   // w.shape = {16, 1, 3, 3}
//
// Errors   std::runtime_error  "file: what is wrong, expected, given" for a file that is truncated,
//          foreign, of another version, type, byte order or storage order, or longer than its
//          header says
// Source   https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "examples/quantize_network/bytes.hpp"
#include "examples/quantize_network/npy_header.hpp"
#include "intact/core/error.hpp"

namespace example {

/// A row-major array of any rank.
struct Array {
    std::vector<std::size_t> shape;
    std::vector<float> values;
};

namespace detail {

/// Number of values of `shape`, which must take exactly `bytes` as float32.
[[nodiscard]] inline std::size_t npy_count(const std::vector<std::size_t>& shape, std::size_t bytes,
                                           const char* file) {
    std::size_t count = 1;
    for (const std::size_t size : shape) {
        // Both factors are checked to be below 2^31, so that the product fits.
        intact::require<std::runtime_error>(
            size <= largest_file_bytes && count <= largest_file_bytes, file,
            "claims too many values, expected at most ", largest_file_bytes, ", given ", size,
            " along one dimension");
        count *= size;
    }
    intact::require<std::runtime_error>(count <= largest_file_bytes, file,
                                        "claims too many values, expected at most ",
                                        largest_file_bytes, ", given ", count);
    intact::require<std::runtime_error>(bytes >= count * 4, file, "is truncated, expected ",
                                        count * 4, " bytes of values, given ", bytes);
    intact::require<std::runtime_error>(bytes <= count * 4, file, "has trailing bytes, expected ",
                                        count * 4, " bytes of values, given ", bytes);
    return count;
}

[[nodiscard]] inline float little_endian_float(const std::uint8_t* four_bytes) {
    return std::bit_cast<float>(std::uint32_t{four_bytes[0]} | (std::uint32_t{four_bytes[1]} << 8) |
                                (std::uint32_t{four_bytes[2]} << 16) |
                                (std::uint32_t{four_bytes[3]} << 24));
}

}  // namespace detail

/// Array from the bytes of an npy file; `name` is for error messages.
[[nodiscard]] inline Array parse_npy(const Bytes& content, const std::string& name) {
    using Error = std::runtime_error;
    constexpr std::string_view magic = "\x93NUMPY";
    constexpr std::size_t preamble = 10;
    const char* file = name.c_str();
    intact::require<Error>(content.size() >= preamble, file, "is truncated, expected at least ",
                           preamble, " bytes, given ", content.size());
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
    intact::require<Error>(text.starts_with(magic), file,
                           "is not an npy file, expected \\x93NUMPY at its start, given other ",
                           "bytes");
    intact::require<Error>(content[6] == 1 && content[7] == 0, file,
                           "has another version, expected 1.0, given ", int{content[6]}, ".",
                           int{content[7]});
    const std::size_t length = std::size_t{content[8]} | (std::size_t{content[9]} << 8);
    intact::require<Error>(content.size() - preamble >= length, file,
                           "is truncated, expected a header of ", length, " bytes, given ",
                           content.size() - preamble);

    const NpyHeader header = parse_npy_header(text.substr(preamble, length), name);
    intact::require<Error>(header.type == "<f4", file,
                           "has values of another type, expected little-endian float32 '<f4', ",
                           "given '", header.type, "'");
    intact::require<Error>(!header.column_major, file,
                           "is stored in another order, expected row-major (fortran_order False), ",
                           "given column-major");

    const std::size_t start = preamble + length;
    const std::size_t count = detail::npy_count(header.shape, content.size() - start, file);
    Array array{.shape = header.shape, .values = std::vector<float>(count)};
    for (std::size_t i = 0; i < count; ++i) {
        array.values[i] = detail::little_endian_float(content.data() + start + 4 * i);
    }
    return array;
}

[[nodiscard]] inline Array read_npy(const std::filesystem::path& path) {
    return parse_npy(read_bytes(path), path.string());
}

}  // namespace example
