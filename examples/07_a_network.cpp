// A network from float to integers: watch it on a few batches, convert it, and it answers the same
// from less memory. This one tells horizontal stripes (class 0) from vertical ones (class 1).
#include <iostream>
#include <random>

#include <intact/intact.hpp>

namespace {

using Images = Eigen::Tensor<float, 4, Eigen::RowMajor>;  // [batch, channel, y, x]

/// Stripes with noise; image n is of class n % 2.
Images stripes(Eigen::Index count, unsigned seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> noise(0.0F, 1.0F);
    Images images(count, 1, 12, 12);
    for (Eigen::Index n = 0; n < count; ++n) {
        for (Eigen::Index y = 0; y < 12; ++y) {
            for (Eigen::Index x = 0; x < 12; ++x) {
                const bool is_bright = (n % 2 == 0 ? y : x) / 2 % 2 == 0;
                images(n, 0, y, x) = (is_bright ? 1.0F : 0.0F) + noise(generator);
            }
        }
    }
    return images;
}

/// Looks for horizontal and for vertical edges, then adds up what each kernel found.
intact::Sequential stripe_network() {
    Images kernel(2, 1, 3, 3);  // [out, in, y, x]
    kernel.setValues(
        {{{{1, 2, 1}, {0, 0, 0}, {-1, -2, -1}}}, {{{1, 0, -1}, {2, 0, -2}, {1, 0, -1}}}});
    Eigen::MatrixXf sums = Eigen::MatrixXf::Zero(2, 50);  // [out, in]; 5 x 5 pixels a channel
    sums.row(0).head(25).setConstant(0.04F);
    sums.row(1).tail(25).setConstant(0.04F);
    const Eigen::VectorXf bias = Eigen::VectorXf::Zero(2);
    return intact::sequential(intact::Conv2d(kernel, bias), intact::Relu(), intact::MaxPool2d(2),
                              intact::Flatten(), intact::Linear(sums, bias).named("head"));
}

double accuracy(const intact::FeatureMatrix& outputs) {
    Eigen::Index right = 0;
    for (Eigen::Index n = 0; n < outputs.rows(); ++n) {
        right += (outputs(n, 0) < outputs(n, 1)) == (n % 2 == 1) ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(outputs.rows());
}

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n';
    const intact::Sequential net = stripe_network();
    const std::vector<Images> calibration_set{stripes(32, 1), stripes(32, 2), stripes(32, 3)};
    const Images test_set = stripes(500, 4);

    // [README]
    using MyRecipe = intact::StaticRecipe<
        intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>,  // of the weights
        intact::AffineQuantizer<std::uint8_t>>;                          // of the activations

    auto watched = intact::prepare<MyRecipe>(net);  // the float network, with observers
    for (const auto& batch : calibration_set) watched(batch);
    const auto int8 = intact::convert(watched);  // integers from layer to layer

    const intact::FeatureMatrix y = int8(test_set);    // [batch, out]
    std::cout << intact::report(net, int8, test_set);  // where the error is, layer by layer
    // [README end]

    const intact::FeatureMatrix float_y = net(test_set);
    const double db = intact::sqnr_db(float_y, y);
    std::cout << "accuracy in float " << accuracy(float_y) << ", in int8 " << accuracy(y) << "; "
              << db << " dB\n";

    const bool ok = accuracy(float_y) > 0.9 && accuracy(y) > accuracy(float_y) - 0.01 &&
                    db > 30.0 && int8.bytes() < net.bytes();
    std::cout << (ok ? "as expected\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
