// Sums of counts that refuse to wrap: importance weights and merges can bring 2^64 together.
//
// Errors   std::overflow_error   a sum of 2^64 or more
#pragma once

#include <cstdint>
#include <limits>
#include <stdexcept>

#include "intact/core/error.hpp"

namespace intact::detail {

/// a + b.
[[nodiscard]] inline std::uint64_t sum_of_counts(std::uint64_t a, std::uint64_t b,
                                                 const char* where) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    require<std::overflow_error>(b <= most - a, where,
                                 "there are too many values, expected less than 2^64, given ", a,
                                 " and ", b, " more");
    return a + b;
}

/// count * times.
[[nodiscard]] inline std::uint64_t counted_times(std::uint64_t count, std::uint64_t times,
                                                 const char* where) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    require<std::overflow_error>(times == 0 || count <= most / times, where,
                                 "there are too many values, expected less than 2^64, given ",
                                 count, " times ", times);
    return count * times;
}

}  // namespace intact::detail
