// Products to 8-bit codes compared with the definition: the exact sum, multiplied and rounded once.
#pragma once

#include <algorithm>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "intact/gemm/requantize_sums.hpp"
#include "tests/gemm/cases.hpp"

namespace gemm_cases {

/// Multipliers that bring sums of k products to about +-200 steps: powers of two, so that many
/// products are ties, or any numbers.
inline std::vector<double> code_factors(Index columns, Index k, bool are_powers,
                                        std::mt19937& generator) {
    std::vector<double> factors;
    for (Index j = 0; j < columns; ++j) {
        const auto part = static_cast<double>(generator() % 1000 + 500) * 1e-3;
        double factor = 0x1p-6;
        while (factor * 74.0 * 37.0 * static_cast<double>(k) > 400.0) factor /= 2;
        factors.push_back(elementwise::ExactRounding::factor(are_powers ? factor : factor * part));
    }
    return factors;
}

/// Where the codes of a product with `kernel` depart; empty if nowhere.
template <class T, class A>
std::string departure_to_codes(const Shape& shape, bool are_powers, const gemm::Kernel& kernel,
                               std::mt19937& generator) {
    constexpr T untouched = 0x5a;
    const Side<A> a(shape.m, shape.k, false, (shape.m & 1) != 0, generator);
    Side<std::int8_t> b(shape.n, shape.k, false, (shape.n & 1) != 0, generator);
    if ((shape.n & 2) != 0) {  // no row sums needed
        b.operand.zero_point = 0;
        b.operand.zero_points = nullptr;
    }
    const gemm::Packed packed = gemm::pack(b.operand);
    const std::vector<double> factors = code_factors(shape.n, shape.k, are_powers, generator);
    std::vector<std::int32_t> bias;
    for (Index j = 0; j < shape.n; ++j) {
        bias.push_back(static_cast<std::int32_t>(generator() % 2001) - 1000);
    }
    const std::int32_t least = Limits<T>::min();
    const bool cuts_below = generator() % 2 == 0;
    const bool cuts_above = generator() % 2 == 0;
    const gemm::RequantizeSums<T> epilogue{.factors = factors.data(),
                                           .bias = bias.data(),
                                           .zero_point = least + 100,
                                           .qmin = cuts_below ? least + 20 : least,
                                           .qmax = cuts_above ? least + 230 : least + 255};
    const Index stride = shape.n + 3;
    std::vector<T> codes(static_cast<std::size_t>((shape.m + 1) * stride), untouched);
    gemm::multiply(a.operand, packed, epilogue, codes.data(), stride, 1, kernel);
    if (!is_same_by_parts(a.operand, packed, epilogue, codes, untouched, stride, 1, kernel)) {
        return "is another by parts";
    }

    for (Index i = 0; i < shape.m; ++i) {
        for (Index j = 0; j < shape.n; ++j) {
            const auto column = static_cast<std::size_t>(j);
            const auto sum = static_cast<std::int32_t>(
                gemm::reference_sum(a.operand, b.operand, i, j) + bias[column]);
            const std::int64_t steps = elementwise::portable::rounded_product(sum, factors[column]);
            const auto expected =
                std::clamp<std::int64_t>(steps + epilogue.zero_point, epilogue.qmin, epilogue.qmax);
            T& code = codes[static_cast<std::size_t>(i * stride + j)];
            if (code != expected) {
                std::ostringstream text;
                text << shape.m << "x" << shape.n << "x" << shape.k << " at (" << i << ", " << j
                     << "): expected " << expected << ", given " << int{code};
                return text.str();
            }
            code = untouched;
        }
    }
    const bool outside =
        std::any_of(codes.begin(), codes.end(), [](T code) { return code != untouched; });
    return outside ? "wrote outside of the output" : "";
}

/// At every edge of the kernel's tile, of a step, and of a piece of k.
inline std::string departure_to_codes(const gemm::Kernel& kernel, int& cases) {
    std::mt19937 generator(17);
    std::vector<Index> ms{0, 2 * kernel.rows + 1, 64, 65, 131};
    for (Index m = 1; m <= kernel.rows + 1; ++m) ms.push_back(m);
    std::string found;
    const auto run = [&](const Shape& shape) {
        const bool are_powers = (cases & 1) != 0;
        cases += 2;
        found =
            departure_to_codes<std::uint8_t, std::uint8_t>(shape, are_powers, kernel, generator);
        if (!found.empty()) return false;
        found = departure_to_codes<std::int8_t, std::int8_t>(shape, !are_powers, kernel, generator);
        return found.empty();
    };
    for (const Index m : ms) {
        for (const Index n : {1, 15, 16, 17, 32, 33, 47, 48, 49, 63, 64, 65, 130}) {
            for (const Index k : {0, 1, 4, 21}) {
                if (!run({m, n, k})) return found;
            }
        }
    }
    for (const Index k : {4096, 4097, 8195}) {
        if (!run({kernel.rows + 1, 20, k})) return found;
    }
    // Where a tile and the one before it share a loop.
    for (const Index m : {6, 7, 8, 9, 10, 12, 13, 16, 64}) {
        for (const Index n : {32, 41, 48, 63, 64}) {
            for (const Index k : {59, 60, 61, 64, 79, 80, 83, 84, 103}) {
                if (!run({m, n, k})) return found;
            }
        }
    }
    for (const Index k : {1024, 1025, 4096 + 70}) {
        if (!run({13, 64, k})) return found;
    }
    // Where codes come about between steps of 64 along k, however many there are.
    for (Index steps = 1; steps <= 12; ++steps) {
        if (!run({65, 100, 64 * steps}) || !run({96, 70, 64 * steps + 5})) return found;
    }
    for (const Shape& several_blocks : {Shape{70, 300, 70}, Shape{40, 600, 300}}) {
        if (!run(several_blocks)) return found;
    }
    for (const Shape& several_pieces : {Shape{300, 70, 1300}, Shape{33, 40, 2503}}) {
        if (!run(several_pieces)) return found;
    }
    return found;
}

}  // namespace gemm_cases
