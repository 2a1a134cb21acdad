// Quantized codes of all values in turn, for tests of what a product gives.
#pragma once

#include <cstdint>
#include <type_traits>

#include "intact/core/quantized.hpp"

namespace gemm_cases {

template <class T>
auto some_codes(Eigen::Index rows, Eigen::Index columns, const intact::QuantParams& params) {
    using Codes = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
    Codes codes(rows, columns);
    for (Eigen::Index i = 0; i < codes.size(); ++i) {
        codes.data()[i] = static_cast<T>(i * 37 + i / 7);
    }
    return intact::Quantized<T, intact::PerTensor, Codes>(
        codes, {params}, {.qmin = intact::qmin<T>, .qmax = intact::qmax<T>});
}

}  // namespace gemm_cases
