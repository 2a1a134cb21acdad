// A product of 8-bit codes against Eigen's float product: how much faster, and how far off. All of
// the error comes from quantizing; the integer sums are exact.
//
// The kernels of intact are chosen at run time, Eigen's at compile time: build with -march=native
// to see Eigen at its best.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <limits>

#include <intact/intact.hpp>

namespace {

/// Milliseconds of processor time that the fastest of a few runs took: other programs that want the
/// processor too do not count.
template <class Work>
double milliseconds(const Work& work) {
    std::clock_t best = std::numeric_limits<std::clock_t>::max();
    for (int run = 0; run < 20; ++run) {
        const std::clock_t start = std::clock();
        work();
        best = std::min(best, std::clock() - start);
    }
    return 1000.0 * static_cast<double>(best) / static_cast<double>(CLOCKS_PER_SEC);
}

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n'
              << "Eigen was compiled for: " << Eigen::SimdInstructionSetsInUse() << '\n';
    const Eigen::MatrixXf w = Eigen::MatrixXf::Random(1024, 1024);  // [out, in]
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(128, 1024);   // [batch, in]
    const Eigen::VectorXf bias = Eigen::VectorXf::Random(1024);

    // Once: codes of the weights in the order that the kernels read.
    intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>> weights;
    weights.observe(w);
    const auto packed = intact::pack(weights.quantize(w));

    // For each batch: codes of x under a fixed range, then the product.
    intact::AffineQuantizer<std::uint8_t> activations;
    activations.observe(x);
    const auto x8 = activations.quantize(x);
    const Eigen::MatrixXf y = intact::multiply(x8, packed, intact::Dequantize(bias));

    Eigen::MatrixXf float_y(x.rows(), w.rows());
    Eigen::MatrixXf y_again(x.rows(), w.rows());
    const double float_ms = milliseconds([&] {
        float_y.noalias() = x * w.transpose();
        float_y.rowwise() += bias.transpose();
    });
    const double product_ms =
        milliseconds([&] { intact::multiply(x8, packed, intact::Dequantize(bias), y_again); });
    const double all_ms = milliseconds([&] {
        intact::multiply(activations.quantize(x), packed, intact::Dequantize(bias), y_again);
    });
    std::cout << "float " << float_ms << " ms, int8 " << product_ms << " ms ("
              << float_ms / product_ms << " times as fast), with quantizing x " << all_ms << " ms ("
              << float_ms / all_ms << " times)\n";

    // The same product of the reals that the codes stand for, in double precision.
    const Eigen::MatrixXd exact = x8.dequantize().cast<double>() *
                                      weights.quantize(w).dequantize().cast<double>().transpose() +
                                  bias.cast<double>().transpose().replicate(x.rows(), 1);
    const double db = intact::sqnr_db(float_y, y);
    const double own_error = intact::max_abs_error(exact, y);
    std::cout << db << " dB from the float product; largest difference from the product of the "
              << "quantized values: " << own_error << '\n';

    const bool ok = db > 35.0 && own_error < 1e-4 && y == y_again;
    std::cout << (ok ? "as expected\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
