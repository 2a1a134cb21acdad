// Quantization, dequantization and min-max of our best kernel against plain loops with the same
// vectors, and against a loop that only reads and memcpy, in turns in one run: gigabytes a second
// of float32 (its bytes read or written) with the data in each cache and in memory.
//
//   elementwise_table [--quick] [--fastest]          INTACT_ISA=avx2 asks for a plainer kernel
#include <cstdio>
#include <cstring>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "bench/bandwidth.hpp"
#include "bench/machine.hpp"
#include "bench/plain_loops.hpp"
#include "bench/problem.hpp"
#include "bench/race.hpp"
#include "intact/elementwise/dequantize.hpp"
#include "intact/elementwise/min_max.hpp"
#include "intact/elementwise/quantize.hpp"

using namespace bench;
using namespace intact;

namespace {

struct Place {
    const char* name;
    std::size_t floats;
};

constexpr Place places[] = {{"L1, 16 KiB", 1 << 12},
                            {"L2, 256 KiB", 1 << 16},
                            {"L3, 8 MiB", 1 << 21},
                            {"memory, 256 MiB", 1 << 26}};

constexpr float scale = 0.08F;

/// Floats and codes that span the range of int8, and room for as many of each.
struct Data {
    explicit Data(std::size_t floats)
        : n(floats),
          reals(static_cast<std::ptrdiff_t>(4 * n)),
          reals_out(static_cast<std::ptrdiff_t>(4 * n)),
          codes(static_cast<std::ptrdiff_t>(n)) {
        std::minstd_rand random(1);
        for (std::size_t i = 0; i < n; ++i) {
            reals.as<float>()[i] = static_cast<float>(random() % 20001) * 1e-3F - 10.0F;
            codes.as<std::int8_t>()[i] = static_cast<std::int8_t>(random() % 256);
        }
    }

    std::size_t n;
    Buffer reals;
    Buffer reals_out;
    Buffer codes;
};

void print_row(const char* what, const Place& place, const Race& race, std::size_t ours,
               std::size_t plain, bool has_plain, std::size_t bound) {
    const double bytes = 4.0 * static_cast<double>(place.floats);
    const auto rate = [&](std::size_t number) { return bytes / race.seconds(number) * 1e-9; };
    std::printf("%-16s %-11s %8.1f", place.name, what, rate(ours));
    if (has_plain) {
        std::printf(" %10.1f %6.2f", rate(plain), rate(ours) / rate(plain));
    } else {
        std::printf(" %10s %6s", "-", "-");
    }
    std::printf(" %10.1f %6.2f\n", rate(bound), rate(ours) / rate(bound));
}

void run(const Place& place, const elementwise::Kernels& kernels, const Effort& effort) {
    const Data data(place.floats);
    const std::span<const float> reals(data.reals.as<float>(), data.n);
    auto* codes = data.codes.as<std::int8_t>();
    auto* reals_out = data.reals_out.as<float>();
    const QuantParams params{scale, 3};
    const Grid grid{-128, 127, false, 0};
    const PlainLoops plain = plain_loops(kernels.isa);
    const bool has_plain = plain.min_max != nullptr;
    const auto add = [](Race& race, bool exists, Run run) {
        return race.add(exists ? std::move(run) : Run([] {}));
    };

    Race race;
    const auto reading = race.add([&] { read_memory(reals.data(), 4 * data.n, kernels.isa); });
    const auto copying = race.add([&] { std::memcpy(reals_out, reals.data(), 4 * data.n); });
    const auto min_max = race.add([&] {
        const auto range = elementwise::min_max(reals, kernels);
        asm volatile("" : : "g"(&range) : "memory");
    });
    const auto plain_min_max = add(race, has_plain, [&] {
        float ends[32];
        plain.min_max(reals.data(), data.n, ends);
        asm volatile("" : : "g"(&ends) : "memory");
    });
    const auto quantize =
        race.add([&] { elementwise::quantize(reals, params, grid, codes, 0, kernels); });
    const auto plain_quantize =
        add(race, has_plain, [&] { plain.quantize(reals.data(), data.n, 1 / scale, codes); });
    const auto dequantize =
        race.add([&] { elementwise::dequantize(codes, data.n, params, reals_out, kernels); });
    const auto plain_dequantize =
        add(race, has_plain, [&] { plain.dequantize(codes, data.n, scale, reals_out); });
    race.run(effort);

    print_row("min-max", place, race, min_max, plain_min_max, has_plain, reading);
    print_row("quantize", place, race, quantize, plain_quantize, has_plain, reading);
    print_row("dequantize", place, race, dequantize, plain_dequantize, has_plain, copying);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) try {
    Effort effort{.turn_seconds = 4e-3, .rounds = 15};
    bool is_quick = false;
    for (const std::string& word : std::vector<std::string>(argv + 1, argv + argc)) {
        if (word == "--quick") {
            is_quick = true;
            effort = glance;
        } else if (word == "--fastest") {
            effort.takes_fastest = true;
        } else {
            std::cerr
                << "elementwise_table: no such argument, expected --quick or --fastest, given "
                << word << '\n';
            return 2;
        }
    }
    const elementwise::Kernels& kernels = elementwise::best_kernels();
    std::cout << machine() << '\n'
              << simd::describe() << "; kernel: " << simd::name(kernels.isa) << "\n\n";
    std::printf("GB/s of float32                  ours plain loop  ratio      bound  ratio\n");
    std::fflush(stdout);
    for (const Place& place : places) {
        if (is_quick && place.floats > 1 << 16) break;
        run(place, kernels, effort);
    }
    std::cout << "\nplain loop: multiplies by the inverse, checks nothing. bound: a loop that only "
                 "reads the floats;\nfor dequantize, which writes them, memcpy.\n";
    return 0;
} catch (const std::exception& error) {
    std::cerr << "elementwise_table: " << error.what() << '\n';
    return 2;
}
