// How often one text stands in another; overlapping ones count.
#pragma once

#include <cstddef>
#include <string>

[[nodiscard]] inline std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}
