#include "intact/elementwise/fake_quantize.hpp"

#include <cstring>

#include <doctest/doctest.h>

#include "cases.hpp"

using namespace elementwise_cases;

namespace {

template <Rounding R, class T>
void check_round_trip(const Grid& grid, const QuantParams& params) {
    std::mt19937 random(1);
    std::vector<float> x = hard_reals(params, grid, random);
    for (const Kernels& kernels : runnable()) {
        std::vector<T> codes(x.size());
        std::vector<float> expected(x.size());
        std::vector<float> out(x.size());
        quantize<R>(x, params, grid, codes.data(), 5, kernels);
        dequantize(codes.data(), codes.size(), params, expected.data(), kernels);
        fake_quantize<R>(x, params, grid, out.data(), 5, kernels);
        CHECK(first_difference(out, expected) == none);

        out = x;
        fake_quantize<R>(out, params, grid, out.data(), 5, kernels);
        CHECK(first_difference(out, expected) == none);
    }
}

}  // namespace

TEST_CASE("fake_quantize: quantize and dequantize in one go, in place too") {
    check_round_trip<NearestEven, std::int8_t>({-128, 127, false, 0}, {0.03F, 17});
    check_round_trip<NearestEven, std::uint8_t>({0, 255, false, 0}, {0.03F, 0});
    check_round_trip<NearestEven, std::uint8_t>({0, 200, false, 0}, {0x1p-70F, 200});
    check_round_trip<NearestEven, std::int16_t>({-32768, 32767, false, 0}, {2e-4F, -300});
    check_round_trip<NearestEven, std::uint16_t>({0, 65535, false, 0}, {2e-4F, 40000});
    check_round_trip<NearestEven, std::int8_t>({-8, 7, false, 0}, {0.5F, 1});
    check_round_trip<Stochastic<3>, std::int8_t>({-127, 127, true, 0}, {0.03F, 0});
}

TEST_CASE("fake_quantize: a second time changes nothing") {
    std::mt19937 random(2);
    const QuantParams params{0.0371F, 9};
    const Grid grid{-128, 127, false, 0};
    std::vector<float> once = hard_reals(params, grid, random);
    fake_quantize(once, params, grid, once.data());
    std::vector<float> twice(once.size());
    fake_quantize(once, params, grid, twice.data());
    CHECK(first_difference(once, twice) == none);
}
