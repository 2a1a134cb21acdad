#include "intact/gemm/blocking/part.hpp"
#include "intact/gemm/kernels/portable.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

TEST_CASE("panels_after: the next block, the first one for the next strip, none at the end") {
    const gemm::Packed b = [] {
        std::mt19937 generator(16);
        return gemm::pack(Side<std::int8_t>(200, 10, false, false, generator).operand);
    }();
    const gemm::Part part{0, 10, 64, 100};  // columns 64 to 163
    const auto next = gemm::detail::panels_after(b, part, 96, true, 32);
    CHECK(next.data() == b.panel(6));
    CHECK(std::ssize(next) == 2 * b.panel_stride());

    const auto last = gemm::detail::panels_after(b, part, 160, true, 32);
    CHECK(last.data() == b.panel(10));
    CHECK(std::ssize(last) == b.panel_stride());

    const auto of_next_strip = gemm::detail::panels_after(b, part, 164, false, 32);
    CHECK(of_next_strip.data() == b.panel(4));
    CHECK(std::ssize(of_next_strip) == 2 * b.panel_stride());

    CHECK(gemm::detail::panels_after(b, part, 164, true, 32).empty());
}

TEST_CASE("multiply_part: a kernel is entered and left around its calls, once a part") {
    static int inside = 0;
    static int entered = 0;
    static int outside_calls = 0;
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.enter = [](gemm::KernelState&) {
        ++inside;
        ++entered;
    };
    kernel.leave = [](gemm::KernelState&) { --inside; };
    kernel.multiply = [](const gemm::Block& block) {
        if (inside != 1) ++outside_calls;
        gemm::portable::kernel.multiply(block);
    };
    std::mt19937 generator(17);
    CHECK(departure<std::uint8_t, std::int8_t>({70, 70, 70}, Layout(), kernel, generator) == "");
    CHECK(inside == 0);
    CHECK(entered == 1);
    CHECK(outside_calls == 0);
}

namespace {

/// May store in a way of its own.
struct Derived : gemm::RequantizeSums<std::uint8_t> {};
static_assert(!gemm::QuickEpilogue<Derived> && !gemm::InterleavedEpilogue<Derived>);

int calls_to_codes = 0;

/// Calls of multiply_to_codes in a product with that epilogue.
template <gemm::Epilogue E>
int calls_to_codes_of(const E& epilogue) {
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.multiply_to_codes = [](const gemm::Block&, const gemm::Codes&) { ++calls_to_codes; };
    std::mt19937 generator(23);
    const Side<std::uint8_t> a(30, 10, false, false, generator);
    const gemm::Packed b = gemm::pack(Side<std::int8_t>(20, 10, false, false, generator).operand);
    std::vector<std::uint8_t> codes(30 * 20);
    calls_to_codes = 0;
    gemm::multiply_part<std::int32_t>(gemm::CanonicalRows(a.operand, kernel), b, epilogue,
                                      {codes.data(), 20, 1}, {0, 30, 0, 20}, kernel,
                                      gemm::thread_workspace());
    return calls_to_codes;
}

}  // namespace

TEST_CASE("multiply_part: a kernel makes codes itself where the epilogue says that it may") {
    const std::vector<double> factors(20, 0x1p-8);
    const gemm::RequantizeSums<std::uint8_t> quick{.factors = factors.data()};
    CHECK(calls_to_codes_of(quick) > 0);
    CHECK(calls_to_codes_of(Derived{quick}) == 0);
}

TEST_CASE("multiply_part: no terms and no memory, whatever the stride says") {
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        const gemm::Operand<std::uint8_t> a{.data = nullptr, .rows = 500, .k = 0, .row_stride = 1};
        const gemm::Packed b = gemm::pack(gemm::Operand<std::int8_t>{.rows = 70, .k = 0});
        std::vector<std::int32_t> sums(500 * 70, 1);
        gemm::multiply(a, b, gemm::Raw(), sums.data(), 70, 1, kernel);
        CHECK(std::count(sums.begin(), sums.end(), 0) == std::ssize(sums));
    }
}

