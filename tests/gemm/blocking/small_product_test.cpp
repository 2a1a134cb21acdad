#include "intact/gemm/blocking/small_product.hpp"
#include "intact/gemm/kernels/portable.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

bool is_small(const Shape& shape, const gemm::Kernel& kernel, bool zero_points_of_rows = false) {
    std::mt19937 generator(1);
    const Side<std::uint8_t> a(shape.m, shape.k, false, zero_points_of_rows, generator);
    const Side<std::int8_t> b(shape.n, shape.k, false, false, generator);
    gemm::Packed packed = gemm::pack([&] {
        gemm::Operand<std::int8_t> canonical = b.operand;
        canonical.zero_point = 0;
        return canonical;
    }());
    return gemm::is_small(a.operand, packed, kernel);
}

}  // namespace

TEST_CASE("is_small: rows, columns and codes of the rows are bounded") {
    const gemm::Kernel& kernel = gemm::portable::kernel;
    CHECK(is_small({1, 1, 1}, kernel));
    CHECK(is_small({16, 64, 64}, kernel));
    CHECK(is_small({1, 64, 2000}, kernel));
    CHECK_FALSE(is_small({17, 1, 1}, kernel));
    CHECK_FALSE(is_small({1, 65, 1}, kernel));
    CHECK_FALSE(is_small({16, 64, 400}, kernel));
    CHECK_FALSE(is_small({4, 4, 4}, kernel, true));  // each row starts elsewhere
    gemm::Kernel entered = kernel;
    entered.enter = [](gemm::KernelState&) {};
    CHECK_FALSE(is_small({1, 1, 1}, entered));
}

TEST_CASE("is_small: the rows fit the strip on the stack, however a kernel packs and reads them") {
    gemm::Kernel kernel = gemm::portable::kernel;
    Index largest = 0;
    for (const Index code_bytes : {1, 2}) {
        for (const Index read_rows : {1, 2, 8, 16, 32}) {
            for (const Index read_k : {1, 4, 8, 64}) {
                kernel.code_bytes = code_bytes;
                kernel.read_rows = read_rows;
                kernel.read_k = read_k;
                for (Index rows = 1; rows <= 16; ++rows) {
                    for (Index k = 0; k <= 2048; ++k) {
                        const gemm::Operand<std::uint8_t> a{.rows = rows, .k = k};
                        if (!gemm::is_small(a, gemm::Packed(), kernel)) continue;
                        largest = std::max(largest, gemm::round_up(rows, read_rows) *
                                                        gemm::strip_stride(k, kernel));
                    }
                }
            }
        }
    }
    CHECK(largest <= gemm::detail::small_strip_bytes);
    CHECK(largest > 4096);
}

TEST_CASE("multiply_small: takes products of up to 16 rows that lie together, and no workspace") {
    std::mt19937 generator(2);
    for (const gemm::Kernel& kernel : runnable()) {
        const std::string isa = simd::name(kernel.isa);
        CAPTURE(isa);
        if (kernel.enter != nullptr) continue;  // is_small() refuses it: above
        const Side<std::int8_t> a(16, 30, false, false, generator);
        Side<std::int8_t> b(64, 30, false, false, generator);
        b.operand.zero_point = 0;
        const gemm::Packed packed = gemm::pack(b.operand);
        std::vector<std::int32_t> sums(16 * 64);
        gemm::Workspace workspace;
        gemm::multiply(a.operand, packed, gemm::Raw(), sums.data(), 64, 1, kernel, workspace);
        CHECK(workspace.bytes() == 0);
        CHECK(departure(a.operand, b.operand, false, kernel) == "");
        CHECK(departure(a.operand, b.operand, true, kernel) == "");
    }
}

TEST_CASE("multiply_small: every shape up to its bounds, of random layouts") {
    std::mt19937 generator(3);
    for (const gemm::Kernel& kernel : runnable()) {
        const std::string isa = simd::name(kernel.isa);
        CAPTURE(isa);
        for (int round = 0; round < 300; ++round) {
            const auto draw = [&](Index most) { return static_cast<Index>(generator()) % most; };
            const Shape shape{1 + draw(17), 1 + draw(66), draw(90)};
            Layout layout;
            layout.a_by_columns = draw(3) == 0;
            layout.out_by_columns = draw(3) == 0;
            layout.zero_points_are_canonical = true;
            CHECK((departure<std::uint8_t, std::int8_t>(shape, layout, kernel, generator)) == "");
            CHECK((departure<std::int8_t, std::uint8_t>(shape, layout, kernel, generator)) == "");
        }
    }
}
