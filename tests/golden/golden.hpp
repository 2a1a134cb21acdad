// Golden vectors: rows of inputs and expected outputs that other software computed.
//
// A group is a folder with cases.tsv (one row a line: name, operation, inputs, parameters, expected
// outputs, tolerance, oracle) and arrays.npys (.npy images one after the other, at multiples of
// 64).
//
//   const golden::Group group("g1_torch_quantize");
//   for (const golden::Row* row : group.rows_of("quantize_per_tensor")) {
//       CAPTURE(row->name);
//       const auto x = row->input("x").values<float>();
//   }
//
// The environment variable INTACT_GOLDEN names another folder of groups of the same kinds.
//
// Errors   std::runtime_error  a file that is missing or broken, a field that a row lacks
#pragma once

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#if !defined(INTACT_GOLDEN_DIR)
#if defined(INTACT_TESTS_DIR)
#define INTACT_GOLDEN_DIR INTACT_TESTS_DIR "/golden/data"
#else
#define INTACT_GOLDEN_DIR "tests/golden/data"
#endif
#endif

namespace golden {

static_assert(std::endian::native == std::endian::little, "the arrays are little-endian");

[[noreturn]] inline void broken(const std::string& what) { throw std::runtime_error(what); }

inline std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::string part;
    std::istringstream stream(text);
    while (std::getline(stream, part, separator)) parts.push_back(part);
    return parts;
}

