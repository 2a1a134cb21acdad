// The steps of 8-bit codes by two operations: a reciprocal of two parts in place of a quotient.
//
//   1 / s = high + low;   y = fma(x, high, fl32(x low));   steps = nearest-even(y)
//
// y is fl32(q (1 + e)) with q = x / s and |e| < 2^-46.9: 2^-48 each for rounding `low` and `x low`,
// 2^-53 for 1 / s. The contract asks for nearest-even(fl32(q)), which changes where q passes the
// middle m of two floats beside a tie k + 1/2: the upper middle where k is even, for then the tie
// itself goes down, else the lower one. So only an x with a q that close to an m can go wrong.
// With integer significands, x = X 2^i, s = S 2^j and m = M 2^l (M has 25 bits, the others 24), q
// and m differ by an integer X 2^d - M S, d = 24 or 25, in units of which e q is below 4.3: M S is
// within 4 of a multiple of 2^24. For each tie that leaves eight S, and the tests try them all: up
// to k = 1023 no step is wrong (the first that is: k = 3432).
#pragma once

#include "intact/core/exact.hpp"
#include "intact/elementwise/kernel.hpp"

namespace intact::elementwise {

/// Both parts of 1 / scale.
struct TwoPartReciprocal {
    explicit TwoPartReciprocal(double reciprocal) noexcept
        : high(static_cast<float>(exactly(reciprocal))),
          low(static_cast<float>(reciprocal - exactly(static_cast<double>(high)))) {}

    float high;
    float low;
};

/// Whether all steps beyond those of which the tests know are cut.
[[nodiscard]] constexpr bool has_few_steps(const Coding& coding) noexcept {
    return coding.qmax - coding.zero_point < 1024 && coding.zero_point - coding.qmin < 1024;
}

}  // namespace intact::elementwise
