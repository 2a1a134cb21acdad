#include <cfenv>
#include <cstdint>
#include <initializer_list>

#include <doctest/doctest.h>

#include "intact/simd/environment.hpp"

using namespace intact;

namespace {

/// One third, rounded as the environment says.
[[gnu::noinline]] float third() {
    volatile float one = 1.0F;
    volatile float three = 3.0F;
    volatile float quotient = one / three;
    return quotient;
}

/// Half of the smallest normal number: 0 where results are flushed.
[[gnu::noinline]] float subnormal_result() {
    volatile float smallest = 0x1p-126F;
    volatile float half = 0.5F;
    volatile float product = smallest * half;
    return product;
}

/// 2^125 times a subnormal: 0 where operands are flushed.
[[gnu::noinline]] float subnormal_operand() {
    volatile float subnormal = 0x1p-130F;
    volatile float large = 0x1p125F;
    volatile float product = subnormal * large;
    return product;
}

constexpr float third_to_nearest = 0x1.555556p-2F;
constexpr float third_downward = 0x1.555554p-2F;

/// Sets a rounding mode and puts back the old one, whatever the test does.
class Rounded {
public:
    explicit Rounded(int mode) : saved_(std::fegetround()) { std::fesetround(mode); }
    ~Rounded() { std::fesetround(saved_); }
    Rounded(const Rounded&) = delete;
    Rounded& operator=(const Rounded&) = delete;

private:
    int saved_;
};

}  // namespace

TEST_CASE("environment: the rounding mode is to nearest inside and the caller's outside") {
    for (const int mode : {FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO, FE_TONEAREST}) {
        const Rounded rounded(mode);
        const float outside = third();
        {
            const simd::DefaultEnvironment guard;
            CHECK(third() == third_to_nearest);
        }
        CHECK(std::fegetround() == mode);
        CHECK(third() == outside);
    }
    const Rounded rounded(FE_DOWNWARD);
    CHECK(third() == third_downward);
}

TEST_CASE("environment: guards nest") {
    const Rounded rounded(FE_DOWNWARD);
    {
        const simd::DefaultEnvironment outer;
        {
            const simd::DefaultEnvironment inner;
            CHECK(third() == third_to_nearest);
        }
        CHECK(third() == third_to_nearest);
    }
    CHECK(third() == third_downward);
}

TEST_CASE("environment: is restored when an exception passes") {
    const Rounded rounded(FE_DOWNWARD);
    try {
        const simd::DefaultEnvironment guard;
        throw 1;
    } catch (int) {
    }
    CHECK(third() == third_downward);
}

#if INTACT_X86
TEST_CASE("environment: flush-to-zero and denormals-are-zero are off inside, as before outside") {
    const std::uint32_t before = _mm_getcsr();
    const std::uint32_t plain = 0x1f80;
    constexpr std::uint32_t flush_to_zero = 0x8000;
    constexpr std::uint32_t denormals_are_zero = 0x0040;
    for (const std::uint32_t flags :
         {flush_to_zero, denormals_are_zero, flush_to_zero | denormals_are_zero}) {
        CAPTURE(flags);
        _mm_setcsr(plain | flags);
        float inside_result = 0.0F;
        float inside_operand = 0.0F;
        {
            const simd::DefaultEnvironment guard;
            inside_result = subnormal_result();
            inside_operand = subnormal_operand();
        }
        const std::uint32_t after = _mm_getcsr();
        const float outside_result = subnormal_result();
        const float outside_operand = subnormal_operand();
        _mm_setcsr(plain);  // a comparison reads subnormals as zero, too

        CHECK(inside_result == 0x1p-127F);
        CHECK(inside_operand == 0x1p-5F);
        CHECK((after & 0xffc0U) == (plain | flags));
        CHECK((outside_result == 0.0F) == ((flags & flush_to_zero) != 0));
        CHECK((outside_operand == 0.0F) == ((flags & denormals_are_zero) != 0));
    }
    _mm_setcsr(before);
}

TEST_CASE("environment: traps are masked inside and armed again outside") {
    const std::uint32_t before = _mm_getcsr();
    constexpr std::uint32_t masks_of_division_and_overflow = 0x0200 | 0x0400;
    _mm_setcsr((before & ~masks_of_division_and_overflow) & ~0x3fU);
    float quotient = 0.0F;
    {
        const simd::DefaultEnvironment guard;
        volatile float one = 1.0F;
        volatile float zero = 0.0F;
        quotient = one / zero;
    }
    const std::uint32_t after = _mm_getcsr();
    _mm_setcsr(before);
    CHECK(quotient > 0x1.fffffep127F);
    CHECK((after & masks_of_division_and_overflow) == 0);
}
#endif

#if INTACT_ARM
TEST_CASE("environment: flush-to-zero is off inside, on again outside") {
    constexpr std::uint64_t flush_to_zero = std::uint64_t{1}
                                            << 24;  // FPCR.FZ: operands and results
    asm volatile("msr fpcr, %0" : : "r"(flush_to_zero));
    float inside_result = 0.0F;
    float inside_operand = 0.0F;
    {
        const simd::DefaultEnvironment guard;
        inside_result = subnormal_result();
        inside_operand = subnormal_operand();
    }
    std::uint64_t after = 0;
    asm volatile("mrs %0, fpcr" : "=r"(after));
    const float outside_result = subnormal_result();
    const float outside_operand = subnormal_operand();
    asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{0}));

    CHECK(inside_result == 0x1p-127F);
    CHECK(inside_operand == 0x1p-5F);
    CHECK(after == flush_to_zero);
    CHECK(outside_result == 0.0F);
    CHECK(outside_operand == 0.0F);
}
#endif
