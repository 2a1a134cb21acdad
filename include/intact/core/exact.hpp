// Floating-point operations that no compiler flag may change.
//
// -ffast-math lets a compiler reorder sums, fuse products into additions and multiply by
// reciprocals; each changes bits. A value that passes `exactly` is opaque to the optimizer, so the
// operation that made it and the one that takes it stay apart and stay as written:
//
//   sum = exactly(sum + x);              // no reordering
//   y = exactly(a * b) + c;              // never fused
//
// Cost     none at run time, apart from the optimizations it forbids.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace intact {

/// The same value, opaque to the optimizer.
[[nodiscard]] inline double exactly(double value) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
    asm("" : "+x"(value));
#elif defined(__aarch64__) && defined(__GNUC__)
    asm("" : "+w"(value));
#else
    volatile double opaque = value;
    value = opaque;
#endif
    return value;
}

/// a / b, the IEEE quotient. Both become opaque in one step: a divisor made opaque by itself could
/// be shared by several quotients or leave a loop, and then its reciprocal would stand in for it.
[[nodiscard]] inline double exact_quotient(double a, double b) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
    asm("" : "+x"(a), "+x"(b));
#elif defined(__aarch64__) && defined(__GNUC__)
    asm("" : "+w"(a), "+w"(b));
#else
    a = exactly(a);
    b = exactly(b);
#endif
    return exactly(a / b);
}

/// fl32(real / scale), the IEEE float32 quotient.
///
/// A quotient of two 24-bit numbers is never closer than 2^-49 to the middle of two floats, so
/// rounding it to double first changes nothing.
[[nodiscard]] inline float exact_quotient(float real, float scale) noexcept {
    return static_cast<float>(
        exact_quotient(static_cast<double>(real), static_cast<double>(scale)));
}

}  // namespace intact
