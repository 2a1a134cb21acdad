#include <algorithm>

#include <doctest/doctest.h>

#include "intact/gemm/dispatch.hpp"
#include "tests/gemm/cases.hpp"
#include "tests/gemm/code_cases.hpp"

using namespace gemm_cases;

namespace {

Counts& counts() {
    static Counts counts;
    return counts;
}

/// Where the product of rows that follow each other at once departs.
template <class A>
std::string departure_without_gaps(const Shape& shape, const gemm::Operand<std::int8_t>& b,
                                   const gemm::Kernel& kernel, std::mt19937& generator) {
    const auto codes = random_codes<A>(shape.m * shape.k, generator);
    const gemm::Operand<A> rows{.data = codes.data(),
                                .rows = shape.m,
                                .k = shape.k,
                                .row_stride = shape.k,
                                .zero_point = 3};
    return departure(rows, b, false, kernel);
}

/// What fetching() changes of each block that the kernel is given.
struct Afar {
    gemm::Kernel kernel{};
    bool is_ahead = false;

    [[nodiscard]] gemm::Block change(gemm::Block block) const {
        if (block.groups == 0) return block;  // no weights at all
        if (is_ahead) {
            block.ahead = block.panels;
            block.ahead_bytes = block.panel_count * block.panel_stride;
        } else {
            block.is_far = true;
        }
        return block;
    }
};

Afar& afar() {
    static Afar afar;
    return afar;
}

/// A kernel as it runs where weights come from afar, or where others lie ahead to be fetched.
gemm::Kernel fetching(const gemm::Kernel& kernel, bool is_ahead) {
    afar() = {kernel, is_ahead};
    gemm::Kernel changed = kernel;
    changed.multiply = [](const gemm::Block& block) {
        afar().kernel.multiply(afar().change(block));
    };
    if (kernel.multiply_to_codes != nullptr) {
        changed.multiply_to_codes = [](const gemm::Block& block, const gemm::Codes& codes) {
            afar().kernel.multiply_to_codes(afar().change(block), codes);
        };
    }
    return changed;
}

}  // namespace

TEST_CASE("Kernel: every one equals the definition at every edge of its tile") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        counts().add(simd::name(kernel.isa), 0);
    }
    for (const gemm::Kernel& kernel : runnable()) {
        int cases = 0;
        CAPTURE(simd::name(kernel.isa));
        CHECK(departure_at_edges(kernel, {1, 2, 3, 4, 5, 7, 8, 9, 31, 64}, cases) == "");
        counts().add(simd::name(kernel.isa), cases);
    }
}

TEST_CASE("Kernel: blocks of rows, of columns and pieces of k meet without a seam") {
    std::mt19937 generator(9);
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        unsigned layout = 0;
        for (const Shape& shape :
             {Shape{49, 129, 20}, Shape{97, 65, 33}, Shape{7, 33, 1023}, Shape{5, 17, 1025},
              Shape{1, 80, 2050}, Shape{1, 33, 33003}, Shape{1, 17, 32769}, Shape{13, 20, 9001},
              Shape{9, 20, 192}, Shape{9, 20, 320}, Shape{500, 20, 192}, Shape{70, 70, 1300},
              Shape{33, 40, 2503},
              // Weights of more than the second-level cache.
              Shape{1, 70000, 36}, Shape{1, 1504, 1792}, Shape{13, 1504, 1792}}) {
            layout += 13;
            CHECK(departure<std::uint8_t, std::int8_t>(shape, Layout::number(layout), kernel,
                                                       generator) == "");
            CHECK(departure<std::int8_t, std::uint8_t>(shape, Layout::number(layout + 7), kernel,
                                                       generator) == "");
            counts().add(simd::name(kernel.isa), 2);
        }
    }
}

