// Draws what gemm_table measured.
//
//   gemm_chart <svg> <results>...
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "bench/chart.hpp"

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "gemm_chart <svg> <results>...    files written by gemm_table --results\n";
        return 2;
    }
    std::vector<bench::Result> results;
    std::string note;
    for (int i = 2; i < argc; ++i) {
        std::ifstream file(argv[i]);
        const std::vector<bench::Result> more = bench::read_results(file, note);
        if (!file || more.empty()) {
            std::cerr << "gemm_chart: holds no results: " << argv[i] << '\n';
            return 2;
        }
        results.insert(results.end(), more.begin(), more.end());
    }
    std::ofstream svg(argv[1]);
    svg << bench::Chart(results, note).str();
    svg.close();
    if (!svg) {
        std::cerr << "gemm_chart: cannot write " << argv[1] << '\n';
        return 2;
    }
    return 0;
}
