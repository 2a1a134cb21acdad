#include "intact/simd/invalid_flag.hpp"

#include <limits>

#include <doctest/doctest.h>

#if INTACT_X86
#include <xmmintrin.h>

using intact::simd::InvalidFlag;

namespace {

/// Whether the conversion of x sets the flag.
bool is_invalid(float x) {
    volatile float real = x;
    const InvalidFlag flag;
    const volatile int integer = _mm_cvtss_si32(_mm_set_ss(real));
    (void)integer;
    return flag.is_set();
}

bool is_set_now() { return (_mm_getcsr() & 1U) != 0; }

}  // namespace

TEST_CASE("InvalidFlag: set by conversions without a result, by no others") {
    using Limits = std::numeric_limits<float>;
    for (const float x : {Limits::quiet_NaN(), Limits::signaling_NaN(), Limits::infinity(),
                          -Limits::infinity(), 0x1p31F, -0x1.000002p31F, Limits::max()}) {
        CHECK(is_invalid(x));
    }
    for (const float x : {0.0F, -0.0F, 0.5F, 1e-40F, 0x1.fffffep30F, -0x1p31F}) {
        CHECK_FALSE(is_invalid(x));
    }
}

TEST_CASE("InvalidFlag: what others have noted stays noted") {
    _mm_setcsr(_mm_getcsr() & ~0x3fU);
    CHECK_FALSE(is_invalid(1.5F));
    CHECK_FALSE(is_set_now());
    CHECK(is_invalid(1e30F));
    CHECK(is_set_now());
    CHECK_FALSE(is_invalid(1.5F));  // is asked of the operations since then alone
    CHECK(is_set_now());
    _mm_setcsr(_mm_getcsr() & ~0x3fU);
}
#endif