TEST_CASE("multiply_part: panels are far where they do not fit the second-level cache") {
    static int near = 0;
    static int far = 0;
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.multiply = [](const gemm::Block& block) {
        ++(block.is_far ? far : near);
        gemm::portable::kernel.multiply(block);
    };
    constexpr Index k = 36;
    const Index fitting = simd::cache_sizes().l2 / (k * gemm::panel_columns) * gemm::panel_columns;
    std::mt19937 generator(18);
    CHECK(departure<std::uint8_t, std::int8_t>({1, fitting, k}, Layout(), kernel, generator) == "");
    CHECK(near > 0);
    CHECK(far == 0);
    near = 0;
    const Index wide = fitting + gemm::panel_columns;
    CHECK(departure<std::uint8_t, std::int8_t>({1, wide, k}, Layout(), kernel, generator) == "");
    CHECK(near == 0);
    CHECK(far > 0);
}

namespace {

Index stored = 0;  // sums

/// Sums as they are, counted; the product does not take them for Raw, so it stores none itself.
struct Counting : gemm::Raw {
    using Interleaved = Counting;

    void store(gemm::Sums<std::int32_t> sums, const gemm::Piece& piece, Output* out,
               Index stride) const {
        stored += piece.rows * piece.columns;
        Raw::store(sums, piece, out, stride);
    }
};

struct NotInterleaved : Counting {};

int errands = 0;
int errands_in_first_piece = 0;

/// A kernel that runs errands before its products, some rows at a time.
gemm::Kernel with_errands() {
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.runs_errands = true;
    kernel.multiply = [](const gemm::Block& block) {
        if (block.errand != nullptr) {
            ++errands;
            if (block.start != nullptr) ++errands_in_first_piece;
            const gemm::Errand& errand = *block.errand;
            for (Index row = 0; row < errand.rows; row += 3) {
                errand.run(errand.work, row, std::min<Index>(3, errand.rows - row));
            }
        }
        gemm::portable::kernel.multiply(block);
    };
    return kernel;
}

/// The product, 300 x 70.
template <gemm::Epilogue E>
std::vector<std::int32_t> outputs_of(const gemm::Operand<std::uint8_t>& a, const gemm::Packed& b,
                                     const E& epilogue, const gemm::Kernel& kernel,
                                     bool by_columns = false) {
    std::vector<std::int32_t> outputs(static_cast<std::size_t>(a.rows * b.n()));
    stored = 0;
    errands = 0;
    errands_in_first_piece = 0;
    gemm::multiply(a, b, epilogue, outputs.data(), by_columns ? 1 : b.n(), by_columns ? a.rows : 1,
                   kernel);
    CHECK(stored == 300 * 70);
    return outputs;
}

}  // namespace

TEST_CASE("multiply_part: the epilogue of a step is an errand of the next, in its first piece") {
    std::mt19937 generator(20);
    for (const Index k : {Index{40}, 2 * gemm::most_piece_groups * gemm::group + 5}) {
        const Side<std::uint8_t> a(300, k, false, false, generator);
        Side<std::int8_t> b(70, k, false, false, generator);
        b.operand.zero_point = 0;  // all rows start from the same, which the first piece is given
        const gemm::Packed packed = gemm::pack(b.operand);
        const auto expected = outputs_of(a.operand, packed, Counting(), gemm::portable::kernel);
        CHECK(errands == 0);
        CHECK(outputs_of(a.operand, packed, Counting(), with_errands()) == expected);
        CHECK(errands >= 5);
        CHECK(errands_in_first_piece == errands);
        CHECK(outputs_of(a.operand, packed, NotInterleaved(), with_errands()) == expected);
        CHECK(errands == 0);
        const auto columns =
            outputs_of(a.operand, packed, Counting(), gemm::portable::kernel, true);
        CHECK(outputs_of(a.operand, packed, Counting(), with_errands(), true) == columns);
        CHECK(errands == 0);  // stored in longer runs
    }
}