/// Folder of the groups.
inline std::filesystem::path folder() {
    const char* other = std::getenv("INTACT_GOLDEN");
    return other != nullptr && *other != '\0' ? other : INTACT_GOLDEN_DIR;
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) broken("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

/// An array of numbers, or one number (which has no type of its own).
class Value {
public:
    /// A number as text.
    explicit Value(double scalar) : scalar_(scalar) {}

    /// The .npy image that begins at `offset`.
    Value(const std::string& file, std::size_t offset) {
        constexpr std::string_view magic{"\x93NUMPY\x01\x00", 8};
        if (offset + 10 > file.size() || file.compare(offset, 8, magic) != 0) {
            broken("no .npy image at " + std::to_string(offset));
        }
        const auto low = static_cast<unsigned char>(file[offset + 8]);
        const auto high = static_cast<unsigned char>(file[offset + 9]);
        const std::size_t header_size = low + 256U * high;
        const std::size_t begin = offset + 10 + header_size;
        if (begin > file.size()) broken("cut short in a header");
        read_header(file.substr(offset + 10, header_size));
        const std::size_t item = static_cast<std::size_t>(type_[1] - '0');
        if (begin + size_ * item > file.size()) broken("cut short in an array");
        bytes_ = file.substr(begin, size_ * item);
    }

    [[nodiscard]] bool is_array() const { return !type_.empty(); }
    [[nodiscard]] const std::vector<std::int64_t>& shape() const { return shape_; }
    [[nodiscard]] std::size_t size() const { return is_array() ? size_ : 1; }

    /// Letter and bytes of an element, as in .npy: "f4", "u1", ...; empty for one number.
    [[nodiscard]] const std::string& type() const { return type_; }

    /// All elements in row-major order, which the type T must hold as they are.
    template <class T>
    [[nodiscard]] std::vector<T> values() const {
        if (!is_array()) return {narrow<T>(scalar_)};
        if (type_ == "f4") return convert<float, T>();
        if (type_ == "f8") return convert<double, T>();
        if (type_ == "i1") return convert<std::int8_t, T>();
        if (type_ == "u1") return convert<std::uint8_t, T>();
        if (type_ == "i2") return convert<std::int16_t, T>();
        if (type_ == "u2") return convert<std::uint16_t, T>();
        if (type_ == "i4") return convert<std::int32_t, T>();
        if (type_ == "i8") return convert<std::int64_t, T>();
        broken("unknown element type " + type_);
    }

    /// The only element.
    template <class T>
    [[nodiscard]] T value() const {
        if (size() != 1) broken("expected one number");
        return values<T>().front();
    }

private:
    template <class To, class From>
    static To narrow(From from) {
        const To to = static_cast<To>(from);
        const bool both_nan = from != from && to != to;
        if (!both_nan && static_cast<From>(to) != from) broken("a number does not fit its type");
        return to;
    }

    template <class From, class To>
    std::vector<To> convert() const {
        std::vector<From> stored(size_);
        if (size_ > 0) std::memcpy(stored.data(), bytes_.data(), bytes_.size());
        if constexpr (std::is_same_v<From, To>) {
            return stored;
        } else {
            std::vector<To> values;
            values.reserve(size_);
            for (const From from : stored) values.push_back(narrow<To>(from));
            return values;
        }
    }

    /// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 43), }
    void read_header(const std::string& header) {
        const auto after = [&](const std::string& key) {
            const std::size_t at = header.find(key);
            if (at == std::string::npos) broken("a header lacks " + key);
            return header.substr(at + key.size());
        };
        type_ = after("'descr': '").substr(1, 2);
        if (after("'fortran_order': ").rfind("False", 0) != 0) broken("a column-major array");
        const std::string shape = after("'shape': (");
        for (const std::string& part : split(shape.substr(0, shape.find(')')), ',')) {
            if (part.find_first_not_of(' ') == std::string::npos) continue;
            shape_.push_back(std::stoll(part));
            size_ *= static_cast<std::size_t>(shape_.back());
        }
    }

    double scalar_ = 0.0;
    std::string type_;
    std::vector<std::int64_t> shape_;
    std::size_t size_ = 1;
    std::string bytes_;
};

/// One line of cases.tsv.
class Row {
public:
    std::string name;
    std::string operation;
    std::string tolerance;

    Row(const std::string& line, const std::string& arrays) : arrays_(&arrays) {
        const std::vector<std::string> columns = split(line, '\t');
        if (columns.size() != 7) broken("a row without seven columns: " + line);
        name = columns[0];
        operation = columns[1];
        tolerance = columns[5];
        inputs_ = fields(columns[2]);
        params_ = fields(columns[3]);
        expected_ = fields(columns[4]);
    }

    [[nodiscard]] bool has_input(const std::string& key) const { return inputs_.contains(key); }
    [[nodiscard]] bool has_param(const std::string& key) const { return params_.contains(key); }
    [[nodiscard]] bool has_expected(const std::string& key) const {
        return expected_.contains(key);
    }

    [[nodiscard]] Value input(const std::string& key) const { return load(at(inputs_, key)); }
    [[nodiscard]] Value expected(const std::string& key) const { return load(at(expected_, key)); }
    [[nodiscard]] const std::string& param(const std::string& key) const {
        return at(params_, key);
    }
    [[nodiscard]] double number(const std::string& key) const { return real(param(key)); }
    [[nodiscard]] std::int32_t integer(const std::string& key) const {
        return std::stoi(param(key));
    }

    /// Whether the row is recorded behaviour and no requirement.
    [[nodiscard]] bool is_informational() const { return tolerance.rfind("informational", 0) == 0; }

private:
    using Fields = std::map<std::string, std::string>;

    static Fields fields(const std::string& column) {
        Fields found;
        for (const std::string& field : split(column, ';')) {
            const std::size_t sign = field.find('=');
            if (sign == std::string::npos) broken("a field without a value: " + field);
            found[field.substr(0, sign)] = field.substr(sign + 1);
        }
        return found;
    }

    const std::string& at(const Fields& all, const std::string& key) const {
        const auto found = all.find(key);
        if (found == all.end()) broken(name + " has no field " + key);
        return found->second;
    }

    static double real(const std::string& text) {
        char* end = nullptr;
        const double number = std::strtod(text.c_str(), &end);
        if (text.empty() || *end != '\0') broken("not a number: " + text);
        return number;
    }

    [[nodiscard]] Value load(const std::string& text) const {
        if (text.rfind('@', 0) != 0) return Value(real(text));
        return {*arrays_, static_cast<std::size_t>(std::stoull(text.substr(1)))};
    }

    const std::string* arrays_;
    Fields inputs_;
    Fields params_;
    Fields expected_;
};

/// All rows of one folder.
class Group {
public:
    explicit Group(const std::string& name)
        : name_(name), arrays_(read_file(folder() / name / "arrays.npys")) {
        std::istringstream lines(read_file(folder() / name / "cases.tsv"));
        std::string line;
        std::getline(lines, line);
        if (line != "case\top\tinputs\tparams\texpected\ttolerance\toracle") {
            broken(name + "/cases.tsv has another first line than expected");
        }
        while (std::getline(lines, line)) rows_.emplace_back(line, arrays_);
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    /// The rows of an operation; having none fails the test that asks.
    [[nodiscard]] std::vector<const Row*> rows_of(const std::string& operation) const {
        std::vector<const Row*> found;
        for (const Row& row : rows_) {
            if (row.operation == operation) found.push_back(&row);
        }
        REQUIRE_MESSAGE(!found.empty(), name_ << ": no row of " << operation);
        return found;
    }

    /// Says how many rows no test asks for.
    void report_others(const std::vector<std::string>& tested) const {
        std::map<std::string, int> skipped;
        for (const Row& row : rows_) {
            bool is_tested = false;
            for (const std::string& operation : tested) is_tested |= operation == row.operation;
            if (!is_tested) ++skipped[row.operation];
        }
        for (const auto& entry : skipped) {
            MESSAGE(name_ << ", skipped rows: " << entry.second << " of " << entry.first);
        }
        CHECK(skipped.size() < rows_.size());
    }

private:
    std::string name_;
    std::string arrays_;
    std::vector<Row> rows_;
};

}  // namespace golden
