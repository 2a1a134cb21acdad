#include "intact/elementwise/fake_quantize.hpp"
#include "intact/elementwise/kernels/portable.hpp"

#include <array>
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

[[gnu::noinline]] float real_of(std::int32_t code, const QuantParams& params) {
    const simd::DefaultEnvironment guard;
    return params.scale * static_cast<float>(code - params.zero_point);
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

TEST_CASE("fake_quantize: among many reals, one without a step, in place too") {
    const QuantParams params{0.01F, 3};
    for (const Grid& grid : {Grid{-128, 127, false, 0}, Grid{-30000, 30000, false, 0}}) {
        for (const std::uint32_t bits : {0x7fc00000U, 0x7f800000U, 0xff800000U, 0x4f000000U}) {
            std::vector<float> x(20'000, 0.123F);
            std::memcpy(&x[17'000], &bits, sizeof(bits));
            std::vector<float> expected(x.size());
            fake_quantize(x, params, grid, expected.data(), 0, portable::kernels);
            for (const Kernels& kernels : runnable()) {
                std::vector<float> out(x.size());
                fake_quantize(x, params, grid, out.data(), 0, kernels);
                CHECK(first_difference(out, expected) == none);
                out = x;
                fake_quantize(out, params, grid, out.data(), 0, kernels);
                CHECK(first_difference(out, expected) == none);
            }
        }
    }
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

TEST_CASE("fake_quantize: every scale, zero points at the ends, in every kernel") {
    std::mt19937 random(3);
    for (const float scale : scales(random, 20)) {
        for (const Grid& grid : {Grid{-128, 127, false, 0}, Grid{0, 65535, false, 0}}) {
            for (const std::int32_t zero_point : {grid.qmin, grid.qmax}) {
                const QuantParams params{scale, zero_point};
                const std::vector<float> x = hard_reals(params, grid, random);
                const auto codes = codes_by_definition<NearestEven, std::int32_t>(x, params, grid);
                std::vector<float> expected(x.size());
                for (std::size_t i = 0; i < x.size(); ++i) {
                    expected[i] = real_of(codes[i], params);
                }
                for (const Kernels& kernels : runnable()) {
                    std::vector<float> out(x.size());
                    fake_quantize(x, params, grid, out.data(), 0, kernels);
                    CHECK(first_difference(out, expected, x) == none);
                }
            }
        }
    }
}

TEST_CASE("fake_quantize: every length, and nothing beyond the end is written") {
    std::vector<float> all = special_reals();
    for (int i = 0; i < 300; ++i) all.push_back(static_cast<float>(i - 150) * 0.77F);
    const QuantParams params{0.9F, -3};
    const Grid grid{-128, 127, false, 0};
    std::vector<float> reals(all.size());
    fake_quantize(all, params, grid, reals.data(), 0, portable::kernels);
    for (const Kernels& kernels : runnable()) {
        for (std::size_t n = 0; n <= 140; ++n) {
            for (const std::size_t offset : std::array<std::size_t, 3>{0, 1, 30}) {
                std::vector<float> out(n + 70, 99.0F);
                fake_quantize(std::span<const float>(all).subspan(offset, n), params, grid,
                              out.data(), 0, kernels);
                std::vector<float> expected(out.size(), 99.0F);
                std::copy_n(reals.begin() + static_cast<std::ptrdiff_t>(offset), n,
                            expected.begin());
                REQUIRE(first_difference(out, expected) == none);
            }
        }
    }
}
