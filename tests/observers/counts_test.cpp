#include <cstdint>
#include <stdexcept>

#include <doctest/doctest.h>

#include "intact/observers/counts.hpp"

using intact::detail::counted_times;
using intact::detail::sum_of_counts;

TEST_CASE("Counts: sums and products below 2^64 are exact, others refused") {
    constexpr std::uint64_t most = ~std::uint64_t{0};
    CHECK(sum_of_counts(most - 3, 3, "test") == most);
    CHECK(sum_of_counts(0, most, "test") == most);
    CHECK_THROWS_WITH_AS((void)sum_of_counts(most, 1, "test"),
                         "test: there are too many values, expected less than 2^64, given "
                         "18446744073709551615 and 1 more",
                         std::overflow_error);
    CHECK(counted_times(most / 5, 5, "test") == most);
    CHECK(counted_times(most, 0, "test") == 0);
    CHECK_THROWS_AS((void)counted_times(most / 5 + 1, 5, "test"), std::overflow_error);
}
