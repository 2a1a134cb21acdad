// What a team of threads gains over one thread at each shape, by the clock on the wall, in turns.
// Says something only on a machine with nothing else to do.
//
//   threads_table [--quick] [--fastest] [--threads <n>]     INTACT_ISA=avx2 asks for a plainer
//   kernel
#include <iostream>
#include <string>
#include <vector>

#include "bench/keep_memory.hpp"
#include "bench/machine.hpp"
#include "bench/pair_row.hpp"

using namespace bench;
using namespace intact;

namespace {

struct Options {
    Effort effort{.budget_seconds = 3, .clock = wall_seconds};
    bool is_quick = false;
    gemm::Index threads = 2;
};

[[noreturn]] void refuse(const std::string& what) {
    throw std::invalid_argument(what + "; expected [--quick] [--fastest] [--threads <n>]");
}

Options read_options(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (word == "--quick") {
            options.is_quick = true;
            options.effort = glance;
        } else if (word == "--fastest") {
            options.effort.takes_fastest = true;
        } else if (word == "--threads" && i + 1 < arguments.size()) {
            const auto count = count_in(arguments[++i]);
            if (!count || *count > 1024) refuse("no number of threads: " + arguments[i]);
            options.threads = *count;
        } else {
            refuse("no such argument, or its value is missing: " + word);
        }
    }
    return options;
}

}  // namespace

int main(int argc, char** argv) try {
    keep_memory();
    const Options options = read_options({argv + 1, argv + argc});
    const simd::Isa isa = gemm::best_kernel().isa;
    ThreadTeam team(options.threads);
    std::cout << machine() << "\n"
              << simd::describe() << "\nGOPS of one thread and of " << options.threads
              << ", and the gain\n\n";
    print_pair_title();
    const double most = options.is_quick             ? quick_operations
                        : isa == simd::Isa::portable ? portable_operations
                                                     : 1e12;
    for (const Shape& shape : shapes) {
        if (shape.operations() > most) continue;
        const Problem problem(shape);
        const gemm::Kernel& kernel = gemm::best_kernel(shape.m, shape.n, shape.k);
        print_pair(shape, OurProducts(problem, kernel), OurProducts(problem, kernel, &team),
                   options.effort);
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "threads_table: " << error.what() << '\n';
    return 2;
}
