#include "intact/gemm/half_multiply.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

namespace {

template <class T>
using MatrixOf = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

}  // namespace

TEST_CASE("half multiply: the sums are float32, where halves stop counting at 2048") {
    const MatrixOf<Eigen::half> x = MatrixOf<Eigen::half>::Ones(2, 4096);
    const MatrixOf<Eigen::half> w = MatrixOf<Eigen::half>::Ones(3, 4096);
    CHECK((intact::multiply(x, w).array() == 4096.0F).all());
}

TEST_CASE("half multiply: both formats meet, and small integers come out exactly") {
    Eigen::MatrixXf x(2, 3);
    x << 1, 2, 3, -4, 5, -6;
    Eigen::MatrixXf w(2, 3);
    w << 7, -8, 9, 0.5F, 0.25F, -0.125F;
    const MatrixOf<Eigen::half> half_x = x.cast<Eigen::half>();
    const MatrixOf<Eigen::bfloat16> half_w = w.cast<Eigen::bfloat16>();
    CHECK(intact::multiply(half_x, half_w) == Eigen::MatrixXf(x * w.transpose()));
}

TEST_CASE("half multiply: empty sums are zero, other shapes are refused") {
    CHECK(intact::multiply(MatrixOf<Eigen::half>(2, 0), MatrixOf<Eigen::half>(3, 0)) ==
          Eigen::MatrixXf::Zero(2, 3));
    CHECK_THROWS_WITH_AS(
        (void)intact::multiply(MatrixOf<Eigen::half>(2, 3), MatrixOf<Eigen::half>(2, 4)),
        "multiply: the summed dimensions differ, expected 4, given 3", std::invalid_argument);
}
