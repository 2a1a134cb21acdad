// Quantize a matrix to 8 bits and see what it costs: a quarter of the memory, and an error of at
// most half a step. One scale a row is kinder to small rows than one scale for all.
#include <iostream>

#include <intact/intact.hpp>

namespace {

/// Weights [out, in] as trained ones often are: each row has a size of its own.
Eigen::MatrixXf rows_of_many_sizes() {
    Eigen::MatrixXf w = Eigen::MatrixXf::Random(64, 256);
    for (Eigen::Index i = 0; i < w.rows(); ++i) w.row(i) *= 1.0F / static_cast<float>(1 + i);
    return w;
}

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n';
    const Eigen::MatrixXf w = rows_of_many_sizes();

    // w is any Eigen matrix or tensor of floats, here weights [out, in].
    intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>> weights;
    weights.observe(w);                                   // finds the range of each row
    const auto w8 = weights.quantize(w);                  // codes, and a scale for each row
    const Eigen::MatrixXf w_again = w8.dequantize();      // scale * code
    std::cout << intact::sqnr_db(w, w_again) << " dB\n";  // how far the codes are from w

    intact::SymmetricQuantizer<std::int8_t> one_scale;
    one_scale.observe(w);
    const Eigen::MatrixXf coarse = one_scale.quantize(w).dequantize();

    const auto float_bytes = static_cast<std::size_t>(w.size()) * sizeof(float);
    std::cout << "float: " << float_bytes << " bytes, int8 with scales: " << w8.bytes() << '\n'
              << "code of w(0, 0) = " << w(0, 0) << ": " << int{w8.codes()(0, 0)} << " * "
              << w8.scale(0) << " = " << w_again(0, 0) << '\n';

    // The last row is the smallest: a scale made for the first one leaves it few codes.
    const Eigen::Index last = w.rows() - 1;
    const double fine_db = intact::sqnr_db(w.row(last), w_again.row(last));
    const double coarse_db = intact::sqnr_db(w.row(last), coarse.row(last));
    std::cout << "smallest row: " << fine_db << " dB with its own scale, " << coarse_db
              << " dB with one scale for the matrix\n";

    bool within_half_a_step = true;
    for (Eigen::Index i = 0; i < w.rows(); ++i) {
        const double half_a_step = 0.50002 * static_cast<double>(w8.scale(i));
        within_half_a_step &= intact::max_abs_error(w.row(i), w_again.row(i)) <= half_a_step;
    }
    const bool is_small = w8.bytes() == 64 * 256 + 64 * sizeof(float);
    const bool ok = within_half_a_step && is_small && fine_db > coarse_db + 20.0;
    std::cout << (ok ? "as expected\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
