// Inputs of the digest: reals that are hard to round, matrices of codes, batches of data. Made of
// integers and exact operations, so that no flag of the compiler has a say in them.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "contract.hpp"
#include "record.hpp"

#include "intact/core/quant_params.hpp"
#include "intact/core/tensor_view.hpp"

using intact::Index;
using wide::Params;

template <class T>
using Codes = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Parameters of the contract as the library holds them.
[[nodiscard]] inline intact::QuantParams library(const Params& params) {
    return {params.scale, static_cast<std::int32_t>(params.zero_point)};
}

/// The bits of fl32(n * scale * 2^exponent), by integers: no flag has a say in the inputs.
[[nodiscard]] inline std::uint32_t times(std::int32_t n, float scale, int exponent) {
    return wide::float_bits(wide::product({.negative = n < 0,
                                           .mantissa = static_cast<wide::Wide>(n < 0 ? -n : n),
                                           .exponent = exponent},
                                          wide::of(scale)));
}

/// Reals at, beside and far from the ties of a scale, both zeros, subnormals, NaN and infinities.
inline Eigen::RowVectorXf hard_reals(Random& random, float scale, Index count) {
    Eigen::RowVectorXf x(count);
    for (Index i = 0; i < count; ++i) {
        switch (i % 8) {
            case 0: {  // a tie, or one float beside it
                const std::uint32_t tie = times(2 * random.integer(-300, 300) + 1, scale, -1);
                x[i] =
                    std::bit_cast<float>(tie + static_cast<std::uint32_t>(random.integer(-1, 1)));
                break;
            }
            case 1:
                x[i] = random.real(-126, 127);
                break;
            case 2:
                x[i] = std::bit_cast<float>(random.bits());  // anything, NaN included
                break;
            case 3:
                x[i] = std::bit_cast<float>(random.bits() & 0x807fffffU);  // subnormal
                break;
            case 4:
                x[i] = std::bit_cast<float>(0x7f800000U | (random.bits() & 0x80000000U));
                break;
            case 5:
                x[i] = std::bit_cast<float>(random.bits() & 0x80000000U);
                break;
            default:
                x[i] = std::bit_cast<float>(times(random.integer(-400000, 400000), scale, -10));
        }
    }
    return x;
}

/// A matrix of codes: random ones, with whole rows at either end.
template <class T>
Codes<T> random_codes(Random& random, Index rows, Index columns, const Params& params) {
    const auto low = static_cast<std::int32_t>(params.qmin);
    const auto high = static_cast<std::int32_t>(params.qmax);
    Codes<T> codes(rows, columns);
    for (Index i = 0; i < codes.size(); ++i) {
        const Index row = i / columns;
        const std::int32_t code = row == 0 ? low : row == 1 ? high : random.integer(low, high);
        codes.data()[i] = static_cast<T>(code);
    }
    return codes;
}

/// Batches for calibration: bell-shaped, with zeros, now and then something far out.
inline std::vector<Eigen::RowVectorXf> batches(Random& random) {
    std::vector<Eigen::RowVectorXf> all;
    for (int b = 0; b < 4; ++b) {
        Eigen::RowVectorXf x(500);
        for (Index i = 0; i < x.size(); ++i) {
            std::int32_t sum = 0;
            for (int j = 0; j < 6; ++j) sum += random.integer(-1000, 1000);
            if (i % 7 == 0) sum = 0;
            if (i % 100 == 3) sum *= 4;
            x[i] = static_cast<float>(sum) * 0x1.3p-9F;
        }
        all.push_back(x);
    }
    return all;
}
