// A float bias as the int32 that sums start from.
//
//   nearest-even(double(bias) / (double(s_x) * s_w[channel]))
//
// Units    one step is the real value of one unit of the sum, s_x * s_w[channel]
// Errors   std::invalid_argument  a bias that is not finite, or that leaves the sum no room in
//                                 int32; the message names the channel
#pragma once

#include <cstdint>
#include <limits>

#include "intact/core/error.hpp"
#include "intact/core/exact.hpp"
#include "intact/core/number.hpp"

namespace intact::gemm {

/// The bias of one channel, given the exact product of scales and the largest magnitude of the sum.
[[nodiscard]] inline std::int32_t int32_bias(float bias, double scale, std::int64_t largest_sum,
                                             std::int64_t channel, const char* where) {
    require(!is_non_finite(bias), where, "the bias of channel ", channel, " is not finite");
    const double steps = exact_quotient(static_cast<double>(bias), scale);
    const std::int64_t room = std::numeric_limits<std::int32_t>::max() - largest_sum;
    constexpr double beyond = 0x1p40;
    const double cut = steps < -beyond ? -beyond : (steps > beyond ? beyond : steps);
    // Adding 1.5 * 2^52 rounds to an integer, ties to even.
    constexpr double rounding_constant = 0x1.8p52;
    const double sum = exactly(exactly(cut) + rounding_constant);
    const auto rounded = static_cast<std::int64_t>(exactly(sum - rounding_constant));
    require(-room <= rounded && rounded <= room, where, "the bias of channel ", channel,
            " does not fit its int32 sum, expected at most ", room, " steps of ", scale, ", given ",
            steps);
    return static_cast<std::int32_t>(rounded);
}

}  // namespace intact::gemm
