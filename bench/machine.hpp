// What a figure was measured on: the processor and the compiler, in one line.
#pragma once

#include <fstream>
#include <string>

namespace bench {

[[nodiscard]] inline std::string machine() {
    std::string processor = "unknown processor";
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != line.npos) {
            processor = line.substr(colon + 2);
            break;
        }
    }
#if defined(__clang__)
    return processor + ", Clang " + std::to_string(__clang_major__);
#elif defined(__GNUC__)
    return processor + ", GCC " + std::to_string(__GNUC__);
#else
    return processor;
#endif
}

}  // namespace bench
