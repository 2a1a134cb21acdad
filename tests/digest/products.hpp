// The part of the digest that multiplies: every pair of 8-bit codes, every epilogue, sums beyond
// int32; shapes that no tile of a kernel divides, and those for which kernels make codes
// themselves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "inputs.hpp"

#include "intact/gemm/product.hpp"

/// The product in raw sums, codes and reals: x [m, k] with one scale, w [n, k] with n of them.
template <class A, class B, intact::Executor X>
void record_product(Record& record, Random& random, X& executor, Index m, Index k, Index n,
                    bool symmetric) {
    using Limits = std::numeric_limits<A>;
    using WeightLimits = std::numeric_limits<B>;
    const Params x_params{.scale = random.positive(-8, -4),
                          .zero_point = random.integer(Limits::min(), Limits::max()),
                          .qmin = Limits::min(),
                          .qmax = Limits::max()};
    const Params y_params{.scale = random.positive(-3, 3),
                          .zero_point = random.integer(0, 127),
                          .qmin = 0,
                          .qmax = 255};
    std::vector<Params> w_params;
    std::vector<intact::QuantParams> w_library;
    Eigen::VectorXf bias(n);
    for (Index j = 0; j < n; ++j) {
        const std::int32_t middle = std::is_signed_v<B> ? 0 : 128;
        const std::int32_t zero_point =
            symmetric ? middle : random.integer(WeightLimits::min(), WeightLimits::max());
        w_params.push_back({.scale = random.positive(-9, -5),
                            .zero_point = zero_point,
                            .qmin = WeightLimits::min(),
                            .qmax = WeightLimits::max()});
        w_library.push_back(library(w_params.back()));
        bias[j] = random.real(-4, 4);
    }
    const intact::Grid x_grid{.qmin = Limits::min(), .qmax = Limits::max()};
    const intact::Grid w_grid{.qmin = WeightLimits::min(), .qmax = WeightLimits::max()};
    const Codes<A> x = random_codes<A>(random, m, k, x_params);
    const Codes<B> w = random_codes<B>(random, n, k, w_params.front());
    const intact::Quantized<A, intact::PerTensor, Codes<A>> x_codes(x, {library(x_params)}, x_grid);
    const intact::Quantized<B, intact::PerChannel<0>, Codes<B>> w_codes(w, w_library, w_grid);

    const auto packed = intact::pack(w_codes);
    const auto multiply = [&](const auto& output, auto y) {
        intact::multiply(x_codes, packed, output, y, executor);
        return y;
    };
    const Params s_params{.scale = y_params.scale, .zero_point = -17, .qmin = -128, .qmax = 127};
    const auto sums = multiply(intact::Raw(), Codes<std::int32_t>(m, n));
    const auto unsigned_codes = multiply(intact::Requantize<std::uint8_t>(library(y_params), bias),
                                         Codes<std::uint8_t>(m, n));
    const auto signed_codes = multiply(intact::Requantize<std::int8_t>(library(s_params), bias),
                                       Codes<std::int8_t>(m, n));
    const auto clamped = multiply(
        intact::Requantize<std::uint8_t>(library(y_params), bias, intact::Activation::relu6),
        Codes<std::uint8_t>(m, n));
    const auto reals = multiply(intact::Dequantize(bias), Codes<float>(m, n));

    for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
            const Params& own = w_params[static_cast<std::size_t>(j)];
            std::int64_t sum = 0;
            for (Index p = 0; p < k; ++p) {
                sum += (std::int64_t{x(i, p)} - x_params.zero_point) *
                       (std::int64_t{w(j, p)} - own.zero_point);
            }
            const std::int64_t start = wide::bias_steps(bias[j], x_params.scale, own.scale);
            const wide::Real factor = wide::multiplier(x_params.scale, own.scale, y_params.scale);
            const std::int64_t code = wide::code_of_sum(sum + start, factor, y_params);
            record.add(std::int64_t{sums(i, j)}, sum);
            record.add(std::int64_t{unsigned_codes(i, j)}, code);
            record.add(std::int64_t{signed_codes(i, j)},
                       wide::code_of_sum(sum + start, factor, s_params));
            record.add(std::int64_t{clamped(i, j)},
                       std::clamp(code, y_params.zero_point, wide::code_of(6.0F, y_params)));
            record.add(reals(i, j),
                       wide::real_bits_of_sum(sum, x_params.scale, own.scale, bias[j]));
        }
    }
}

/// Sums longer than int32 holds, as int64 and as reals.
inline void record_long_sums(Record& record) {
    Random random(4);
    const Index k = 70000;
    const Params x_params{.scale = random.positive(-8, -4), .zero_point = 3};
    const Params w_params{
        .scale = random.positive(-9, -5), .zero_point = 0, .qmin = -128, .qmax = 127};
    const Codes<std::uint8_t> x = random_codes<std::uint8_t>(random, 3, k, x_params);
    const Codes<std::int8_t> w = random_codes<std::int8_t>(random, 3, k, w_params);
    const intact::Quantized<std::uint8_t, intact::PerTensor, Codes<std::uint8_t>> x_codes(
        x, {library(x_params)}, {.qmin = 0, .qmax = 255});
    const intact::Quantized<std::int8_t, intact::PerTensor, Codes<std::int8_t>> w_codes(
        w, {library(w_params)}, {.qmin = -128, .qmax = 127});
    Eigen::VectorXf bias(3);
    for (float& one : bias) one = random.real(-4, 9);
    const auto packed = intact::pack(w_codes);
    const auto sums = intact::multiply(x_codes, packed, intact::Raw64());
    const auto reals = intact::multiply(x_codes, packed, intact::Dequantize(bias));
    for (Index i = 0; i < 3; ++i) {
        for (Index j = 0; j < 3; ++j) {
            std::int64_t sum = 0;
            for (Index p = 0; p < k; ++p) {
                sum += (std::int64_t{x(i, p)} - x_params.zero_point) * std::int64_t{w(j, p)};
            }
            record.add(sums(i, j), sum);
            record.add(reals(i, j),
                       wide::real_bits_of_sum(sum, x_params.scale, w_params.scale, bias[j]));
        }
    }
}

template <intact::Executor X>
void record_products(Record& record, X& executor) {
    Random random(3);
    for (const bool symmetric : {false, true}) {
        record_product<std::uint8_t, std::int8_t>(record, random, executor, 5, 67, 19, symmetric);
        record_product<std::int8_t, std::int8_t>(record, random, executor, 9, 33, 35, symmetric);
        record_product<std::uint8_t, std::uint8_t>(record, random, executor, 1, 300, 16, symmetric);
        record_product<std::int8_t, std::uint8_t>(record, random, executor, 17, 5, 3, symmetric);
        record_product<std::uint8_t, std::int8_t>(record, random, executor, 97, 64, 64, symmetric);
        record_product<std::int8_t, std::int8_t>(record, random, executor, 34, 300, 83, symmetric);
    }
    record_product<std::uint8_t, std::int8_t>(record, random, executor, 33, 2900, 64, true);
    record_product<std::uint8_t, std::int8_t>(record, random, executor, 3, 5000, 4, false);
}
