// Operands and outputs that end where readable memory does: whoever touches a byte behind them is
// stopped by the system.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/gemm/requantize_sums.hpp"
#include "tests/gemm/cases.hpp"

#if defined(__linux__)
#include "tests/fenced.hpp"

using namespace gemm_cases;

namespace {

/// Whether a product of fenced codes, with rows of A and of the output `gap` apart, is exact.
template <class A>
bool stays_inside(const Shape& shape, Index gap, const gemm::Kernel& kernel,
                  std::mt19937& generator) {
    const auto [m, n, k] = shape;
    const Index a_stride = k + gap;
    const Index out_stride = n + gap;
    const Fenced<A> codes((m - 1) * a_stride + k);
    const Fenced<std::int32_t> sums((m - 1) * out_stride + n);
    const std::vector<A> random = random_codes<A>((m - 1) * a_stride + k, generator);
    std::copy(random.begin(), random.end(), codes.data());
    const gemm::Operand<A> a{.data = codes.data(), .rows = m, .k = k, .row_stride = a_stride};
    const std::vector<std::int8_t> w = random_codes<std::int8_t>(n * k, generator);
    const gemm::Operand<std::int8_t> b{.data = w.data(), .rows = n, .k = k, .row_stride = k};
    gemm::multiply(a, gemm::pack(b), gemm::Raw(), sums.data(), out_stride, 1, kernel);
    for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
            if (sums.data()[i * out_stride + j] != gemm::reference_sum(a, b, i, j)) return false;
        }
    }
    return true;
}

/// The same for a product to codes, whose multipliers are fenced too.
bool stays_inside_to_codes(const Shape& shape, Index gap, const gemm::Kernel& kernel,
                           std::mt19937& generator) {
    using Policy = intact::elementwise::ExactRounding;
    const auto [m, n, k] = shape;
    const Index out_stride = n + gap;
    const Fenced<std::uint8_t> x(m * k);
    const auto random = random_codes<std::uint8_t>(m * k, generator);
    std::copy(random.begin(), random.end(), x.data());
    const auto w = random_codes<std::int8_t>(n * k, generator);
    const gemm::Operand<std::uint8_t> a{.data = x.data(), .rows = m, .k = k, .row_stride = k};
    const gemm::Operand<std::int8_t> b{.data = w.data(), .rows = n, .k = k, .row_stride = k};
    const Fenced<double> factors(n);
    for (Index j = 0; j < n; ++j) {
        factors.data()[j] = Policy::factor(1.0 / static_cast<double>(64 * k + j));
    }
    const Fenced<std::uint8_t> codes((m - 1) * out_stride + n);
    const gemm::RequantizeSums<std::uint8_t> epilogue{.factors = factors.data(), .zero_point = 99};
    gemm::multiply(a, gemm::pack(b), epilogue, codes.data(), out_stride, 1, kernel);
    for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
            const auto sum = static_cast<std::int32_t>(gemm::reference_sum(a, b, i, j));
            const int code = std::clamp(Policy::apply(sum, factors.data()[j]) + 99, 0, 255);
            if (codes.data()[i * out_stride + j] != code) return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("multiply: touches no byte behind the last code, sum and multiplier") {
    std::mt19937 generator(31);
    for (const gemm::Kernel& kernel : runnable()) {
        const std::string isa = simd::name(kernel.isa);
        CAPTURE(isa);
        for (const Index m : {1, 2, 5, 7, 17, 66, 70}) {
            for (const Index n : {1, 5, 15, 16, 17, 33, 63, 65}) {
                for (const Index k : {1, 2, 3, 4, 5, 13, 62, 63, 64, 65, 87}) {
                    CAPTURE(m);
                    CAPTURE(n);
                    CAPTURE(k);
                    const Index gap = (m + n + k) % 3;
                    CHECK(stays_inside<std::uint8_t>({m, n, k}, gap, kernel, generator));
                    CHECK(stays_inside<std::int8_t>({m, n, k}, gap, kernel, generator));
                    CHECK(stays_inside_to_codes({m, n, k}, gap, kernel, generator));
                }
            }
        }
        CHECK(stays_inside<std::uint8_t>({3, 259, 4101}, 1, kernel, generator));
        CHECK(stays_inside<std::uint8_t>({9, 67, 5001}, 0, kernel, generator));  // pieces of k
    }
}

TEST_CASE("multiply: touches no byte between the rows") {
    const auto page = static_cast<Index>(sysconf(_SC_PAGESIZE));
    std::mt19937 generator(33);
    for (const gemm::Kernel& kernel : runnable()) {
        const std::string isa = simd::name(kernel.isa);
        CAPTURE(isa);
        for (const Index m : {2, 8, 31}) {
            for (const Index k : {1, 7, 61, 64}) {
                CAPTURE(m);
                CAPTURE(k);
                const Fenced<std::uint8_t> codes(2 * page * m -
                                                 page);  // a page is ours, one is not
                for (Index i = 0; i + 1 < m; ++i) {
                    REQUIRE(mprotect(codes.data() + (2 * i + 1) * page,
                                     static_cast<std::size_t>(page), PROT_NONE) == 0);
                }
                const gemm::Operand<std::uint8_t> a{
                    .data = codes.data() + page - k, .rows = m, .k = k, .row_stride = 2 * page};
                const auto w = random_codes<std::int8_t>(17 * k, generator);
                const gemm::Operand<std::int8_t> b{
                    .data = w.data(), .rows = 17, .k = k, .row_stride = k};
                CHECK(departure(a, b, false, kernel) == "");
            }
        }
    }
}

TEST_CASE("multiply: rows that overlap, each a code further, as a convolution over time has them") {
    std::mt19937 generator(32);
    for (const gemm::Kernel& kernel : runnable()) {
        const std::string isa = simd::name(kernel.isa);
        CAPTURE(isa);
        for (const Index stride : {0, 1, 2, 3, 4, 5}) {
            for (const Index m : {8, 70}) {
                const Index k = 5 + (stride + m) % 4;
                const Fenced<std::uint8_t> codes((m - 1) * stride + k);
                const auto random = random_codes<std::uint8_t>((m - 1) * stride + k, generator);
                std::copy(random.begin(), random.end(), codes.data());
                const gemm::Operand<std::uint8_t> a{
                    .data = codes.data(), .rows = m, .k = k, .row_stride = stride};
                const auto w = random_codes<std::int8_t>(3 * k, generator);
                const gemm::Operand<std::int8_t> b{
                    .data = w.data(), .rows = 3, .k = k, .row_stride = k};
                CHECK(departure(a, b, false, kernel) == "");
            }
        }
    }
}

#endif
