// Write an epilogue of your own: any struct with store() is handed the sums of a product while they
// are still in the nearest cache. This one gives the sigmoid of each sum as a code, by a table.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iostream>

#include <intact/intact.hpp>

namespace {

class Sigmoid {
public:
    using Output = std::uint8_t;  // code / 255

    /// `step` is the real value of one unit of the sums: scale of x times scale of W.
    explicit Sigmoid(double step) : entries_a_unit_(step * 32.0) {
        for (std::size_t i = 0; i < table_.size(); ++i) {
            const double x = (static_cast<double>(i) - 256.0) / 32.0;
            table_[i] = static_cast<std::uint8_t>(std::lround(255.0 / (1.0 + std::exp(-x))));
        }
    }

    /// A few rows of at most gemm::block_columns columns at a time.
    void store(intact::gemm::Sums<std::int32_t> sums, const intact::gemm::Piece& piece, Output* out,
               Eigen::Index stride) const {
        for (Eigen::Index i = 0; i < piece.rows; ++i) {
            for (Eigen::Index j = 0; j < piece.columns; ++j) {
                const double entry = sums.row(i)[j] * entries_a_unit_ + 256.5;
                out[i * stride + j] =
                    table_[static_cast<std::size_t>(std::clamp(entry, 0.0, 512.0))];
            }
        }
    }

private:
    double entries_a_unit_;
    std::array<std::uint8_t, 513> table_{};  // of x = -8 to 8, 32 entries a unit
};

static_assert(intact::gemm::Epilogue<Sigmoid>);

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n';
    const Eigen::MatrixXf w = Eigen::MatrixXf::Random(100, 300) / 8.0F;
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(20, 300);
    intact::SymmetricQuantizer<std::int8_t> weights;
    intact::SymmetricQuantizer<std::int8_t> activations;
    weights.observe(w);
    activations.observe(x);
    const auto packed = intact::pack(weights.quantize(w));
    const auto x8 = activations.quantize(x);

    const double step = double{x8.scale()} * double{packed.scales().front()};
    const auto codes = intact::multiply(x8, packed, Sigmoid(step));

    const Eigen::ArrayXXf expected = 1.0F / (1.0F + (-(x * w.transpose()).array()).exp());
    const float error = (codes.cast<float>().array() / 255.0F - expected).abs().maxCoeff();
    std::cout << "largest error of the sigmoid: " << error << ", one code is " << 1.0F / 255.0F
              << '\n';
    return error < 0.02F ? 0 : 1;
}
