// Products of 8-bit codes against NumPy's int64, and gemmlowp's with its output pipeline.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "compare.hpp"
#include "golden.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "products.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group gemm("g5_int8_gemm");
    return gemm;
}

/// The low 32 bits of each sum.
std::vector<std::int32_t> wrapped(const std::vector<std::int64_t>& sums) {
    std::vector<std::int32_t> low;
    for (const std::int64_t sum : sums) {
        low.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(sum)));
    }
    return low;
}

/// Largest |code - zero point| of a code type; the zero point is 0 where none is given.
template <class T>
std::int64_t level(golden::ZeroPoints zero) {
    if (zero.all.empty()) zero.all.push_back(0);
    std::int64_t largest = 0;
    for (const std::int64_t z : zero.all) {
        largest = std::max(
            {largest, std::numeric_limits<T>::max() - z, z - std::numeric_limits<T>::min()});
    }
    return largest;
}

template <class A, class B>
void check_product(const golden::Row& row) {
    CAPTURE(row.name);
    const gemm::Index m = row.integer("M");
    const gemm::Index k = row.integer("K");
    const gemm::Index n = row.integer("N");
    const auto a = row.input("a").values<A>();
    const auto b = row.input("b").values<B>();
    const auto zero_a = golden::zero_points(row, "a_zero_point");
    const auto zero_b = golden::zero_points(row, "b_zero_point");
    const auto left = golden::rows_operand(a.data(), m, k, zero_a);
    const auto right = golden::columns_operand(b.data(), k, n, zero_b);
    const auto expected = row.expected("c").values<std::int32_t>();
    const std::int64_t limit = 2147483647 / (level<A>(zero_a) * level<B>(zero_b));
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        // NumPy's sums beyond int32 wrap; ours are refused as int32 and exact as int64.
        const auto wide = golden::product(left, right, gemm::Raw64(), kernel);
        CHECK(golden::differences(wrapped(wide), expected) == "");
        if (k > limit) {
            CHECK_THROWS_AS((void)golden::product(left, right, gemm::Raw(), kernel),
                            std::invalid_argument);
        } else {
            const auto sums = golden::product(left, right, gemm::Raw(), kernel);
            CHECK(golden::differences(sums, expected) == "");
        }
    });
}

template <class A, class B, class T>
void check_requantize(const golden::Row& row) {
    CAPTURE(row.name);
    const gemm::Index m = row.integer("M");
    const gemm::Index k = row.integer("K");
    const gemm::Index n = row.integer("N");
    const auto a = row.input("a").values<A>();
    const auto b = row.input("b").values<B>();
    const auto left =
        golden::rows_operand(a.data(), m, k, golden::zero_points(row, "a_zero_point"));
    const auto right =
        golden::columns_operand(b.data(), k, n, golden::zero_points(row, "b_zero_point"));
    const auto bias = row.input("bias").values<std::int32_t>();
    std::vector<double> factors;
    for (const float multiplier : golden::for_columns(row.input("multiplier").values<float>(),
                                                      static_cast<std::size_t>(n))) {
        factors.push_back(elementwise::ExactRounding::factor(double{multiplier}));
    }
    const gemm::RequantizeSums<T> epilogue{.factors = factors.data(),
                                           .bias = bias.data(),
                                           .zero_point = row.integer("out_zero_point")};
    const auto near_tie = row.expected("near_tie").values<std::uint8_t>();
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        auto sums = golden::product(left, right, gemm::Raw(), kernel);
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += bias[i % bias.size()];
        CHECK(golden::differences(sums, row.expected("acc").values<std::int32_t>()) == "");
        const auto codes = golden::product(left, right, epilogue, kernel);
        CHECK(golden::differences(codes, row.expected("q").values<T>(), near_tie) == "");
    });
}

/// c = clamp(fixed point(a * b + bias) + zero point). gemmlowp's bias belongs to the rows, so its
/// product is taken as the transpose: transpose(c) = transpose(b) * transpose(a).
void check_pipeline(const golden::Row& row) {
    CAPTURE(row.name);
    const gemm::Index m = row.integer("M");
    const gemm::Index k = row.integer("K");
    const gemm::Index n = row.integer("N");
    const bool bias_of_rows = row.param("bias_axis").rfind("row", 0) == 0;
    const auto a = row.input("a").values<std::uint8_t>();
    const auto b = row.input("b").values<std::uint8_t>();
    const auto bias = row.input("bias").values<std::int32_t>();
    const auto rows =
        golden::rows_operand(a.data(), m, k, golden::zero_points(row, "a_zero_point"));
    const auto columns =
        golden::columns_operand(b.data(), k, n, golden::zero_points(row, "b_zero_point"));

    using Policy = elementwise::GemmlowpDoubleRounding;
    const elementwise::QuantizedMultiplier factor{row.integer("q"), -row.integer("right_shift")};
    CHECK(Policy::factor(row.number("multiplier")) == factor);
    const std::vector<Policy::Factor> factors(static_cast<std::size_t>(bias_of_rows ? m : n),
                                              factor);
    const gemm::RequantizeSums<std::uint8_t, Policy> epilogue{
        .factors = factors.data(),
        .bias = bias.data(),
        .zero_point = row.integer("out_zero_point"),
        .qmin = row.integer("clamp_min"),
        .qmax = row.integer("clamp_max")};
    const auto expected = row.expected("c").values<std::uint8_t>();
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        std::vector<std::uint8_t> c(expected.size());
        if (bias_of_rows) {
            gemm::multiply(columns, gemm::pack(rows), epilogue, c.data(), 1, n, kernel);
        } else {
            gemm::multiply(rows, gemm::pack(columns), epilogue, c.data(), n, 1, kernel);
        }
        CHECK(golden::differences(c, expected) == "");
    });
}

}  // namespace

TEST_CASE("golden int8 product: exact sums for every pair of types, shape and zero point") {
    for (const golden::Row* row : group().rows_of("gemm_int8")) {
        golden::with_types(row->param("lhs"), row->param("rhs"),
                           [&](auto a, auto b) { check_product<decltype(a), decltype(b)>(*row); });
    }
}

TEST_CASE("golden int8 product: bias and requantization to codes") {
    for (const golden::Row* row : group().rows_of("gemm_int8_bias_requantize")) {
        golden::with_types(row->param("lhs"), row->param("rhs"), [&](auto a, auto b) {
            if (row->param("out") == "s8") {
                check_requantize<decltype(a), decltype(b), std::int8_t>(*row);
            } else {
                check_requantize<decltype(a), decltype(b), std::uint8_t>(*row);
            }
        });
    }
}

TEST_CASE("golden int8 product: gemmlowp's product with its output pipeline") {
    const golden::Group fixed_point("g4_fixedpoint");
    for (const golden::Row* row : fixed_point.rows_of("gemmlowp_gemm_pipeline")) {
        check_pipeline(*row);
    }
}

TEST_CASE("golden int8 product: no row is passed over in silence") {
    group().report_others({"gemm_int8", "gemm_int8_bias_requantize"});
}
