// The main function of every test program. Says which instruction sets it runs on; where INTACT_ISA
// names one that this machine lacks it runs nothing and ends with 77, which ctest reports as
// skipped.
#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include <doctest/doctest.h>

#include "intact/simd/isa.hpp"

int main(int argc, char** argv) {
    namespace simd = intact::simd;
    constexpr int skipped = 77;

    if (const char* wanted = std::getenv("INTACT_ISA")) {
        for (const simd::Isa isa : simd::all_isas) {
            if (std::string_view(wanted) == simd::name(isa) && !simd::supports(isa)) {
                std::cout << "skipped: this machine lacks " << wanted << '\n';
                return skipped;
            }
        }
    }
    try {
        std::cout << simd::describe() << std::endl;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return doctest::Context(argc, argv).run();
}
