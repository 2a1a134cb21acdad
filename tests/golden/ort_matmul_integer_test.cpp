// MatMulInteger of ONNX Runtime 1.30: exact int32 products, zero points for all or for each column.
#include <cstdint>
#include <vector>

#include "broadcast.hpp"
#include "compare.hpp"
#include "golden.hpp"
#include "products.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group matmul("g2_ort_matmulinteger");
    return matmul;
}

template <class A, class B>
void check_row(const golden::Row& row) {
    CAPTURE(row.name);
    const golden::Shape shape_a = row.input("a").shape();
    const golden::Shape shape_b = row.input("b").shape();
    REQUIRE(shape_a.size() >= 2);
    REQUIRE(shape_b.size() >= 2);
    const gemm::Index m = shape_a[shape_a.size() - 2];
    const gemm::Index k = shape_a.back();
    const gemm::Index n = shape_b.back();
    const golden::Shape stack = golden::stack_of(row.expected("c").shape());
    const auto number_a = golden::broadcast(golden::stack_of(shape_a), stack);
    const auto number_b = golden::broadcast(golden::stack_of(shape_b), stack);
    const auto a = row.input("a").values<A>();
    const auto b = row.input("b").values<B>();
    const auto zero_a = golden::zero_points(row, "a_zero_point");
    const auto zero_b = golden::zero_points(row, "b_zero_point");
    const auto expected = row.expected("c").values<std::int32_t>();
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        std::vector<std::int32_t> given;
        for (std::size_t i = 0; i < number_a.size(); ++i) {
            const auto sums = golden::product(
                golden::rows_operand(a.data() + number_a[i] * m * k, m, k, zero_a),
                golden::columns_operand(b.data() + number_b[i] * k * n, k, n, zero_b), gemm::Raw(),
                kernel);
            given.insert(given.end(), sums.begin(), sums.end());
        }
        CHECK(golden::differences(given, expected) == "");
    });
}

}  // namespace

TEST_CASE("golden ORT MatMulInteger: exact sums") {
    for (const golden::Row* row : group().rows_of("MatMulInteger")) {
        golden::with_types(row->param("lhs"), row->param("rhs"),
                           [&](auto a, auto b) { check_row<decltype(a), decltype(b)>(*row); });
    }
}

TEST_CASE("golden ORT MatMulInteger: no row is passed over in silence") {
    group().report_others({"MatMulInteger"});
}
