// The one way to refuse bad data: an exception of the std family with a message of one form,
// "where: what is wrong, what was expected, what was given", thrown before anything changes.
//
//   require(k == w.k(), "multiply", "the lengths differ, expected ", w.k(), ", given ", k);
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace intact {

/// Throws Error("where: parts...").
template <class Error = std::invalid_argument, class... Parts>
[[noreturn]] void fail(const char* where, const Parts&... parts) {
    std::ostringstream text;
    text << where << ": ";
    (text << ... << parts);
    throw Error(text.str());
}

/// Throws Error("where: parts...") unless `holds`; the message is only put together on failure.
template <class Error = std::invalid_argument, class... Parts>
void require(bool holds, const char* where, const Parts&... parts) {
    if (!holds) [[unlikely]] {
        fail<Error>(where, parts...);
    }
}

}  // namespace intact
