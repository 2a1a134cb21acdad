#include "intact/gemm/add_residual_to_sums.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "intact/gemm/requantize_sums.hpp"
#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

TEST_CASE(
    "AddResidualToSums: the sum plus the residual in steps of the sum, then the other epilogue") {
    constexpr Index m = 37;
    constexpr Index n = 75;
    std::mt19937 generator(41);
    const Side<std::uint8_t> a(m, 20, false, false, generator);
    const Side<std::int8_t> b(n, 20, false, true, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    const std::vector<std::int8_t> residual = random_codes<std::int8_t>(m * (n + 2), generator);
    std::vector<double> factors;
    std::vector<double> of_residual;
    std::vector<std::int32_t> bias;
    for (int j = 0; j < n; ++j) {
        factors.push_back(elementwise::ExactRounding::factor(0x1p-9 * (1.0 + 0.01 * j)));
        of_residual.push_back(elementwise::ExactRounding::factor(100.3 + j));
        bias.push_back(50 * j - 1000);
    }
    const gemm::RequantizeSums<std::uint8_t> next{
        .factors = factors.data(), .bias = bias.data(), .zero_point = 100};
    const gemm::AddResidualToSums<std::int8_t, gemm::RequantizeSums<std::uint8_t>> epilogue{
        .codes = residual.data(),
        .stride = n + 2,
        .zero_point = -7,
        .factors = of_residual.data(),
        .next = next};
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        std::vector<std::uint8_t> codes(m * n);
        gemm::multiply(a.operand, packed, epilogue, codes.data(), n, 1, kernel);
        int wrong = 0;
        int clamped = 0;
        for (Index i = 0; i < m; ++i) {
            for (Index j = 0; j < n; ++j) {
                const auto at = static_cast<std::size_t>(j);
                const double level = residual[static_cast<std::size_t>(i * (n + 2) + j)] + 7;
                const double sum =
                    static_cast<double>(gemm::reference_sum(a.operand, b.operand, i, j)) +
                    bias[at] + std::nearbyint(level * of_residual[at]);
                const double code = std::nearbyint(sum * factors[at]) + 100.0;
                const double expected = std::min(255.0, std::max(0.0, code));
                clamped += expected != code ? 1 : 0;
                wrong += codes[static_cast<std::size_t>(i * n + j)] != expected ? 1 : 0;
            }
        }
        CHECK(wrong == 0);
        CHECK(0 < clamped);
        CHECK(clamped < m * n / 2);
    }
}

TEST_CASE("AddResidualToSums: what leaves int32 is cut, on both sides") {
    const std::vector<std::uint8_t> codes{0, 255};
    const double factors[] = {0x1p19, 0x1p19};
    const gemm::AddResidualToSums<std::uint8_t, gemm::Raw> epilogue{
        .codes = codes.data(), .stride = 2, .zero_point = 128, .factors = factors, .next = {}};
    const std::int32_t sums[] = {INT32_MIN + 5, INT32_MAX - 5};
    std::int32_t out[2] = {};
    epilogue.store({sums, 2}, {.row = 0, .column = 0, .rows = 1, .columns = 2}, out, 2);
    CHECK(out[0] == INT32_MIN);
    CHECK(out[1] == INT32_MAX);
}
