// Eigen's float product of the same shape, and its float depthwise convolution, compiled with the
// best flags of an instruction set. The name of both comes from CMake. Nothing of intact's
// is in here but the problem itself.
#include <memory>

#include <Eigen/Core>

#include "bench/peers/peers.hpp"

namespace bench {

Run INTACT_EIGEN(const Problem& problem) {
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

Run INTACT_EIGEN(const Layer& layer) {
    struct Data {
        Eigen::ArrayXXf images, weights, out;  // [channel, pixel], [channel, tap]
    };
    const std::ptrdiff_t outputs =
        layer.batch * layer.out_length(layer.height) * layer.out_length(layer.width);
    const auto data = std::make_shared<Data>(
        Data{Eigen::ArrayXXf::Random(layer.channels, layer.batch * layer.height * layer.width),
             Eigen::ArrayXXf::Random(layer.channels, layer.kernel * layer.kernel),
             Eigen::ArrayXXf::Zero(layer.channels, outputs)});
    return [data, layer] {
        data->out.setZero();
        layer.for_each_tap([&](std::ptrdiff_t output, std::ptrdiff_t tap, std::ptrdiff_t pixel) {
            data->out.col(output) += data->images.col(pixel) * data->weights.col(tap);
        });
        asm volatile("" : : "r"(data->out.data()) : "memory");
    };
}

}  // namespace bench
