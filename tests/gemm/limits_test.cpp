#include <string>

#include <doctest/doctest.h>

#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

/// Codes that are all the same, without zero points.
template <class T>
struct Constant {
    Constant(Index rows, Index k, T code)
        : codes(static_cast<std::size_t>(rows * k), code),
          operand{.data = codes.data(), .rows = rows, .k = k, .row_stride = k} {}
    Constant(const Constant&) = delete;
    Constant& operator=(const Constant&) = delete;

    std::vector<T> codes;
    gemm::Operand<T> operand;
};

}  // namespace

TEST_CASE("largest_k: the limits of the usual pairs of grids") {
    CHECK(gemm::largest_k(128, 128) == 131071);  // int8 x int8
    CHECK(gemm::largest_k(128, 127) == 132104);  // one of them narrow
    CHECK(gemm::largest_k(127, 127) == 133144);  // both narrow
    CHECK(gemm::largest_k(255, 128) == 65793);   // uint8 x int8
    CHECK(gemm::largest_k(255, 127) == 66311);
    CHECK(gemm::largest_k(255, 255) == 33025);  // uint8 x uint8, or affine on both sides
    CHECK(gemm::largest_k(32768, 128) == 511);
    CHECK(gemm::largest_k(32768, 32768) == 1);
}

TEST_CASE("largest_k: a bias takes room, and no terms need none") {
    CHECK(gemm::largest_k(255, 255, 65025) == 33024);
    CHECK(gemm::largest_k(1, 1, 2147483647) == 0);
    CHECK(gemm::largest_k(1, 1, 2147483648) == 0);
    CHECK(gemm::largest_k(0, 255) > 1'000'000'000'000);
}

TEST_CASE("multiply: the last k that int32 holds is exact") {
    const Constant<std::uint8_t> a(1, 33025, 255);
    const Constant<std::uint8_t> b(1, 33025, 255);
    const gemm::Packed packed = gemm::pack(b.operand);
    std::int32_t sum = 0;
    gemm::multiply(a.operand, packed, gemm::Raw(), &sum, 1, 1);
    CHECK(sum == 2147450625);
}

TEST_CASE(
    "multiply: one term more is refused for int32 and 8-bit outputs, which stay as they are") {
    const Constant<std::uint8_t> a(1, 33026, 255);
    const Constant<std::uint8_t> b(1, 33026, 255);
    const gemm::Packed packed = gemm::pack(b.operand);
    const char* message =
        "gemm::multiply: the sums can leave int32, expected at most 33025 terms (more only with "
        "float or int64 outputs), given 33026";
    std::int32_t sum = 77;
    CHECK_THROWS_WITH_AS(gemm::multiply(a.operand, packed, gemm::Raw(), &sum, 1, 1), message,
                         std::invalid_argument);
    CHECK(sum == 77);
    std::uint8_t code = 77;
    const double factor = 1.0;
    const gemm::RequantizeSums<std::uint8_t> epilogue{.factors = &factor};
    CHECK_THROWS_WITH_AS(gemm::multiply(a.operand, packed, epilogue, &code, 1, 1), message,
                         std::invalid_argument);
    CHECK(code == 77);
}

TEST_CASE("multiply: beyond int32 the int64 sums and their floats are right in every kernel") {
    const Constant<std::uint8_t> a(3, 33026, 255);
    const Constant<std::uint8_t> b(20, 33026, 255);
    const gemm::Packed packed = gemm::pack(b.operand);
    const std::vector<float> scales(20, 0.5F);
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        std::vector<std::int64_t> sums(60);
        gemm::multiply(a.operand, packed, gemm::Raw64(), sums.data(), 20, 1, kernel);
        CHECK(sums == std::vector<std::int64_t>(60, 2147515650));
        std::vector<float> reals(60);
        gemm::multiply(a.operand, packed, gemm::DequantizeSums{.scales = scales.data()},
                       reals.data(), 1, 3, kernel);
        CHECK(reals == std::vector<float>(60, 0.5F * 2147515650.0F));
    }
}

TEST_CASE("multiply: int64 sums of random codes with zero points equal the definition") {
    std::mt19937 generator(3);
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        const Side<std::int8_t> a(2, 140000, false, true, generator);
        const Side<std::uint8_t> b(3, 140000, true, true, generator);
        std::vector<std::int64_t> sums(6);
        gemm::multiply(a.operand, gemm::pack(b.operand), gemm::Raw64(), sums.data(), 3, 1, kernel);
        for (Index i = 0; i < 2; ++i) {
            for (Index j = 0; j < 3; ++j) {
                CHECK(sums[static_cast<std::size_t>(i * 3 + j)] ==
                      gemm::reference_sum(a.operand, b.operand, i, j));
            }
        }
    }
}

TEST_CASE("multiply: the limit follows the grids, the zero points and the bias") {
    const Constant<std::int8_t> a(1, 133144, 127);
    const Constant<std::int8_t> b(1, 133144, 127);
    auto narrow_a = a.operand;
    auto narrow_b = b.operand;
    narrow_a.qmin = -127;
    narrow_b.qmin = -127;
    std::int32_t sum = 0;
    gemm::multiply(narrow_a, gemm::pack(narrow_b), gemm::Raw(), &sum, 1, 1);
    CHECK(sum == 133144 * 16129);
    CHECK_THROWS_AS(gemm::multiply(a.operand, gemm::pack(narrow_b), gemm::Raw(), &sum, 1, 1),
                    std::invalid_argument);
    narrow_a.zero_point = 1;  // 128 steps from the zero point to the lowest code
    CHECK_THROWS_AS(gemm::multiply(narrow_a, gemm::pack(narrow_b), gemm::Raw(), &sum, 1, 1),
                    std::invalid_argument);
    narrow_a.zero_point = 0;
    const std::int32_t bias = 5000;
    const double factor = 0x1p-30;
    std::int8_t code = 0;
    const gemm::RequantizeSums<std::int8_t> epilogue{.factors = &factor, .bias = &bias};
    CHECK_THROWS_AS(gemm::multiply(narrow_a, gemm::pack(narrow_b), epilogue, &code, 1, 1),
                    std::invalid_argument);
}
