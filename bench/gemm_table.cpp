// The table of the int8 product on one instruction set: our rate by shape and type, the fraction of
// the peak of the instructions, the ratio to the best peer and to Eigen's float product. One
// thread, weights packed beforehand, everything in one process and in turns.
//
//   gemm_table [<isa>] [--shape MxKxN]... [--quick] [--fastest] [--alone] [--results <file>]
//   gemm_table --list
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "bench/contest.hpp"
#include "bench/keep_memory.hpp"
#include "bench/machine.hpp"
#include "bench/table.hpp"

using namespace bench;
using namespace intact;

namespace {

constexpr const char* usage =
    "gemm_table [<isa>] [--shape MxKxN]... [--quick] [--fastest] [--alone] [--results <file>]\n"
    "gemm_table --list    the instruction sets of this machine that have a kernel\n"
    "  --shape    this one and not the whole table; may be given again\n"
    "  --quick    a moment for each, to see that everything runs\n"
    "  --fastest  the fastest round instead of the median, for a machine that is busy\n"
    "  --alone    without the peers\n"
    "  --results  writes the figures to a file for gemm_chart\n";

struct Options {
    std::string isa;
    std::vector<Shape> chosen;
    Effort effort;
    bool is_quick = false;
    bool has_peers = true;
    std::string results;
};

[[noreturn]] void refuse(const std::string& what) {
    std::cerr << "gemm_table: " << what << '\n' << usage;
    std::exit(2);
}

void list_kernels() {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        if (simd::supports(kernel.isa)) std::cout << simd::name(kernel.isa) << '\n';
    }
}

Options read_options(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        const bool has_value = i + 1 < arguments.size();
        if (word == "--list") {
            list_kernels();
            std::exit(0);
        } else if (word == "--quick") {
            options.is_quick = true;
            options.effort = glance;
        } else if (word == "--fastest") {
            options.effort.takes_fastest = true;
        } else if (word == "--alone") {
            options.has_peers = false;
        } else if (word == "--results" && has_value) {
            options.results = arguments[++i];
        } else if (word == "--shape" && has_value) {
            const auto shape = shape_in(arguments[++i]);
            if (!shape) refuse("--shape wants MxKxN, given " + arguments[i]);
            options.chosen.push_back(*shape);
        } else if (!word.starts_with("-") && options.isa.empty()) {
            options.isa = word;
        } else {
            refuse("no such argument, or its value is missing: " + word);
        }
    }
    return options;
}

/// The kernel that the options ask for; everything else in this process follows INTACT_ISA too.
const gemm::Kernel& chosen_kernel(const Options& options) {
    if (!options.isa.empty()) setenv("INTACT_ISA", options.isa.c_str(), 1);
    const gemm::Kernel& kernel = gemm::best_kernel();
    if (kernel.isa != simd::selected()) {
        refuse("no kernel for " + std::string(simd::name(simd::selected())));
    }
    return kernel;
}

/// The shapes to run: plain C++ would take minutes for the large ones.
std::vector<Shape> shapes_to_run(const Options& options, const gemm::Kernel& kernel) {
    if (!options.chosen.empty()) return options.chosen;
    const double most = options.is_quick                    ? quick_operations
                        : kernel.isa == simd::Isa::portable ? portable_operations
                                                            : 1e12;
    std::vector<Shape> chosen;
    for (const Shape& shape : shapes) {
        if (shape.operations() <= most) chosen.push_back(shape);
    }
    return chosen;
}

void print_notes(const Contest& contest, bool has_peers) {
    std::cout << "\n%: of the peak. bound: the best column, in % of the peak or, with up to "
              << few_rows << " rows, of 2 M times the rate\nat which a plain loop reads the "
              << "weights, whichever is less.";
    if (!has_peers) {
        std::cout << '\n';
        return;
    }
    std::cout << " peer: our rate over the best peer's;\n~: that peer's sums were wrong "
              << "(saturated). Eigen, x: the best column over Eigen's float rate.\n";
#if INTACT_HAS_ONEDNN
    std::cout << "oneDNN " << onednn_version() << " ran";
    for (const auto& [implementation, count] : contest.implementations()) {
        std::cout << ' ' << implementation << " (" << count << ')';
    }
    std::cout << '\n';
#else
    (void)contest;
#endif
}

void print_peaks(const gemm::Kernel& kernel, const std::vector<Result>& results,
                 const Effort& effort) {
    double highest = 0;
    for (const Result& result : results) highest = std::max(highest, result.peak);
    if (highest > 0) std::cout << "peak in this run: " << highest * 1e-9 << " GOPS";
    const Peak real = float_peak(kernel.isa);
    if (real.run != nullptr) {
        Race race;
        const std::size_t number = race.add(real.run);
        race.run(effort);
        std::cout << "; of float, " << real.instructions << ": "
                  << real.operations / race.seconds(number) * 1e-9 << " GFLOPS";
    }
    std::cout << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
    keep_memory();
    const Options options = read_options({argv + 1, argv + argc});
    const gemm::Kernel& kernel = chosen_kernel(options);
    std::ofstream file;
    if (!options.results.empty()) {
        file.open(options.results);
        if (!file) refuse("cannot write " + options.results);
        file << "# " << machine() << '\n';
    }

    const Peak peak = int8_peak(kernel.isa);
    std::cout << machine() << '\n' << simd::describe() << '\n';
    if (peak.run != nullptr) std::cout << "peak: " << peak.instructions << '\n';
    std::cout << std::endl;
    Contest contest(kernel, options.effort, options.has_peers);
    std::vector<Result> results;
    print_table_head();
    for (const Shape& shape : shapes_to_run(options, kernel)) {
        results.push_back(contest.run(shape));
        print_table_row(results.back());
        write(file, results.back());
    }
    print_notes(contest, options.has_peers);

    print_peaks(kernel, results, options.effort);
    if (options.has_peers) {
        std::cout << "\nThe peers, GOPS:\n";
        std::cout.flush();
        for (const Result& result : results) print_peer_row(result);
    }
    for (const Result& result : results) {
        for (const Entry& entry : result.entries) {
            if (entry.who != us || entry.is_exact) continue;
            std::cerr << "gemm_table: our own sums are wrong at " << text(result.shape) << '\n';
            return 1;
        }
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "gemm_table: " << error.what() << '\n';
    return 2;
}
