// Reads the header of an npy file, a Python dictionary of three entries in any order:
//
//   {'descr': '<f4', 'fortran_order': False, 'shape': (16, 1, 3, 3), }
//
// Errors   std::runtime_error  anything but such a dictionary
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "intact/core/error.hpp"

namespace example {

struct NpyHeader {
    std::string type;  ///< byte order, kind and bytes of a value: "<f4"
    bool column_major = false;
    std::vector<std::size_t> shape;
};

namespace detail {

/// Reads the text from left to right and never beyond its end.
class NpyHeaderReader {
public:
    NpyHeaderReader(std::string_view text, const char* file) : text_(text), file_(file) {}

    [[nodiscard]] NpyHeader read() {
        NpyHeader header;
        bool has_type = false;
        bool has_order = false;
        bool has_shape = false;
        expect('{');
        while (!take('}')) {
            const std::string key = quoted();
            expect(':');
            if (key == "descr" && !has_type) {
                header.type = quoted();
                has_type = true;
            } else if (key == "fortran_order" && !has_order) {
                header.column_major = boolean();
                has_order = true;
            } else if (key == "shape" && !has_shape) {
                header.shape = shape();
                has_shape = true;
            } else {
                refuse("one each of 'descr', 'fortran_order', 'shape'", "'" + key + "'");
            }
            if (!take(',')) {
                expect('}');
                break;
            }
        }
        if (!has_type || !has_order || !has_shape) {
            refuse("the entries 'descr', 'fortran_order' and 'shape'", "fewer");
        }
        skip_blanks();
        if (at_ != text_.size()) refuse("nothing after the dictionary", rest());
        return header;
    }

private:
    [[noreturn]] void refuse(const std::string& expected, const std::string& given) const {
        intact::fail<std::runtime_error>(file_, "has a broken npy header, expected ", expected,
                                         ", given ", given);
    }

    [[nodiscard]] std::string rest() const {
        return at_ < text_.size() ? "'" + std::string(text_.substr(at_, 12)) + "'" : "its end";
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }

    [[nodiscard]] bool take(char wanted) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }

    void expect(char wanted) {
        if (!take(wanted)) refuse(std::string("'") + wanted + "'", rest());
    }

    [[nodiscard]] bool take_word(std::string_view wanted) {
        skip_blanks();
        if (!text_.substr(at_).starts_with(wanted)) return false;
        at_ += wanted.size();
        return true;
    }

    [[nodiscard]] std::string quoted() {
        skip_blanks();
        const std::string given = rest();
        const char quote = take('\'') ? '\'' : '"';
        if (quote == '"' && !take('"')) refuse("a text in quotes", given);
        const std::size_t end = text_.find(quote, at_);
        if (end == std::string_view::npos) refuse("a text in quotes", given);
        const std::string found(text_.substr(at_, end - at_));
        at_ = end + 1;
        return found;
    }

    [[nodiscard]] bool boolean() {
        if (take_word("True")) return true;
        if (!take_word("False")) refuse("True or False", rest());
        return false;
    }

    [[nodiscard]] std::size_t size() {
        skip_blanks();
        const std::string given = rest();
        std::size_t value = 0;
        std::size_t digits = 0;
        while (at_ < text_.size() && '0' <= text_[at_] && text_[at_] <= '9') {
            value = value * 10 + static_cast<std::size_t>(text_[at_] - '0');
            ++at_;
            if (++digits > 10) break;  // far beyond any file, and still far from overflow
        }
        if (digits == 0 || digits > 10) refuse("a size of 1 to 10 digits", given);
        return value;
    }

    /// () is a single number, (3,) a vector, (2, 3) a matrix.
    [[nodiscard]] std::vector<std::size_t> shape() {
        std::vector<std::size_t> sizes;
        expect('(');
        while (!take(')')) {
            sizes.push_back(size());
            if (!take(',')) {
                expect(')');
                break;
            }
        }
        return sizes;
    }

    std::string_view text_;
    const char* file_;
    std::size_t at_ = 0;
};

}  // namespace detail

[[nodiscard]] inline NpyHeader parse_npy_header(std::string_view text, const std::string& file) {
    return detail::NpyHeaderReader(text, file.c_str()).read();
}

}  // namespace example
