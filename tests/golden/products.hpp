// Integer products over golden arrays: a [m, k] times b [k, n], both row-major, in any of the
// 8-bit types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "golden.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/pack.hpp"

namespace golden {

using intact::gemm::Index;

/// Calls visit(A{}, B{}) with the types that "s8" or "u8" name.
template <class Visit>
void with_types(const std::string& lhs, const std::string& rhs, Visit&& visit) {
    if ((lhs != "s8" && lhs != "u8") || (rhs != "s8" && rhs != "u8")) {
        broken("unknown code types " + lhs + ", " + rhs);
    }
    const auto with_left = [&](auto left) {
        rhs == "s8" ? visit(left, std::int8_t{}) : visit(left, std::uint8_t{});
    };
    lhs == "s8" ? with_left(std::int8_t{}) : with_left(std::uint8_t{});
}

/// Zero points of an operand: none, one, or one a row of the operand.
struct ZeroPoints {
    std::vector<std::int32_t> all;

    template <class Operand>
    void give_to(Operand& operand) const {
        if (all.size() == 1) operand.zero_point = all.front();
        if (all.size() > 1) operand.zero_points = all.data();
    }
};

/// The zero points of a field, among the inputs or the parameters, if the row has it.
inline ZeroPoints zero_points(const Row& row, const std::string& key) {
    if (row.has_input(key)) return {row.input(key).values<std::int32_t>()};
    if (row.has_param(key)) return {{row.integer(key)}};
    return {};
}

/// Rows of a row-major matrix [rows, k].
template <class T>
intact::gemm::Operand<T> rows_operand(const T* data, Index rows, Index k, const ZeroPoints& zero) {
    intact::gemm::Operand<T> operand;
    operand.data = data;
    operand.rows = rows;
    operand.k = k;
    operand.row_stride = k;
    zero.give_to(operand);
    return operand;
}

/// Columns of a row-major matrix [k, columns], each as a row of the operand.
template <class T>
intact::gemm::Operand<T> columns_operand(const T* data, Index k, Index columns,
                                         const ZeroPoints& zero) {
    intact::gemm::Operand<T> operand;
    operand.data = data;
    operand.rows = columns;
    operand.k = k;
    operand.row_stride = 1;
    operand.column_stride = columns;
    zero.give_to(operand);
    return operand;
}

/// The product with any epilogue, row-major [m, n].
template <class A, class B, class Epilogue>
std::vector<typename Epilogue::Output> product(const intact::gemm::Operand<A>& a,
                                               const intact::gemm::Operand<B>& b,
                                               const Epilogue& epilogue,
                                               const intact::gemm::Kernel& kernel) {
    std::vector<typename Epilogue::Output> out(static_cast<std::size_t>(a.rows * b.rows));
    intact::gemm::multiply(a, intact::gemm::pack(b), epilogue, out.data(), b.rows, 1, kernel);
    return out;
}

/// Calls visit(kernel) for every kernel that this machine runs.
template <class Visit>
void for_each_kernel(Visit&& visit) {
    for (const intact::gemm::Kernel& kernel : intact::gemm::kernels()) {
        if (!intact::simd::supports(kernel.isa)) continue;
        CAPTURE(std::string(intact::simd::name(kernel.isa)));
        visit(kernel);
    }
}

/// One value for each of `count` columns, from one for all or one for each.
template <class T>
std::vector<T> for_columns(const std::vector<T>& values, std::size_t count) {
    return values.size() == 1 ? std::vector<T>(count, values.front()) : values;
}

}  // namespace golden
