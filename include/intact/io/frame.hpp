// What stands around the contents of every file:
//
//   8 bytes   0x89 "intact" and a line feed, which transfers as text do not leave as it is
//   1 byte    the version of the format, now 1
//   8 bytes   the length of the contents, lowest byte first
//             the contents: a text that says what they hold, then that
//   4 bytes   CRC-32C of all before, lowest byte first
//
// Frames may follow each other in a stream; reading stops behind one.
//
// Errors   std::runtime_error  a stream that takes no more bytes; a frame that is foreign, newer,
//                              cut short or damaged
// Cost     memory for the contents that are there, whatever length the frame names
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

#include "intact/io/bytes.hpp"
#include "intact/io/checksum.hpp"

namespace intact::io {

inline constexpr std::string_view magic = "\x89intact\n";
inline constexpr std::uint8_t version = 1;

/// `contents` as a frame.
[[nodiscard]] inline std::string framed(std::string_view contents) {
    Writer head;
    head.byte(version);
    head.bits(std::uint64_t{contents.size()});
    std::string frame(magic);
    frame += head.bytes();
    frame += contents;
    Writer tail;
    tail.bits(checksum(frame));
    return frame + tail.bytes();
}

namespace detail {

/// The next `size` bytes, or as many as there are; grows with what the stream gives.
inline std::string next_bytes(std::istream& from, std::uint64_t size) {
    constexpr std::uint64_t at_once = 65536;
    std::string bytes;
    while (bytes.size() < size && from) {
        const std::size_t before = bytes.size();
        const auto more = static_cast<std::size_t>(std::min(size - before, at_once));
        bytes.resize(before + more);
        from.read(bytes.data() + before, static_cast<std::streamsize>(more));
        bytes.resize(before + static_cast<std::size_t>(from.gcount()));
    }
    return bytes;
}

}  // namespace detail

/// The contents of the next frame of a stream.
[[nodiscard]] inline std::string next_contents(std::istream& from) {
    if (!from) refuse("the stream is not readable, expected one that is open and has not failed");
    std::string head = detail::next_bytes(from, magic.size() + 1 + sizeof(std::uint64_t));
    const std::string_view start = std::string_view(head).substr(0, magic.size());
    if (start != magic.substr(0, start.size()) || start.empty()) {
        refuse("this is no file of intact, expected the bytes ", shown(magic), ", given ",
               start.empty() ? "none" : shown(start));
    }
    if (head.size() > magic.size()) {
        const auto given = static_cast<unsigned char>(head[magic.size()]);
        if (given != version) {
            refuse("the version of the file is unknown, expected ", int{version}, ", given ",
                   int{given}, given > version ? ": a newer intact reads it" : "");
        }
    }
    Reader length(std::string_view(head).substr(std::min(head.size(), magic.size() + 1)));
    const auto size = length.bits<std::uint64_t>();
    std::string contents = detail::next_bytes(from, size);
    if (contents.size() < size) {
        refuse("the file ends early, expected ", size, " bytes of contents, given ",
               contents.size());
    }
    const std::string tail = detail::next_bytes(from, sizeof(std::uint32_t));
    const auto expected = Reader(tail).bits<std::uint32_t>();
    const std::uint32_t given = checksum(contents, checksum(head));
    if (given != expected) {
        refuse("the file is damaged, expected the checksum ", expected, ", given ", given);
    }
    return contents;
}

/// Writes a frame around `contents`.
inline void write_frame(std::ostream& to, std::string_view contents) {
    const std::string frame = framed(contents);
    to.write(frame.data(), static_cast<std::streamsize>(frame.size()));
    require<std::runtime_error>(static_cast<bool>(to), "save",
                                "the stream failed, expected it to take ", frame.size(), " bytes");
}

}  // namespace intact::io
