#include "intact/gemm/part.hpp"
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

namespace {

/// Packed weights of n columns, 10 codes along k.
gemm::Packed weights(Index n) {
    std::mt19937 generator(16);
    const Side<std::int8_t> side(n, 10, false, false, generator);
    return gemm::pack(side.operand);
}

}  // namespace

TEST_CASE("panels_after: the next block, the first one for the next strip, none at the end") {
    const gemm::Packed b = weights(200);
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

TEST_CASE("fetch_ahead: the steps over a block share the next panels without gap or overlap") {
    const gemm::Packed b = weights(64);
    const std::span<const std::int8_t> panels(b.panel(0), 12 * 64);
    for (const Index steps : {1, 2, 5, 7, 12, 20}) {
        const std::int8_t* next = panels.data();
        for (Index step = 0; step < steps; ++step) {
            gemm::Block block{};
            gemm::detail::fetch_ahead(block, panels, step, steps);
            CHECK(block.ahead == next);
            CHECK(block.ahead_bytes % 64 == 0);
            next += block.ahead_bytes;
        }
        CHECK(next == panels.data() + panels.size());
    }
}

TEST_CASE("add_product: the pieces of k share what is fetched ahead") {
    static Index fetched = 0;
    static Index calls = 0;
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.multiply = [](const gemm::Block& block) {
        fetched += block.ahead_bytes;
        ++calls;
    };
    const gemm::Packed b = weights(64);
    const std::vector<std::uint8_t> strip(4 * gemm::most_piece_groups * gemm::group);
    const std::vector<std::int8_t> panels(4 * gemm::most_piece_groups * gemm::panel_group_bytes);
    gemm::Block block{};
    block.strip = strip.data();
    block.panels = panels.data();
    block.rows = 2 * kernel.rows;
    block.groups = 3 * gemm::piece_groups(kernel) + 5;
    block.ahead = b.panel(0);
    block.ahead_bytes = 11 * 64;
    gemm::detail::add_product(block, kernel);
    CHECK(calls == 4);
    CHECK(fetched == 11 * 64);
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

/// Takes tiles for itself, or may.
struct Theirs : gemm::Raw {};

Index stored = 0;  // sums

struct Counting : gemm::Raw {
    using Interleaved = Counting;

    void store(gemm::Sums<std::int32_t> sums, const gemm::Piece& piece, Output* out,
               Index stride) const {
        stored += piece.rows * piece.columns;
        Raw::store(sums, piece, out, stride);
    }
};

int errands = 0;
int errands_before_the_end = 0;  // with products of the same call still to come

/// A kernel that runs errands before its products, some rows at a time.
gemm::Kernel with_errands() {
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.near_bytes = 32 * 1024;  // pieces of k
    kernel.runs_errands = true;
    kernel.multiply = [](const gemm::Block& block) {
        if (block.errand != nullptr) {
            ++errands;
            if (block.start != nullptr) ++errands_before_the_end;
            const gemm::Errand& errand = *block.errand;
            for (Index row = 0; row < errand.rows; row += 3) {
                errand.run(errand.work, row, std::min<Index>(3, errand.rows - row));
            }
        }
        gemm::portable::kernel.multiply(block);
    };
    return kernel;
}

template <gemm::Epilogue E>
std::vector<std::int32_t> outputs_of(const gemm::Operand<std::uint8_t>& a, const gemm::Packed& b,
                                     const E& epilogue, const gemm::Kernel& kernel) {
    std::vector<std::int32_t> outputs(static_cast<std::size_t>(a.rows * b.n()));
    errands = 0;
    errands_before_the_end = 0;
    gemm::multiply(a, b, epilogue, outputs.data(), 1, a.rows,
                   kernel);  // by columns: no direct sums
    return outputs;
}

}  // namespace

TEST_CASE("multiply_part: the epilogue of a step is an errand of the next, in its first piece") {
    std::mt19937 generator(20);
    for (const Index k : {Index{40}, 3 * 1024 + Index{5}}) {
        const Side<std::uint8_t> a(300, k, false, true, generator);
        const Side<std::int8_t> b(70, k, false, true, generator);
        const gemm::Packed packed = gemm::pack(b.operand);
        const auto expected = outputs_of(a.operand, packed, gemm::Raw(), gemm::portable::kernel);
        CHECK(errands == 0);
        stored = 0;
        CHECK(outputs_of(a.operand, packed, Counting(), with_errands()) == expected);
        CHECK(errands >= 5);
        CHECK(stored == 300 * 70);
        CHECK(outputs_of(a.operand, packed, Theirs(), with_errands()) == expected);
        CHECK(errands == 0);
    }
    // All rows start from the same sums, which only the first piece is given.
    const Side<std::uint8_t> a(300, 3 * 1024 + 5, false, false, generator);
    Side<std::int8_t> b(70, 3 * 1024 + 5, false, false, generator);
    b.operand.zero_point = 0;
    const gemm::Packed packed = gemm::pack(b.operand);
    const auto expected = outputs_of(a.operand, packed, gemm::Raw(), gemm::portable::kernel);
    CHECK(outputs_of(a.operand, packed, gemm::Raw(), with_errands()) == expected);
    CHECK(errands >= 5);
    CHECK(errands_before_the_end == errands);
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
