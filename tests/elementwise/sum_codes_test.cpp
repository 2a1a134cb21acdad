#include "intact/elementwise/sum_codes.hpp"

#include <cstring>

#include <doctest/doctest.h>

#include "cases.hpp"

using namespace elementwise_cases;

namespace {

template <class T>
void check_every_length() {
    std::mt19937 random(1);
    std::vector<T> codes(1000);
    for (T& code : codes) code = static_cast<T>(random());
    Comparisons all;
    for (const Kernels& kernels : runnable()) {
        for (std::size_t n = 0; n <= 150; ++n) {
            for (std::size_t offset = 0; offset < 3; ++offset) {
                std::int64_t expected = 0;
                for (std::size_t i = 0; i < n; ++i) expected += codes[offset + i];
                all.equal(sum_codes(codes.data() + offset, n, kernels), expected,
                          simd::name(kernels.isa), ", ", n, " codes from ", offset);
            }
        }
    }
    CHECK(all.failures() == none);
}

template <class T>
void check_extreme(T code) {
    const std::vector<T> codes(1'000'003, code);
    for (const Kernels& kernels : runnable()) {
        CHECK(sum_codes(codes.data(), codes.size(), kernels) == std::int64_t{1'000'003} * code);
    }
}

}  // namespace

TEST_CASE("sum_codes: every length and alignment of every type") {
    check_every_length<std::int8_t>();
    check_every_length<std::uint8_t>();
    check_every_length<std::int16_t>();
    check_every_length<std::uint16_t>();
}

TEST_CASE("sum_codes: a million extreme codes do not overflow") {
    check_extreme<std::int8_t>(-128);
    check_extreme<std::int8_t>(127);
    check_extreme<std::uint8_t>(255);
    check_extreme<std::int16_t>(-32768);
    check_extreme<std::uint16_t>(65535);
}
