// Eigen's float product of the same shape, compiled with the best flags of an instruction set. The
// name of the function comes from CMake. Nothing of intact's is in here but the problem itself.
#include <memory>

#include <Eigen/Core>

#include "bench/peers/peers.hpp"

namespace bench {

Run INTACT_EIGEN_PRODUCT(const Problem& problem) {
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    struct Product {
        Matrix x, w, y;
    };
    const auto& [m, k, n] = problem.shape;
    const auto product = std::make_shared<Product>(
        Product{Matrix::Random(m, k), Matrix::Random(n, k), Matrix::Zero(m, n)});
    return [product] {
        product->y.noalias() = product->x * product->w.transpose();
        asm volatile("" : : "r"(product->y.data()) : "memory");
    };
}

}  // namespace bench
