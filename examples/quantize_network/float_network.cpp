// The float networks as an opponent of their own: this one file, compiled for exactly this
// processor (-O3 -march=native). The same layers over the same columns, Eigen's matrix product.
//
//   float_network            how fast they run, and how much of Eigen's product rate they reach
//   float_network plain      microseconds an image in batches of 1 and of 64, for quantize_network
#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "examples/quantize_network/drawing.hpp"
#include "examples/quantize_network/networks.hpp"
#include "examples/quantize_network/stopwatch.hpp"

namespace {

using namespace example;
using intact::FeatureMatrix;
using intact::Index;

constexpr int rounds = 7;

const std::filesystem::path fashion = std::filesystem::path(INTACT_EXAMPLES_DATA_DIR) / "fashion";

intact::Sequential network(const std::string& name) {
    if (name == "plain") return plain_network(fashion / "cnn");
    if (name == "depthwise") return depthwise_network(fashion / "dw");
    intact::fail("float_network", "no such network, expected plain or depthwise, given ", name);
}

bool is_product(const intact::nn::Stage& stage) {
    return stage.work == intact::nn::Work::weighted && !stage.geometry.is_depthwise();
}

/// The product that a layer runs, with bias and clamp, and the time that it takes.
struct TimedProduct {
    intact::nn::FloatProduct product;
    double* microseconds;

    template <class... Arguments>
    void operator()(Arguments&&... arguments) const {
        const double start = processor_microseconds();
        product(std::forward<Arguments>(arguments)...);
        *microseconds += processor_microseconds() - start;
    }
    template <class... Arguments>
    void depthwise(Arguments&&... arguments) const {
        product.depthwise(std::forward<Arguments>(arguments)...);
    }
};

/// What a batch of 64 costs: all of it, its products, and the same products alone.
struct Rates {
    double operations = 0.0;       ///< of all products, two for each multiplication
    double network = 0.0;          ///< microseconds of the whole network
    double products_inside = 0.0;  ///< of its products, with bias and clamp
    double products_alone = 0.0;   ///< of Eigen's products on columns prepared beforehand
};

/// Microseconds of `repeat` calls, divided by their number; the fastest of some tries.
template <class Work>
double fastest(Work&& work) {
    double best = 1e30;
    for (int round = 0; round < rounds; ++round) {
        int calls = 0;
        const double start = processor_microseconds();
        double spent = 0.0;
        while (spent < 4000.0) {
            work();
            ++calls;
            spent = processor_microseconds() - start;
        }
        best = std::min(best, spent / calls);
    }
    return best;
}

/// Eigen's product of `rows` columns with the weights of a stage, nothing else.
double product_alone(const intact::nn::Stage& stage, const float* weights, Index rows) {
    const Index k = stage.geometry.k();
    const Eigen::Map<const FeatureMatrix> own(weights, stage.geometry.out_channels, k);
    const FeatureMatrix columns = FeatureMatrix::Random(rows, k);
    FeatureMatrix out(rows, stage.geometry.out_channels);
    return fastest([&] { out.noalias() = columns * own.transpose(); });
}

/// Runs stage by stage, as Sequential does, and takes the time of the products.
double products_inside(const intact::Sequential& net, const Batch& batch) {
    double microseconds = 0.0;
    const intact::RealInput input(batch);
    net.run(input.view(), [&](std::size_t i, const intact::nn::FeatureMap<const float>& map) {
        if (i == net.stages().size() || !is_product(net.stages()[i])) return;
        const intact::nn::Stage& stage = net.stages()[i];
        std::vector<float> out(static_cast<std::size_t>(stage.output(map.shape).size()) + 64);
        const auto& weights = net.weights(i);
        const TimedProduct product{
            {stage.geometry, weights.data(), weights.bias(), stage.activation}, &microseconds};
        intact::nn::run_weighted(stage, map, 0.0F, out.data(), product);
    });
    return microseconds;
}

Rates measure(const intact::Sequential& net, const Batch& batch) {
    Rates rates;
    const intact::RealInput input(batch);
    net.run(input.view(), [&](std::size_t i, const intact::nn::FeatureMap<const float>& map) {
        if (i == net.stages().size() || !is_product(net.stages()[i])) return;
        const intact::nn::Stage& stage = net.stages()[i];
        const Index pixels = stage.geometry.output(map.shape).pixels();
        const Index rows = map.shape.batch * pixels;
        const float* weights = net.weights(i).data();
        rates.operations +=
            2.0 * static_cast<double>(rows * stage.geometry.k() * stage.geometry.out_channels);
        // The batch at once, or image by image where that is faster.
        const double at_once = product_alone(stage, weights, rows);
        const double by_image =
            static_cast<double>(map.shape.batch) * product_alone(stage, weights, pixels);
        rates.products_alone += std::min(at_once, by_image);
    });
    rates.network = fastest([&] { (void)net(batch); });
    rates.products_inside = 1e30;
    for (int i = 0; i < 10 * rounds; ++i) {
        rates.products_inside = std::min(rates.products_inside, products_inside(net, batch));
    }
    return rates;
}

void report(const std::string& name, const Rates& rates) {
    const auto line = [&](const char* what, double microseconds) {
        std::cout << "  " << what << fixed(rates.operations / microseconds / 1e3, 1) << " GFLOP/s, "
                  << fixed(100.0 * rates.products_alone / microseconds, 0) << " %\n";
    };
    std::cout << "The " << name << " network in float, batch 64, this processor's instructions: "
              << fixed(rates.network / static_cast<double>(timed_images), 1) << " us an image\n";
    line("Eigen's products alone, columns ready:   ", rates.products_alone);
    line("the products in it, with bias and clamp: ", rates.products_inside);
    line("the whole network:                       ", rates.network);
}

void run(const std::vector<std::string>& arguments) {
    const Dataset set = read_dataset(fashion, "test640");
    if (arguments.empty()) {
        const Batch batch = set.batch(0, timed_images);
        for (const std::string name : {"plain", "depthwise"}) {
            report(name, measure(network(name), batch));
        }
        return;
    }
    const intact::Sequential net = network(arguments.front());
    for (const std::size_t batch : {std::size_t{1}, timed_images}) {
        std::cout << microseconds_per_image(timed_batches(set, batch), net) << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
