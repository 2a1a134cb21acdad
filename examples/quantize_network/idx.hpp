// Reads idx files, the format of MNIST and its relatives: images [n, rows, columns] and labels [n].
//
// A header of big-endian 32-bit numbers (0, 0, type, rank; then one size for each dimension) and
// the values, row-major. Only unsigned bytes are read here. Gzip files are unpacked on the way.
//
//   const Images images = read_images("t10k-images-idx3-ubyte.gz");
//   images.pixels[(i * images.rows + y) * images.columns + x]
//
// Errors   std::runtime_error  "file: what is wrong, expected, given" for a file that is truncated,
//          foreign, of another type or rank, or longer than its header says
// Source   http://yann.lecun.com/exdb/mnist/, section "the idx file format"
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "examples/quantize_network/bytes.hpp"
#include "intact/core/error.hpp"

namespace example {

/// Grey images of one size, one after the other, row-major.
struct Images {
    std::size_t count = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::uint8_t> pixels;
};

using Labels = std::vector<std::uint8_t>;

namespace detail {

/// Name of the idx type byte, for people.
[[nodiscard]] inline const char* idx_type_name(std::uint8_t type) {
    switch (type) {
        case 0x08:
            return "unsigned bytes";
        case 0x09:
            return "signed bytes";
        case 0x0b:
            return "16-bit integers";
        case 0x0c:
            return "32-bit integers";
        case 0x0d:
            return "float32";
        case 0x0e:
            return "float64";
        default:
            return "an unknown type";
    }
}

[[nodiscard]] inline std::size_t big_endian(const std::uint8_t* four_bytes) {
    return (std::size_t{four_bytes[0]} << 24) | (std::size_t{four_bytes[1]} << 16) |
           (std::size_t{four_bytes[2]} << 8) | std::size_t{four_bytes[3]};
}

/// Sizes of the `Rank` dimensions after a check of the whole header and of the file's length.
template <std::size_t Rank>
[[nodiscard]] std::array<std::size_t, Rank> idx_shape(const Bytes& content, const char* file) {
    using Error = std::runtime_error;
    constexpr std::size_t header = 4 + 4 * Rank;
    intact::require<Error>(content.size() >= 4, file, "is truncated, expected at least 4 bytes, ",
                           "given ", content.size());
    intact::require<Error>(content[0] == 0 && content[1] == 0, file,
                           "is not an idx file, expected two zero bytes at its start, given ",
                           int{content[0]}, " and ", int{content[1]});
    intact::require<Error>(content[2] == 0x08, file,
                           "has values of another type, expected unsigned bytes (8), given ",
                           idx_type_name(content[2]), " (", int{content[2]}, ")");
    intact::require<Error>(content[3] == Rank, file, "has another rank, expected ", Rank,
                           " dimensions, given ", int{content[3]});
    intact::require<Error>(content.size() >= header, file, "is truncated, expected a header of ",
                           header, " bytes, given ", content.size());

    std::array<std::size_t, Rank> shape{};
    const std::size_t present = content.size() - header;
    std::size_t count = 1;
    for (std::size_t axis = 0; axis < Rank; ++axis) {
        shape[axis] = big_endian(content.data() + 4 + 4 * axis);
        // Sizes are below 2^32: while the count is no larger than a file, the product fits.
        intact::require<Error>(count <= largest_file_bytes, file,
                               "claims too many values, expected at most ", largest_file_bytes,
                               ", given at least ", count);
        count *= shape[axis];
    }
    intact::require<Error>(present >= count, file, "is truncated, expected ", count,
                           " values after the header, given ", present);
    intact::require<Error>(present <= count, file, "has trailing bytes, expected ", count,
                           " values after the header, given ", present);
    return shape;
}

}  // namespace detail

/// Images from the bytes of an idx file of rank 3; `file` is for error messages.
[[nodiscard]] inline Images parse_images(const Bytes& content, const std::string& file) {
    const auto shape = detail::idx_shape<3>(content, file.c_str());
    return {.count = shape[0],
            .rows = shape[1],
            .columns = shape[2],
            .pixels = {content.begin() + 16, content.end()}};
}

/// Labels from the bytes of an idx file of rank 1.
[[nodiscard]] inline Labels parse_labels(const Bytes& content, const std::string& file) {
    (void)detail::idx_shape<1>(content, file.c_str());
    return {content.begin() + 8, content.end()};
}

[[nodiscard]] inline Images read_images(const std::filesystem::path& path) {
    return parse_images(read_bytes(path), path.string());
}

[[nodiscard]] inline Labels read_labels(const std::filesystem::path& path) {
    return parse_labels(read_bytes(path), path.string());
}

}  // namespace example