namespace {

/// Whether few rows, in wide blocks, give what they give among many, in usual ones.
template <gemm::Epilogue E>
bool is_same_among_many(Index k, const E& epilogue, const gemm::Kernel& kernel) {
    using T = typename E::Output;
    constexpr Index n = gemm::block_columns + 3;
    const Index few = std::min<Index>(3, kernel.rows - 1);
    std::mt19937 generator(18);
    const Side<std::uint8_t> a(kernel.rows + 17, k, false, true, generator);
    const Side<std::int8_t> b(n, k, false, true, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    std::vector<T> many(static_cast<std::size_t>(a.operand.rows * n));
    gemm::multiply(a.operand, packed, epilogue, many.data(), n, 1, kernel);
    gemm::Operand<std::uint8_t> first = a.operand;
    first.rows = few;
    std::vector<T> alone(static_cast<std::size_t>(few * n));
    gemm::multiply(first, packed, epilogue, alone.data(), n, 1, kernel);
    many.resize(alone.size());
    return alone == many;
}

}  // namespace

TEST_CASE("multiply_part: few rows in wide blocks, every layout at the end of one") {
    std::mt19937 generator(19);
    for (const gemm::Kernel& kernel : runnable()) {
        const std::string isa = simd::name(kernel.isa);
        CAPTURE(isa);
        for (unsigned index = 0; index < 64; ++index) {
            const Index n = gemm::block_columns + static_cast<Index>(index % 3) - 1;
            const Shape shape{1 + static_cast<Index>(index) % 5, n, static_cast<Index>(index) % 19};
            const Layout layout = Layout::number(index);
            CHECK((departure<std::uint8_t, std::int8_t>(shape, layout, kernel, generator)) == "");
            CHECK((departure<std::int8_t, std::uint8_t>(shape, layout, kernel, generator)) == "");
        }
    }
}

TEST_CASE("multiply_part: few rows in wide blocks, with every kind of output") {
    constexpr std::size_t n = gemm::block_columns + 3;
    std::vector<float> scales(n);
    std::vector<float> bias(n);
    std::vector<double> factors(n);
    std::vector<std::int32_t> sums(n);
    for (std::size_t j = 0; j < n; ++j) {
        scales[j] = 0.001F * static_cast<float>(1 + j);
        bias[j] = static_cast<float>(j) - 100.0F;
        factors[j] = 1e-3 / static_cast<double>(1 + j);
        sums[j] = static_cast<std::int32_t>(j * j);
    }
    std::vector<float> row_scales(200);
    for (std::size_t i = 0; i < row_scales.size(); ++i) {
        row_scales[i] = 1.0F / static_cast<float>(i + 1);
    }
    const gemm::DequantizeSums reals{.scales = scales.data(), .bias = bias.data()};
    gemm::DequantizeSums by_row = reals;
    by_row.row_scales = row_scales.data();
    const gemm::RequantizeSums<std::uint8_t> codes{
        .factors = factors.data(), .bias = sums.data(), .zero_point = 7};
    for (const gemm::Kernel& kernel : runnable()) {
        const std::string isa = simd::name(kernel.isa);
        CAPTURE(isa);
        CHECK(is_same_among_many(30, gemm::Raw(), kernel));
        CHECK(is_same_among_many(30, reals, kernel));
        CHECK(is_same_among_many(30, by_row, kernel));
        CHECK(is_same_among_many(30, codes, kernel));
        CHECK(is_same_among_many(70'000, gemm::Raw64(), kernel));  // sums of 64 bits
        CHECK(is_same_among_many(70'000, by_row, kernel));
    }
}
