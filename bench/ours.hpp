// Our product of a problem, weights packed beforehand.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/problem.hpp"
#include "bench/race.hpp"
#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/requantize_sums.hpp"

namespace bench {

namespace detail {

template <class T, class E>
Run product(const Problem& problem, const E& epilogue, const intact::gemm::Kernel& kernel) {
    const Shape& shape = problem.shape;
    const intact::gemm::Operand<std::int8_t> w{
        .data = problem.w.as<std::int8_t>(), .rows = shape.n, .k = shape.k, .row_stride = shape.k};
    const intact::gemm::Operand<T> a{
        .data = problem.a.as<T>(), .rows = shape.m, .k = shape.k, .row_stride = shape.k};
    auto packed = std::make_shared<intact::gemm::Packed>(intact::gemm::pack(w));
    auto* out = problem.out.as<typename E::Output>();
    return [=, &kernel, n = shape.n] {
        intact::gemm::multiply(a, *packed, epilogue, out, n, 1, kernel);
    };
}

/// The default requantization, with a factor for each column.
template <class T>
Run requantized(const Problem& problem, const intact::gemm::Kernel& kernel) {
    using Policy = intact::elementwise::ExactRounding;
    const auto factors = std::make_shared<std::vector<Policy::Factor>>(
        static_cast<std::size_t>(problem.shape.n), Policy::factor(code_factor(problem.shape.k)));
    const intact::gemm::RequantizeSums<T> epilogue{.factors = factors->data(), .zero_point = 3};
    return [factors, run = product<T>(problem, epilogue, kernel)] { run(); };
}

}  // namespace detail

/// `problem` and `kernel` must outlive what is returned.
[[nodiscard]] inline Run our_product(const Problem& problem, Kind kind,
                                     const intact::gemm::Kernel& kernel) {
    switch (kind) {
        case Kind::u8_s32:
            return detail::product<std::uint8_t>(problem, intact::gemm::Raw(), kernel);
        case Kind::s8_s32:
            return detail::product<std::int8_t>(problem, intact::gemm::Raw(), kernel);
        case Kind::u8_u8:
            return detail::requantized<std::uint8_t>(problem, kernel);
        case Kind::s8_s8:
            return detail::requantized<std::int8_t>(problem, kernel);
        case Kind::f32:
            break;
    }
    return {};
}

/// The same with float results.
[[nodiscard]] inline Run our_product_to_reals(const Problem& problem,
                                              const intact::gemm::Kernel& kernel) {
    const auto scales =
        std::make_shared<std::vector<float>>(static_cast<std::size_t>(problem.shape.n), 0x1p-12F);
    const intact::gemm::DequantizeSums epilogue{.scales = scales->data()};
    return [scales, run = detail::product<std::uint8_t>(problem, epilogue, kernel)] { run(); };
}

}  // namespace bench
