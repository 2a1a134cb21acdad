// Inference written by hand in Eigen, here a gated recurrent unit, with nothing changed but its
// matrix products: the same function runs on float and on int8 weights.
#include <algorithm>
#include <iostream>

#include <intact/intact.hpp>

namespace {

using Row = Eigen::RowVectorXf;
using Gate = Eigen::Array<float, 1, Eigen::Dynamic>;

/// y = x * transpose(W) + b in float.
struct FloatProduct {
    Eigen::MatrixXf w;
    Eigen::VectorXf b;

    Row operator()(const Row& x) const { return x * w.transpose() + b.transpose(); }
};

/// The same on codes: those of the weights made once, those of x from the range of x at hand.
class Int8Product {
public:
    explicit Int8Product(const FloatProduct& product)
        : packed_(intact::pack(Weights().quantize_dynamic(product.w))), b_(product.b) {}

    Row operator()(const Row& x) const {
        return intact::multiply(activations_.quantize_dynamic(x), packed_, intact::Dequantize(b_));
    }

private:
    using Weights = intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>;

    intact::AffineQuantizer<std::uint8_t> activations_;
    intact::PackedWeights<std::int8_t> packed_;
    Eigen::VectorXf b_;
};

Gate sigmoid(const Gate& v) { return 1.0F / (1.0F + (-v).exp()); }

/// One step, from input x and state h to the new state. Each product gives the values of reset
/// gate, update gate and candidate, one after the other.
template <class Product>
Row step(const Product& of_input, const Product& of_state, const Row& x, const Row& h) {
    const Eigen::Index n = h.size();
    const Gate a = of_input(x);
    const Gate b = of_state(h);
    const Gate reset = sigmoid(a.head(n) + b.head(n));
    const Gate update = sigmoid(a.segment(n, n) + b.segment(n, n));
    const Gate candidate = (a.tail(n) + reset * b.tail(n)).tanh();
    return (1.0F - update) * candidate + update * h.array();
}

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n';
    constexpr Eigen::Index inputs = 40, states = 64;
    const Eigen::VectorXf bias = 0.1F * Eigen::VectorXf::Random(3 * states);
    const FloatProduct of_input{0.2F * Eigen::MatrixXf::Random(3 * states, inputs), bias};
    const FloatProduct of_state{0.2F * Eigen::MatrixXf::Random(3 * states, states), bias};
    const Int8Product of_input8(of_input);
    const Int8Product of_state8(of_state);

    // The quantized unit lives on its own state: do small errors build up?
    Row h = Row::Zero(states);
    Row h8 = Row::Zero(states);
    double worst_db = 1e9;
    for (int t = 0; t < 500; ++t) {
        const Row x = Row::Random(inputs);
        h = step(of_input, of_state, x, h);
        h8 = step(of_input8, of_state8, x, h8);
        worst_db = std::min(worst_db, intact::sqnr_db(h, h8));
    }
    std::cout << "500 steps: the int8 state is never below " << worst_db << " dB\n";

    const bool ok = worst_db > 30.0;
    std::cout << (ok ? "as expected\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
