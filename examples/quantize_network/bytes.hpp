// Reads a whole file into memory, through zlib where it is a gzip file.
//
// Errors   std::runtime_error  the file cannot be read, is a broken gzip file, or is one and this
//          build has no zlib (INTACT_HAS_ZLIB is defined where CMake found it)
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#if defined(INTACT_HAS_ZLIB)
#include <zlib.h>
#endif

#include "intact/core/error.hpp"

namespace example {

using Bytes = std::vector<std::uint8_t>;

/// Unpacked files beyond this size are refused: a small file can claim to unpack to terabytes.
inline constexpr std::size_t largest_file_bytes = std::size_t{1} << 30;

/// Whether the content starts as a gzip file does; the name does not matter.
[[nodiscard]] inline bool is_gzip(const Bytes& content) {
    return content.size() >= 2 && content[0] == 0x1f && content[1] == 0x8b;
}

#if defined(INTACT_HAS_ZLIB)
namespace detail {

/// zlib's state for unpacking one gzip stream, freed on every way out.
class GzipStream {
public:
    explicit GzipStream(Bytes& packed) {
        state_.next_in = packed.data();
        state_.avail_in = static_cast<uInt>(packed.size());
        constexpr int gzip_only = 16 + MAX_WBITS;
        good_ = inflateInit2(&state_, gzip_only) == Z_OK;
    }
    ~GzipStream() { inflateEnd(&state_); }
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;

    /// Appends the next piece to `out`; false at the end of the stream or at an error.
    [[nodiscard]] bool read_piece(Bytes& out) {
        constexpr std::size_t piece = std::size_t{1} << 20;
        const std::size_t before = out.size();
        out.resize(before + piece);
        state_.next_out = out.data() + before;
        state_.avail_out = static_cast<uInt>(piece);
        const int result = good_ ? inflate(&state_, Z_NO_FLUSH) : Z_DATA_ERROR;
        out.resize(before + piece - state_.avail_out);
        ended_ = result == Z_STREAM_END;
        good_ = result == Z_OK || ended_;
        return good_ && !ended_;
    }

    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] std::size_t bytes_left() const { return state_.avail_in; }

private:
    z_stream state_{};
    bool good_ = false;
    bool ended_ = false;
};

}  // namespace detail
#endif

/// Content of a gzip file; `file` is for the error message.
[[nodiscard]] inline Bytes unpack_gzip([[maybe_unused]] Bytes packed, const std::string& file) {
#if defined(INTACT_HAS_ZLIB)
    detail::GzipStream stream(packed);
    Bytes content;
    while (stream.read_piece(content)) {
        intact::require<std::runtime_error>(content.size() <= largest_file_bytes, file.c_str(),
                                            "unpacks to too much, expected at most ",
                                            largest_file_bytes, " bytes, given more");
    }
    intact::require<std::runtime_error>(
        stream.ended(), file.c_str(), "is a truncated or damaged gzip file, expected a whole one, ",
        "given ", packed.size(), " bytes that unpack to ", content.size());
    intact::require<std::runtime_error>(stream.bytes_left() == 0, file.c_str(),
                                        "has bytes after the end of its gzip data, expected none, ",
                                        "given ", stream.bytes_left());
    return content;
#else
    intact::fail<std::runtime_error>(
        file.c_str(), "is compressed, expected an unzipped file (this build has no zlib), given a ",
        "gzip file");
#endif
}

/// The whole file, unpacked.
[[nodiscard]] inline Bytes read_bytes(const std::filesystem::path& path) {
    const std::string file = path.string();
    std::error_code error;
    intact::require<std::runtime_error>(
        std::filesystem::is_regular_file(path, error), file.c_str(),
        "cannot be read, expected a file, given ",
        std::filesystem::exists(path, error) ? "something else" : "a missing one");
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    intact::require<std::runtime_error>(!error && size <= largest_file_bytes, file.c_str(),
                                        "is too large, expected at most ", largest_file_bytes,
                                        " bytes, given ", size);
    std::ifstream stream(path, std::ios::binary);
    Bytes content(static_cast<std::size_t>(size));
    stream.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(size));
    intact::require<std::runtime_error>(stream.good(), file.c_str(), "cannot be read, expected ",
                                        size, " bytes, given ", stream.gcount());
    return is_gzip(content) ? unpack_gzip(std::move(content), file) : content;
}

}  // namespace example
