// Says for layers named on the command line whether int8 is faster than float on this machine, and
// why not where it is not. Measures Eigen's float product, compiled with the best flags, and our
// quantization, product and dequantization, in turns on one thread. A convolution in float gathers
// what the kernel sees into rows and multiplies those, a depthwise one multiplies arrays of
// channels; in int8 it is a network of one layer.
//
//   int8_pays linear 128 768 768 conv2d 1 64 56 56 64 3 padding=1
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/convolution.hpp"
#include "bench/keep_memory.hpp"
#include "bench/layer.hpp"
#include "bench/machine.hpp"
#include "bench/ours.hpp"
#include "bench/peak.hpp"
#include "bench/peers/eigen.hpp"
#include "bench/verdict.hpp"
#include "intact/elementwise/quantize.hpp"

using namespace bench;
namespace simd = intact::simd;

namespace {

constexpr const char* usage =
    "int8_pays [--quick] <layer>...\n"
    "  linear M K N    M rows of K features to N features\n"
    "  conv2d BATCH CHANNELS HEIGHT WIDTH OUT KERNEL [stride=1] [padding=0] [dilation=1] "
    "[groups=1]\n"
    "--quick takes a moment for each, to see that everything runs. INTACT_ISA=avx2 in the\n"
    "environment asks for a plainer instruction set.\n";

Costs measure(const Layer& layer, const intact::gemm::Kernel& kernel, const Effort& effort) {
    const Shape shape = layer.shape();
    const Problem problem(shape);
    const OurProducts ours(problem, kernel);
    const Buffer inputs(layer.inputs() * 4);
    const std::span<float> reals(inputs.as<float>(), inputs.bytes() / 4);
    std::ranges::fill(reals, 0.7F);
    const Buffer codes(layer.inputs());
    const intact::QuantParams params{0.01F, 117};
    const intact::Grid grid{0, 255, false, 117};

    Race race;
    const bool is_depthwise = layer.is_depthwise();
    const bool gathers = !is_depthwise && !layer.lies_as_rows();
    const auto real =
        race.add(is_depthwise ? eigen(layer, kernel.isa) : eigen(problem, kernel.isa));
    const auto quantize = race.add(
        [&] { intact::elementwise::quantize(reals, params, grid, codes.as<std::uint8_t>()); });
    const auto product = race.add(ours.of(Kind::u8_s32));
    const auto to_reals = race.add(ours.to_reals());
    const auto to_codes = race.add(ours.of(Kind::u8_u8));
    const Peak peak = int8_peak(kernel.isa);
    const auto peak_number = race.add(peak.run != nullptr ? Run(peak.run) : Run([] {}));
    const Buffer patches(layer.is_convolution ? shape.m * shape.k * 4 : 0);
    std::unique_ptr<Convolution> convolution;
    std::size_t gather = 0;
    std::size_t whole = 0;
    std::size_t reorder = 0;
    if (layer.is_convolution) {
        convolution = std::make_unique<Convolution>(layer);
        gather = race.add([&] {
            if (gathers) layer.gather(reals.data(), patches.as<float>());
        });
        whole = race.add(convolution->whole());
        reorder = race.add(convolution->reorder());
    }
    race.run(effort);

    const auto groups = static_cast<double>(layer.groups);
    Costs costs{.real = (is_depthwise ? 1 : groups) * race.seconds(real),
                .quantize = race.seconds(quantize),
                .product = groups * race.seconds(product),
                .to_reals = groups * race.seconds(to_reals),
                .to_codes = groups * race.seconds(to_codes)};
    costs.alone = costs.quantize + costs.to_reals;
    costs.in_chain = costs.to_codes;
    if (layer.is_convolution) {
        if (gathers) costs.real += groups * race.seconds(gather);
        costs.alone = race.seconds(whole);
        costs.reorder = race.seconds(reorder);
        costs.in_chain = std::max(costs.alone - costs.quantize - costs.reorder, 0.1 * costs.alone);
    }
    if (peak.run != nullptr) {
        costs.peak_fraction = shape.operations() / race.seconds(product) /
                              (peak.operations / race.seconds(peak_number));
    }
    return costs;
}

void print_costs(const Layer& layer, const Costs& costs) {
    const Shape shape = layer.shape();
    std::cout << layer.title << ": " << text(shape);
    if (layer.groups > 1) std::cout << ", " << layer.groups << " times";
    std::cout << ", weights of " << (shape.k * shape.n * layer.groups * 4 + 1023) / 1024
              << " KiB in float\n";
    std::cout << "  float " << text_of_time(costs.real) << "; int8: quantize "
              << text_of_time(costs.quantize);
    if (layer.is_convolution) {
        std::cout << ", reorder images and answers " << text_of_time(costs.reorder)
                  << ", with the convolution " << text_of_time(costs.alone) << " in all\n";
    } else {
        std::cout << ", product " << text_of_time(costs.product) << " to sums, "
                  << text_of_time(costs.to_reals) << " to floats, " << text_of_time(costs.to_codes)
                  << " to codes\n";
    }
}

}  // namespace

int main(int argc, char** argv) try {
    keep_memory();
    std::vector<std::string> words(argv + 1, argv + argc);
    const bool is_quick = !words.empty() && words.front() == "--quick";
    if (is_quick) words.erase(words.begin());
    if (words.empty()) {
        std::cerr << "int8_pays: no layer given\n" << usage;
        return 2;
    }
    const std::vector<Layer> layers = layers_in(words);
    std::cout << machine() << '\n' << simd::describe() << '\n';
    for (const Layer& layer : layers) {
        const Shape shape = layer.shape();
        const intact::gemm::Kernel& kernel = intact::gemm::best_kernel(shape.m, shape.n, shape.k);
        const Costs costs = measure(layer, kernel, is_quick ? glance : Effort());
        print_costs(layer, costs);
        std::cout << "  " << verdict(layer, costs, kernel.isa) << '\n';
    }
    return 0;
} catch (const std::invalid_argument& error) {
    std::cerr << "int8_pays: " << error.what() << '\n' << usage;
    return 2;
} catch (const std::exception& error) {
    std::cerr << "int8_pays: " << error.what() << '\n';
    return 2;
}
