#include "examples/quantize_network/idx.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "examples/quantize_network/dataset.hpp"

using namespace example;

namespace {

/// Two images of 2 x 3 pixels.
Bytes two_images() {
    return {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};
}

Bytes three_labels() { return {0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 4}; }

/// What the reader says about the images in `content`; empty where it accepts them.
std::string refusal_of_images(const Bytes& content) {
    try {
        (void)parse_images(content, "file");
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

std::string refusal_of_labels(const Bytes& content) {
    try {
        (void)parse_labels(content, "file");
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

/// `content` with one byte changed.
Bytes with_byte(Bytes content, std::size_t at, std::uint8_t value) {
    content[at] = value;
    return content;
}

/// A folder of its own that is gone at the end of the test.
struct TemporaryFolder {
    std::filesystem::path path;

    explicit TemporaryFolder(const std::string& name)
        : path(std::filesystem::temp_directory_path() /
               (name + "_" + std::to_string(std::random_device{}()))) {
        std::filesystem::create_directory(path);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }

    void write(const std::string& name, const Bytes& content) const {
        std::ofstream(path / name, std::ios::binary)
            .write(reinterpret_cast<const char*>(content.data()),
                   static_cast<std::streamsize>(content.size()));
    }
};

Bytes blank_images(std::uint8_t count) {
    Bytes content{0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28};
    content.resize(content.size() + std::size_t{count} * side * side, 51);
    return content;
}

}  // namespace

TEST_CASE("idx: images and labels come out as they were written") {
    const Images images = parse_images(two_images(), "file");
    CHECK(images.count == 2);
    CHECK(images.rows == 2);
    CHECK(images.columns == 3);
    CHECK(images.pixels == Labels{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255});
    CHECK(parse_labels(three_labels(), "file") == Labels{9, 0, 4});
}

TEST_CASE("idx: a file without values is read") {
    CHECK(parse_labels({0, 0, 8, 1, 0, 0, 0, 0}, "file").empty());
    CHECK(parse_images({0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28}, "file").count == 0);
}

TEST_CASE("idx: a file cut anywhere is refused") {
    const Bytes whole = two_images();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        CHECK(refusal_of_images(cut).starts_with("file: is truncated, expected "));
    }
    CHECK(refusal_of_images({0, 0, 8}) == "file: is truncated, expected at least 4 bytes, given 3");
    CHECK(refusal_of_labels({0, 0, 8, 1, 0, 0, 0, 3, 9, 0}) ==
          "file: is truncated, expected 3 values after the header, given 2");
}

TEST_CASE("idx: foreign files are refused, each for its reason") {
    CHECK(refusal_of_images({'%', 'P', 'D', 'F', '-'}) ==
          "file: is not an idx file, expected two zero bytes at its start, given 37 and 80");
    CHECK(refusal_of_images(with_byte(two_images(), 2, 0x0d)) ==
          "file: has values of another type, expected unsigned bytes (8), given float32 (13)");
    CHECK(refusal_of_images(with_byte(two_images(), 2, 0x07)) ==
          "file: has values of another type, expected unsigned bytes (8), given an unknown type "
          "(7)");
    CHECK(refusal_of_images(three_labels()) ==
          "file: has another rank, expected 3 dimensions, given 1");
    CHECK(refusal_of_labels(two_images()) ==
          "file: has another rank, expected 1 dimensions, given 3");
}

TEST_CASE("idx: a little-endian header is refused") {
    CHECK(refusal_of_labels({1, 8, 0, 0, 3, 0, 0, 0, 9, 0, 4}) ==
          "file: is not an idx file, expected two zero bytes at its start, given 1 and 8");
    CHECK(refusal_of_labels({0, 0, 8, 1, 3, 0, 0, 0, 9, 0, 4}) ==
          "file: is truncated, expected 50331648 values after the header, given 3");
}

TEST_CASE("idx: trailing bytes are refused") {
    Bytes longer = three_labels();
    longer.push_back(0);
    CHECK(refusal_of_labels(longer) ==
          "file: has trailing bytes, expected 3 values after the header, given 4");
}

TEST_CASE("idx: sizes whose product overflows are refused") {
    Bytes huge = two_images();
    for (std::size_t i = 4; i < 16; ++i) huge[i] = 0xff;
    CHECK(refusal_of_images(huge).starts_with("file: claims too many values, expected at most "));
    // 2^16 * 2^16 * 2^32 is 2^64, which is 0 in 64 bits.
    const Bytes wraps{0, 0, 8, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff};
    CHECK(refusal_of_images(wraps).starts_with("file: claims too many values, expected at most "));
}

TEST_CASE("idx: a missing file and a folder are refused by name") {
    const TemporaryFolder folder("intact_idx_missing");
    const std::string missing = (folder.path / "nothing").string();
    CHECK_THROWS_WITH_AS(
        (void)read_images(missing),
        (missing + ": cannot be read, expected a file, given a missing one").c_str(),
        std::runtime_error);
    const std::string itself = folder.path.string();
    CHECK_THROWS_WITH_AS(
        (void)read_labels(itself),
        (itself + ": cannot be read, expected a file, given something else").c_str(),
        std::runtime_error);
}

TEST_CASE("idx: gzip files are unpacked where zlib is there, and refused by name where not") {
    // printf '\0\0\010\001\0\0\0\003\011\0\004' | gzip -n
    const Bytes packed{0x1f, 0x8b, 0x08, 0,    0,    0,    0,    0,    0,    0x03, 0x63,
                       0x60, 0xe0, 0x60, 0x64, 0x60, 0x60, 0x60, 0xe6, 0x64, 0x60, 0x01,
                       0,    0x12, 0x43, 0xfc, 0x06, 0x0b, 0,    0,    0};
    const TemporaryFolder folder("intact_idx_gzip");
    folder.write("whole.gz", packed);
    folder.write("cut.gz", Bytes(packed.begin(), packed.end() - 5));
    folder.write("damaged.gz", with_byte(packed, 14, 0xff));
    Bytes longer = packed;
    longer.push_back(7);
    folder.write("longer.gz", longer);
#if defined(INTACT_HAS_ZLIB)
    CHECK(read_labels(folder.path / "whole.gz") == Labels{9, 0, 4});
    CHECK_THROWS_AS((void)read_labels(folder.path / "cut.gz"), std::runtime_error);
    CHECK_THROWS_AS((void)read_labels(folder.path / "damaged.gz"), std::runtime_error);
    CHECK_THROWS_AS((void)read_labels(folder.path / "longer.gz"), std::runtime_error);
#else
    CHECK_THROWS_AS((void)read_labels(folder.path / "whole.gz"), std::runtime_error);
#endif
}

TEST_CASE("Dataset: batches hold pixel / 255 and end with the set") {
    const TemporaryFolder folder("intact_dataset");
    folder.write("t-images-idx3-ubyte", blank_images(3));
    folder.write("t-labels-idx1-ubyte", three_labels());
    const Dataset set = read_dataset(folder.path, "t");
    CHECK(set.size() == 3);
    const Batch batch = set.batch(1, 64);
    CHECK(batch.dimension(0) == 2);
    CHECK(batch.dimension(1) == 1);
    CHECK(batch.dimension(2) == 28);
    CHECK(batch.dimension(3) == 28);
    CHECK(batch(1, 0, 27, 27) == 51.0F / 255.0F);
}

TEST_CASE("Dataset: files that do not belong together are refused") {
    const TemporaryFolder folder("intact_dataset_refused");
    CHECK_THROWS_AS((void)read_dataset(folder.path, "t"), std::runtime_error);
    folder.write("t-labels-idx1-ubyte", three_labels());
    folder.write("t-images-idx3-ubyte", blank_images(2));
    CHECK_THROWS_AS((void)read_dataset(folder.path, "t"), std::runtime_error);
    folder.write("t-images-idx3-ubyte", two_images());
    CHECK_THROWS_AS((void)read_dataset(folder.path, "t"), std::runtime_error);
    folder.write("t-images-idx3-ubyte", blank_images(3));
    CHECK_NOTHROW((void)read_dataset(folder.path, "t"));
    folder.write("t-labels-idx1-ubyte", with_byte(three_labels(), 9, 10));
    CHECK_THROWS_AS((void)read_dataset(folder.path, "t"), std::runtime_error);
}
