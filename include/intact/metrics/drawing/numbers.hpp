// Numbers as people read them, the same in every locale.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

namespace intact::drawing {

/// `value` with `digits` after the point: fixed(2.5, 2) is "2.50".
[[nodiscard]] inline std::string fixed(double value, int digits) {
    if (std::isnan(value)) return "-";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::array<char, 400> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::fixed, digits);
    std::string written(text.data(), end.ptr);
    const bool is_minus_zero = written.find_first_not_of("-0.") == std::string::npos;
    return is_minus_zero && written.starts_with('-') ? written.substr(1) : written;
}

/// `value` with `digits` digits that count: 0.0213, 1.25, 118.
[[nodiscard]] inline std::string significant(double value, int digits = 3) {
    if (value == 0.0 || !std::isfinite(value)) return fixed(value, 0);
    std::array<char, 400> text{};  // d.dde-02: rounded first, so that the exponent is the final one
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::scientific, digits - 1);
    const std::string_view written(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
    const std::string_view exponent = written.substr(written.find('e') + 1);
    int magnitude = 0;
    std::from_chars(exponent.data() + 1, exponent.data() + exponent.size(), magnitude);
    if (exponent.front() == '-') magnitude = -magnitude;
    return fixed(value, std::max(0, digits - 1 - magnitude));
}

/// `value` with `digits` digits that count, short whatever its size: 0.0213, 118, 8.89e-6, 3.00e12.
[[nodiscard]] inline std::string compact(double value, int digits = 3) {
    const double size = std::abs(value);
    if (value == 0.0 || !std::isfinite(value) || (1e-3 <= size && size < 1e6)) {
        return significant(value, digits);
    }
    std::array<char, 400> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::scientific, digits - 1);
    std::string written(text.data(), end.ptr);  // d.dde-06
    const std::size_t sign = written.find('e') + 1;
    if (written[sign + 1] == '0') written.erase(sign + 1, 1);
    if (written[sign] == '+') written.erase(sign, 1);
    return written;
}

/// Thousands apart: 56,714.
[[nodiscard]] inline std::string grouped(std::size_t value) {
    std::string text = std::to_string(value);
    for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, ",");
    return text;
}

/// A power of ten for an axis: 1, 10, 100, 1k, 10k, 100k, 1M.
[[nodiscard]] inline std::string short_count(int power_of_ten) {
    constexpr std::array<std::string_view, 5> letters{"", "k", "M", "G", "T"};
    const auto power = static_cast<std::size_t>(power_of_ten);
    const std::string_view zeros = "00";
    return "1" + std::string(zeros.substr(0, power % 3)) + std::string(letters.at(power / 3));
}

/// One digit times a power of ten, for a mark on an axis: 0.02, 500, 2·10⁻⁶, 10⁹.
[[nodiscard]] inline std::string power_label(double value) {
    constexpr std::array<std::string_view, 10> superscripts{"⁰", "¹", "²", "³", "⁴",
                                                            "⁵", "⁶", "⁷", "⁸", "⁹"};
    if (value == 0.0 || (9e-4 < value && value < 9e4)) return significant(value, 1);
    std::array<char, 16> text{};  // d e sign digits
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::scientific, 0);
    std::string written(text.front() == '1' ? "10" : std::string(1, text.front()) + "·10");
    for (const char* at = text.data() + 2; at != end.ptr; ++at) {
        const bool leads = *at == '0' && (at[-1] == '+' || at[-1] == '-');
        if (*at == '-') written += "⁻";
        if ('0' <= *at && *at <= '9' && !leads) {
            written += superscripts.at(static_cast<std::size_t>(*at - '0'));
        }
    }
    return written;
}

/// A share as per cent, with more digits where it is small: 90.83 %, 0.012 %, 0 %.
[[nodiscard]] inline std::string per_cent(double share) {
    if (share == 0.0) return "0 %";
    const double value = share * 100.0;
    if (value < 0.001) return "< 0.001 %";
    return (value < 1.0 ? significant(value, 2) : fixed(value, value < 10.0 ? 1 : 0)) + " %";
}

}  // namespace intact::drawing