TEST_CASE("Kernel: what is fetched on the way changes no sum") {
    for (const gemm::Kernel& plain : runnable()) {
        if (!plain.fetches_ahead) continue;
        CAPTURE(simd::name(plain.isa));
        for (const bool is_ahead : {false, true}) {
            const gemm::Kernel kernel = fetching(plain, is_ahead);
            int cases = 0;
            CHECK(departure_at_edges(kernel, {4, 256, 266}, cases) == "");
            if (kernel.multiply_to_codes != nullptr) {
                CHECK(departure_to_codes(kernel, cases) == "");
            }
            counts().add(simd::name(kernel.isa), cases);
        }
    }
}

TEST_CASE("Kernel: rows without a gap between them are not read beyond the last one") {
    std::mt19937 generator(12);
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        std::vector<Shape> shapes{{97, 16, 27}, {150, 65, 147}, {500, 5, 1027}};
        for (Index m = 65; m <= 72; ++m) {  // ends anywhere in a word of memory
            for (const Index k : {1, 2, 3, 5}) shapes.push_back({m, 17, k});
        }
        for (const Shape& shape : shapes) {
            for (const bool has_zero_points : {false, true}) {
                const Side<std::int8_t> b(shape.n, shape.k, false, has_zero_points, generator);
                CHECK(departure_without_gaps<std::uint8_t>(shape, b.operand, kernel, generator) ==
                      "");
                CHECK(departure_without_gaps<std::int8_t>(shape, b.operand, kernel, generator) ==
                      "");
                counts().add(simd::name(kernel.isa), 2);
            }
        }
    }
}

TEST_CASE("Kernel: 8-bit outputs equal the exact product, rounded once, at every edge") {
    for (const gemm::Kernel& kernel : runnable()) {
        int cases = 0;
        CAPTURE(simd::name(kernel.isa));
        CHECK(departure_to_codes(kernel, cases) == "");
        counts().add(simd::name(kernel.isa), cases);
    }
}

TEST_CASE("Kernel: extreme codes and zero points do not saturate") {
    for (const gemm::Kernel& kernel : runnable()) {
        int cases = 0;
        CAPTURE(simd::name(kernel.isa));
        CHECK(departure_at_extremes(kernel, {kernel.rows + 1, kernel.columns + 1, 260}, cases) ==
              "");
        CHECK(departure_at_extremes(kernel, {1, kernel.columns + 1, 260}, cases) == "");
        counts().add(simd::name(kernel.isa), cases);
    }
}

TEST_CASE("Kernel: sums may wrap on the way to a sum that fits") {
    // int8 codes 127 are 255 in canonical form: 255 * -128 * 131071 is twice what an int32 holds.
    std::mt19937 generator(10);
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        const Index k = gemm::largest_k(128, 128);
        for (const int code : {-128, 127}) {
            Side<std::int8_t> a(2, k, false, false, generator);
            Side<std::int8_t> b(2, k, false, false, generator);
            a.operand.zero_point = 0;
            b.operand.zero_point = 0;
            a.fill(static_cast<std::int8_t>(code));
            b.fill(-128);
            CHECK(departure(a.operand, b.operand, false, kernel) == "");
            counts().add(simd::name(kernel.isa), 1);
        }
    }
}

TEST_CASE("Kernel: its tile fits a step, and the list ends with the portable one") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        CHECK(kernel.rows <= gemm::most_step_rows);
        CHECK(kernel.rows * std::max(kernel.columns, gemm::usual_block_columns) <=
              gemm::most_step_sums);
        CHECK(kernel.rows % kernel.read_rows == 0);
        CHECK((kernel.read_rows & (kernel.read_rows - 1)) == 0);
        CHECK((kernel.read_k & (kernel.read_k - 1)) == 0);
        CHECK((kernel.read_k == 1 || kernel.read_k % gemm::group == 0));
        CHECK(kernel.read_k / gemm::group * gemm::panel_group_bytes <= gemm::packed_slack);
        CHECK(kernel.columns % gemm::panel_columns == 0);
        CHECK((kernel.code_bytes == 1 || kernel.code_bytes == 2));
    }
    CHECK(gemm::kernels().back().isa == simd::Isa::portable);
    CHECK(gemm::best_kernel().isa <= simd::selected());
}
