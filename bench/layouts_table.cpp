// What column-major activations and outputs, Eigen's usual ones, cost beside row-major ones, whose
// codes lie as kernels read them.
//
//   layouts_table [--quick]     INTACT_ISA=avx2 asks for a plainer kernel
#include <iostream>
#include <string_view>

#include "bench/keep_memory.hpp"
#include "bench/machine.hpp"
#include "bench/pair_row.hpp"

using namespace bench;
using namespace intact;

int main(int argc, char** argv) try {
    keep_memory();
    const bool is_quick = argc == 2 && std::string_view(argv[1]) == "--quick";
    if (argc > 1 && !is_quick) throw std::invalid_argument("expected nothing or --quick");
    std::cout << machine() << "\n"
              << simd::describe() << "\nGOPS row-major and column-major, and their ratio\n\n";
    print_pair_title();
    const double most = is_quick                                         ? quick_operations
                        : gemm::best_kernel().isa == simd::Isa::portable ? portable_operations
                                                                         : 1e12;
    for (const Shape& shape : shapes) {
        if (shape.operations() > most) continue;
        const Problem problem(shape);
        const gemm::Kernel& kernel = gemm::best_kernel(shape.m, shape.n, shape.k);
        print_pair(shape, OurProducts(problem, kernel),
                   OurProducts(problem, kernel, nullptr, false),
                   is_quick ? glance : Effort{.budget_seconds = 3});
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "layouts_table: " << error.what() << '\n';
    return 2;
}
