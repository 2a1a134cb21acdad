// Says for layers named on the command line whether int8 is faster than float on this machine, and
// why not where it is not. Measures Eigen's float product, compiled with the best flags, and our
// quantization, product and dequantization, in turns on one thread.
//
//   int8_pays linear 128 768 768 conv2d 1 64 56 56 64 3 padding=1
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "bench/keep_memory.hpp"
#include "bench/layer.hpp"
#include "bench/machine.hpp"
#include "bench/ours.hpp"
#include "bench/peak.hpp"
#include "bench/peers/eigen.hpp"
#include "bench/verdict.hpp"
#include "intact/elementwise/quantize.hpp"

using namespace bench;
using namespace intact;

namespace {

constexpr const char* usage =
    "int8_pays [--quick] <layer>...\n"
    "  linear M K N    M rows of K features to N features\n"
    "  conv2d BATCH CHANNELS HEIGHT WIDTH OUT KERNEL [stride=1] [padding=0] [dilation=1] "
    "[groups=1]\n"
    "--quick takes a moment for each, to see that everything runs. INTACT_ISA=avx2 in the\n"
    "environment asks for a plainer instruction set.\n";

Costs measure(const Layer& layer, const gemm::Kernel& kernel, const Effort& effort) {
    const Shape shape = layer.shape();
    const Problem problem(shape);
    const OurProducts ours(problem, kernel);
    const Buffer real_inputs(layer.inputs() * 4);
    const Buffer code_inputs(layer.inputs());
    const std::span<float> reals(real_inputs.as<float>(), real_inputs.bytes() / 4);
    std::ranges::fill(reals, 0.7F);
    auto* codes = code_inputs.as<std::uint8_t>();
    const Buffer real_rows(layer.lies_as_rows() ? 0 : shape.m * shape.k * 4);
    const QuantParams params{0.01F, 117};
    const Grid grid{0, 255, false, 117};

    Race race;
    const auto real = race.add(eigen(problem, kernel.isa));
    const auto quantize = race.add([&] { elementwise::quantize(reals, params, grid, codes); });
    const auto product = race.add(ours.of(Kind::u8_s32));
    const auto to_reals = race.add(ours.to_reals());
    const auto to_codes = race.add(ours.of(Kind::u8_u8));
    const Peak peak = int8_peak(kernel.isa);
    const auto peak_number = race.add(peak.run != nullptr ? Run(peak.run) : Run([] {}));
    std::size_t gathers[2] = {};
    if (!layer.lies_as_rows()) {
        gathers[0] = race.add([&] { layer.gather(reals.data(), real_rows.as<float>()); });
        gathers[1] = race.add([&] { layer.gather(codes, real_rows.as<std::uint8_t>()); });
    }
    race.run(effort);

    const auto groups = static_cast<double>(layer.groups);
    Costs costs{.real = groups * race.seconds(real),
                .quantize = race.seconds(quantize),
                .product = groups * race.seconds(product),
                .to_reals = groups * race.seconds(to_reals),
                .to_codes = groups * race.seconds(to_codes)};
    if (!layer.lies_as_rows()) {
        costs.real_gather = groups * race.seconds(gathers[0]);
        costs.gather = groups * race.seconds(gathers[1]);
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
    std::cout << ", weights of " << shape.k * shape.n * layer.groups * 4 / 1024
              << " KiB in float\n";
    std::cout << "  float " << text_of_time(costs.as_real());
    if (costs.real_gather > 0) {
        std::cout << " (" << text_of_time(costs.real_gather) << " gathers the patches)";
    }
    std::cout << "; int8: quantize " << text_of_time(costs.quantize);
    if (costs.gather > 0) std::cout << ", gather " << text_of_time(costs.gather);
    std::cout << ", product " << text_of_time(costs.product) << " to sums, "
              << text_of_time(costs.to_reals) << " to floats, " << text_of_time(costs.to_codes)
              << " to codes\n";
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
    const gemm::Kernel& kernel = gemm::best_kernel();
    std::cout << machine() << '\n' << simd::describe() << '\n';
    for (const Layer& layer : layers) {
        if (layer.is_depthwise()) {
            std::cout << layer.title << ": depthwise, a product of matrices has nothing to offer; "
                      << "not measured here.\n";
            continue;
        }
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
