// Numbers and texts as bytes, the same on every machine, each in one way only: what is read and
// written again gives the bytes that were read.
//
//   count      7 bits a byte, lowest first, the top bit says that more follow: small is short
//   integer    a count, 0 -1 1 -2 2 ... numbered 0 1 2 3 4 ...
//   bits       the bits of a float or double, lowest byte first
//   text       the count of its bytes, then these
//
// Errors   std::runtime_error  the reader: bytes that are too few or that no writer writes
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "intact/core/error.hpp"

namespace intact::io {

/// Refuses what is read.
template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
    fail<std::runtime_error>("load", parts...);
}

/// A text of unknown origin as an error message shows it: short, and without control characters.
[[nodiscard]] inline std::string shown(std::string_view text) {
    constexpr std::size_t longest = 80;
    std::string clean;
    for (const char c : text.substr(0, longest)) clean += ' ' <= c && c <= '~' ? c : '?';
    if (text.size() > longest) clean += "...";
    return clean;
}

class Writer {
public:
    void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }

    void flag(bool value) { byte(value ? 1 : 0); }

    void count(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
        byte(static_cast<std::uint8_t>(value));
    }

    void integer(std::int64_t value) {
        const auto bits = static_cast<std::uint64_t>(value);
        count(value < 0 ? ~bits * 2 + 1 : bits * 2);
    }

    template <class Real>
    void bits(Real value) {
        using Word = std::conditional_t<sizeof(Real) == 8, std::uint64_t, std::uint32_t>;
        const std::uint64_t word = std::bit_cast<Word>(value);
        for (std::size_t i = 0; i < sizeof(Word); ++i) {
            byte(static_cast<std::uint8_t>(word >> (8 * i)));
        }
    }

    void text(std::string_view value) {
        count(value.size());
        bytes_ += value;
    }

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    std::string bytes_;
};

class Reader {
public:
    /// Reads `bytes`, which must outlive it.
    explicit Reader(std::string_view bytes) noexcept : bytes_(bytes) {}

    [[nodiscard]] std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).front()); }

    [[nodiscard]] bool flag() {
        const std::uint8_t value = byte();
        if (value > 1) refuse("a byte is no flag, expected 0 or 1, given ", int{value});
        return value == 1;
    }

    [[nodiscard]] std::uint64_t count() {
        std::uint64_t value = 0;
        for (int shift = 0;; shift += 7) {
            const std::uint64_t next = byte();
            if (shift == 63 && next > 1) refuse("a count is too large, expected less than 2^64");
            value |= (next & 0x7f) << shift;
            if (next == 0 && shift > 0) refuse("a count has a needless byte, expected none");
            if (next < 0x80) return value;
        }
    }

    /// A count of things that take at least one byte each.
    [[nodiscard]] std::size_t length() {
        const std::uint64_t value = count();
        if (value > left()) {
            refuse("the contents end early, expected at least ", value, " more bytes, given ",
                   left());
        }
        return static_cast<std::size_t>(value);
    }

    [[nodiscard]] std::int64_t integer() {
        const std::uint64_t value = count();
        return static_cast<std::int64_t>(value % 2 != 0 ? ~(value / 2) : value / 2);
    }

    /// An integer between `low` and `high`.
    [[nodiscard]] std::int32_t integer(std::int32_t low, std::int32_t high, const char* what) {
        const std::int64_t value = integer();
        if (value < low || value > high) {
            refuse(what, " is out of range, expected ", low, " to ", high, ", given ", value);
        }
        return static_cast<std::int32_t>(value);
    }

    template <class Real>
    [[nodiscard]] Real bits() {
        using Word = std::conditional_t<sizeof(Real) == 8, std::uint64_t, std::uint32_t>;
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < sizeof(Word); ++i) word |= std::uint64_t{byte()} << (8 * i);
        return std::bit_cast<Real>(static_cast<Word>(word));
    }

    [[nodiscard]] std::string text() { return std::string(take(length())); }

    /// Number of bytes not read yet.
    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }

    /// Refuses bytes that nothing asked for.
    void finish() const {
        if (left() > 0) refuse("the contents are too long, expected ", left(), " bytes less");
    }

private:
    std::string_view take(std::size_t size) {
        if (size > left()) {
            refuse("the contents end early, expected ", size, " more bytes, given ", left());
        }
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }

    std::string_view bytes_;
};

}  // namespace intact::io
