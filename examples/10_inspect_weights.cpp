// Where the precision of trained weights goes, as text and as a page of pictures: in one layer of
// Silero's voice activity detector a single channel is 198 times as large as the median one.
//
//   10_inspect_weights [FILE]    where the page goes; inspect_weights.html if not said
#include <fstream>
#include <iostream>
#include <string>

#include <intact/intact.hpp>

#include "examples/quantize_network/npy.hpp"

namespace {

using Kernel = Eigen::Tensor<float, 3, Eigen::RowMajor>;  // [out, in, k]

Kernel read_kernel(const std::string& layer) {
    const example::Array array = example::read_npy(std::string(INTACT_EXAMPLES_DATA_DIR) +
                                                   "/silero/" + layer + ".weight.npy");
    const auto size = [&](std::size_t axis) { return static_cast<int>(array.shape.at(axis)); };
    return Eigen::TensorMap<const Kernel>(array.values.data(), size(0), size(1), size(2));
}

}  // namespace

int main(int argc, char** argv) {
    std::cout << intact::simd::describe() << '\n';
    const Kernel healthy = read_kernel("encoder.1");
    const Kernel lopsided = read_kernel("encoder.3");

    // One int8 scale for the whole tensor, then one for each output channel.
    using PerChannel = intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>;
    const auto one_scale = intact::inspect(lopsided, "encoder.3, one scale");
    const auto per_channel = intact::inspect<PerChannel>(lopsided, "encoder.3, a scale a channel");
    const auto other_layer = intact::inspect(healthy, "encoder.1, one scale");
    std::cout << one_scale << '\n' << per_channel << '\n' << other_layer << '\n';

    const std::string file = argc > 1 ? argv[1] : "inspect_weights.html";
    std::ofstream page(file, std::ios::binary);
    page << intact::html_page("The weights of a voice activity detector",
                              {one_scale, per_channel, other_layer});
    page.close();
    std::cout << "The page with the pictures: " << file << '\n';

    const bool ok = page.good() && one_scale.advice.size() == 1 &&
                    one_scale.advice[0].condition == intact::Condition::outlier_channel &&
                    one_scale.advice[0].channel == 53 && per_channel.advice.empty();
    std::cout << (ok ? "as expected: the advice names channel 53\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
