// The main job: two trained networks go from float to 8-bit integers, and a table and a page show
// what that costs and gains.
//
//   quantize_network                    640 test images, which come with the project
//   quantize_network <folder>           all 10,000 of Fashion-MNIST, unzipped or as .gz
//   quantize_network [...] --page FILE  where the page goes; quantize_network.html if not said
//
// Ranges are chosen on 256 training images, in batches of 32 in file order. Ends with 1 and one
// sentence where the data is missing or broken, or where a result is not what it must be.
#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "examples/quantize_network/dataset.hpp"
#include "examples/quantize_network/evaluation.hpp"
#include "examples/quantize_network/expectations.hpp"
#include "examples/quantize_network/fewer_bits.hpp"
#include "examples/quantize_network/integer_form.hpp"
#include "examples/quantize_network/measured_pictures.hpp"
#include "examples/quantize_network/networks.hpp"
#include "examples/quantize_network/page.hpp"
#include "examples/quantize_network/race.hpp"
#include "examples/quantize_network/table.hpp"
#include "intact/metrics/error_measures.hpp"
#include "intact/simd/isa.hpp"

namespace {

using namespace example;

const std::filesystem::path shipped = std::filesystem::path(INTACT_EXAMPLES_DATA_DIR) / "fashion";

struct Arguments {
    std::optional<std::filesystem::path> folder;  ///< of the whole data set
    std::filesystem::path page = "quantize_network.html";
    std::string command = "quantize_network";
};

Arguments read_arguments(const std::vector<std::string>& given) {
    Arguments arguments;
    for (std::size_t i = 0; i < given.size(); ++i) {
        arguments.command += " " + given[i];
        if (given[i] == "--page") {
            intact::require(i + 1 < given.size(), "quantize_network",
                            "--page lacks its file, expected --page FILE, given nothing after it");
            arguments.command += " " + given[i + 1];
            arguments.page = given[++i];
        } else {
            intact::require(!given[i].starts_with("-") && !arguments.folder, "quantize_network",
                            "wrong usage, expected [folder of Fashion-MNIST] [--page FILE], given ",
                            given[i]);
            arguments.folder = given[i];
        }
    }
    const std::filesystem::path folder = std::filesystem::absolute(arguments.page).parent_path();
    intact::require(
        std::filesystem::is_directory(folder) && !std::filesystem::is_directory(arguments.page),
        arguments.page.string().c_str(),
        "is no place for the page, expected a file in an existing folder, given ",
        std::filesystem::is_directory(folder) ? "a folder" : "none");
    return arguments;
}

/// The data that every network sees.
struct Data {
    Dataset test;
    std::vector<Batch> calibration;
    std::size_t calibration_images = 0;
    Dataset timed;
};

Data read_data(const Arguments& arguments) {
    if (arguments.folder) {
        intact::require<std::runtime_error>(
            std::filesystem::is_directory(*arguments.folder), arguments.folder->string().c_str(),
            "is no folder, expected that of t10k-images-idx3-ubyte[.gz], given ",
            std::filesystem::exists(*arguments.folder) ? "something else" : "a missing one");
    }
    Data data{.test = arguments.folder ? read_dataset(*arguments.folder, "t10k")
                                       : read_dataset(shipped, "test640"),
              .calibration = {},
              .calibration_images = 0,
              .timed = read_dataset(shipped, "test640")};
    const Dataset calibration = read_dataset(shipped, "calib256");
    data.calibration = batches_of(calibration, 32);
    data.calibration_images = calibration.size();
    return data;
}

/// Static min-max with weights of fewer bits: size as it would be with packed codes.
Row narrow_row(const intact::Sequential& net, const Data& data, int bits,
               const intact::FeatureMatrix& exact) {
    intact::Exceptions exceptions;
    std::size_t saved_bits = 0;
    for (const intact::nn::Stage& stage : net.stages()) {
        if (!has_weights(stage)) continue;
        exceptions.push_back(intact::use_bits(stage.layer, bits));
        saved_bits +=
            static_cast<std::size_t>(stage.geometry.out_channels * stage.geometry.k() * (8 - bits));
    }
    const IntegerForm form = static_min_max(net, data.calibration, exceptions);
    const std::string name = std::to_string(bits) + "-bit weights, packed";
    const intact::FeatureMatrix outputs = outputs_of(data.test, name, form.run);
    const auto answers = answers_of(outputs);
    return {.kind = Kind::static_ranges,
            .name = name,
            .accuracy = share_equal(answers, data.test.labels),
            .agreement = share_equal(answers, answers_of(exact)),
            .sqnr_db = intact::sqnr_db(exact, outputs),
            .bytes = form.bytes - saved_bits / 8};
}

/// Everything about one network, printed as a table and returned for the page.
NetworkResults quantize_all(const std::string& network, const intact::Sequential& net,
                            const Data& data) {
    NetworkResults results;
    const intact::FeatureMatrix exact = outputs_of(data.test, network + ", float32",
                                                   [&](const Batch& batch) { return net(batch); });
    const std::vector<std::size_t> exact_answers = answers_of(exact);
    results.rows.push_back({.kind = Kind::float32,
                            .name = "float32",
                            .accuracy = share_equal(exact_answers, data.test.labels),
                            .bytes = net.bytes()});
    std::vector<IntegerForm> forms;
    for (const NamedRecipe& recipe : recipes) {
        forms.push_back(recipe.quantize(net, data.calibration, {}));
        const intact::FeatureMatrix outputs =
            outputs_of(data.test, network + ", " + recipe.name, forms.back().run);
        const std::vector<std::size_t> answers = answers_of(outputs);
        if (recipe.quantize == static_min_max) {
            results.chosen = results.rows.size();
            results.samples = samples_of(data.test, exact, outputs);
        }
        results.rows.push_back({.kind = recipe.kind,
                                .name = recipe.name,
                                .accuracy = share_equal(answers, data.test.labels),
                                .agreement = share_equal(answers, exact_answers),
                                .sqnr_db = intact::sqnr_db(exact, outputs),
                                .bytes = forms.back().bytes});
    }
    results.has_opponent = race(network, net, data.timed, forms, results.rows);
    print_table(std::cout, "The " + network + " network, " + grouped(data.test.size()) + " images",
                results.rows);
    if (!results.has_opponent) {
        std::cout << "  The float_network program cannot be run: float32 was timed in this one, "
                     "compiled for any\n  processor of its kind, and is slower for it.\n";
    }
    std::cout << '\n';
    results.fewer_bits = with_fewer_bits(net, data.calibration, data.test, exact);
    print_fewer_bits(std::cout, "The " + network + " network with all layers in fewer bits, static",
                     results.fewer_bits);
    print_below_min_max(std::cout, results.fewer_bits);
    std::cout << '\n' << std::flush;

    results.name = "The " + network + " network";
    for (const int bits : {6, 4}) results.narrower.push_back(narrow_row(net, data, bits, exact));
    results.weights = weights_of(net);
    results.activations = activations_of(net, data.calibration);
    results.layers = layer_errors(net, data.calibration, data.test);
    return results;
}

/// Processor and instruction sets.
std::string machine() {
    std::string found = "a processor with " + intact::simd::describe();
    std::ifstream processors("/proc/cpuinfo");
    for (std::string line; std::getline(processors, line);) {
        if (!line.starts_with("model name")) continue;
        return line.substr(line.find(':') + 2) + ", " + intact::simd::describe();
    }
    return found;
}

/// Whether the kernels in use multiply bytes with one instruction for four of them.
bool has_vnni() {
    const intact::simd::Isa used = intact::simd::selected();
    return used == intact::simd::Isa::avx_vnni || used >= intact::simd::Isa::avx512_vnni;
}

bool run(const Arguments& arguments) {
    const Data data = read_data(arguments);
    const intact::Sequential plain = plain_network(shipped / "cnn");
    const intact::Sequential depthwise = depthwise_network(shipped / "dw");
    std::cout << intact::simd::describe() << "\n\n";

    PageInputs page{.test_images = data.test.size(),
                    .calibration_images = data.calibration_images,
                    .machine = machine(),
                    .command = arguments.command,
                    .shades = shades_of(data.test, 0),
                    .networks = {}};
    page.networks.push_back(quantize_all("plain", plain, data));
    page.networks.back().description =
        "Two convolutions and two linear layers, 56,714 parameters: the easy case.";
    page.networks.push_back(quantize_all("depthwise", depthwise, data));
    page.networks.back().description =
        "Each convolution is split into one that sees single channels (d) and one that mixes them "
        "(p): 2,714 parameters, little redundancy, and channels of very different size. The hard "
        "case.";

    std::cout << "us/image: processor time of one thread, median of 9 rounds, each of which runs "
                 "all rows in turn.\nfloat32 is a program of its own, compiled with -O3 "
                 "-march=native.\n"
              << opponent_says("") << '\n';

    std::vector<Expectation> expectations;
    if (data.test.size() == 10000) {
        expectations.push_back(float_accuracy("plain", 90.83, page.networks[0].rows));
        expectations.push_back(float_accuracy("depthwise", 85.07, page.networks[1].rows));
    }
    const double allowed = allowed_loss(data.test.size());
    for (auto& one : plain_expectations(page.networks[0].rows, allowed)) {
        expectations.push_back(one);
    }
    for (auto& one : depthwise_expectations(page.networks[1].rows)) expectations.push_back(one);
    if (has_vnni()) {
        for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
            if (!page.networks[i].has_opponent) continue;
            const char* name = i == 0 ? "plain" : "depthwise";
            expectations.push_back(speed_expectation(name, page.networks[i].rows));
        }
    }
    const auto& of_plain = page.networks[0].fewer_bits;
    const auto& of_depthwise = page.networks[1].fewer_bits;
    for (auto& one : fewer_bits_expectations("plain", of_plain, 26.3, 15.6, allowed)) {
        expectations.push_back(one);
    }
    for (auto& one : fewer_bits_expectations("depthwise", of_depthwise, 20.6, 3.1, 0.0)) {
        expectations.push_back(one);
    }
    const bool all_hold = print_expectations(std::cout, expectations);

    write_page(arguments.page, page);
    std::cout << "\nThe page with the pictures: "
              << std::filesystem::absolute(arguments.page).string() << '\n';
    return all_hold;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(read_arguments({argv + 1, argv + argc})) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
