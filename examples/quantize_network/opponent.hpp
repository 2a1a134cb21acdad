// The float network that the integers race against: a program of its own, compiled with every
// instruction that this processor has. It is run anew for every round, between the others.
//
// Errors   none: where it cannot be run the answer is empty, and the caller says so
#pragma once

#include <optional>
#include <sstream>
#include <string>

#if defined(__unix__) || defined(__APPLE__)
#include <stdio.h>
#endif

namespace example {

/// What the opponent's program says; empty if it is missing or fails.
[[nodiscard]] inline std::string opponent_says([[maybe_unused]] const std::string& argument) {
    std::string said;
#if defined(INTACT_FLOAT_NETWORK) && (defined(__unix__) || defined(__APPLE__))
    const std::string command = "'" INTACT_FLOAT_NETWORK "' " + argument + " 2>/dev/null";
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return said;
    char piece[256];
    while (fgets(piece, sizeof piece, pipe) != nullptr) said += piece;
    if (pclose(pipe) != 0) said.clear();
#endif
    return said;
}

struct Times {
    double batch_1 = 0.0;  ///< microseconds an image
    double batch_64 = 0.0;
};

/// One round of the float network called "plain" or "depthwise".
[[nodiscard]] inline std::optional<Times> time_opponent(const std::string& network) {
    std::istringstream said(opponent_says(network));
    Times times;
    if (!(said >> times.batch_1 >> times.batch_64)) return std::nullopt;
    return times;
}

}  // namespace example
