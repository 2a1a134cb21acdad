// The product of float16 or bfloat16 matrices, summed in float32.
//
//   Eigen::Matrix<Eigen::half, Dynamic, Dynamic> x, w;       // or Eigen::bfloat16, in any pairing
//   Eigen::MatrixXf y = multiply(x, w);                       // x [m, k] * transpose(w [n, k])
//
// Eigen's own product of halves also sums in halves: 4096 ones make 2048. Here both sides become
// float32 first, which is exact, so that only the sums round.
//
// Shapes   x [m, k], w [n, k], y [m, n]
// Errors   std::invalid_argument  summed dimensions that differ
// Cost     a float32 copy of both sides and Eigen's float product
#pragma once

#include <concepts>

#include <Eigen/Core>

#include "intact/core/error.hpp"

namespace intact {

/// A 16-bit floating-point scalar of Eigen.
template <class T>
concept Half = std::same_as<T, Eigen::half> || std::same_as<T, Eigen::bfloat16>;

/// x * transpose(w) in float32.
template <class X, class W>
requires Half<typename X::Scalar> && Half<typename W::Scalar>
[[nodiscard]] Eigen::MatrixXf multiply(const Eigen::MatrixBase<X>& x,
                                       const Eigen::MatrixBase<W>& w) {
    require(x.cols() == w.cols(), "multiply", "the summed dimensions differ, expected ", w.cols(),
            ", given ", x.cols());
    const Eigen::MatrixXf left = x.template cast<float>();
    const Eigen::MatrixXf right = w.template cast<float>();
    return left * right.transpose();
}

}  // namespace intact
