// What calibration costs: observers against a loop that only reads the floats and against numpy's
// histogram, in one run, and the time in which each criterion searches a range.
//
//   calibration_table [--quick]       numpy is asked for where python3 has it
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "bench/bandwidth.hpp"
#include "bench/gaussian.hpp"
#include "bench/machine.hpp"
#include "bench/race.hpp"
#include "intact/elementwise/dispatch.hpp"
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/min_max.hpp"

using namespace bench;
using namespace intact;

namespace {

/// Seconds in which numpy counts so many Gaussian floats into 2048 bins; 0 where it is absent.
double seconds_of_numpy(std::size_t n) {
    const std::string program =
        "import time, numpy\n"
        "x = numpy.random.default_rng(1).standard_normal(" +
        std::to_string(n) +
        ", dtype=numpy.float32)\n"
        "def run():\n"
        "    start = time.process_time()\n"
        "    numpy.histogram(x, 2048)\n"
        "    return time.process_time() - start\n"
        "print(sorted(run() for i in range(3))[1])\n";
    for (const char* python : {"python3", "/usr/bin/python3"}) {
        const std::string command = python + (" -c '" + program + "' 2>/dev/null");
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"),
                                                                   pclose);
        std::array<char, 64> line{};
        if (pipe == nullptr) continue;
        if (std::fgets(line.data(), line.size(), pipe.get()) == nullptr) continue;
        return std::strtod(line.data(), nullptr);
    }
    return 0;
}

void observers(const char* place, std::size_t n, bool asks_numpy, const Effort& effort) {
    const std::vector<float> values = gaussian(n);
    Race race;
    const auto reading =
        race.add([&] { read_memory(values.data(), 4 * n, elementwise::best_kernels().isa); });
    MinMax min_max;
    const auto extremes = race.add([&] { min_max.observe(values); });
    Histogram<> histogram;
    const auto counting = race.add([&] { histogram.observe(values); });
    Histogram<>::PerChannel small;
    const auto counting_small = race.add([&] { small.observe(values); });
    race.run(effort);

    const auto row = [&](const char* what, double seconds) {
        std::printf("%-15s %-24s %8.1f %10.2f %10.2f %10.2f\n", place, what,
                    4e-9 * static_cast<double>(n) / seconds, 1e9 * seconds / static_cast<double>(n),
                    race.seconds(reading) / seconds, seconds / race.seconds(extremes));
    };
    row("reading", race.seconds(reading));
    row("MinMax", race.seconds(extremes));
    row("Histogram", race.seconds(counting));
    row("Histogram, a channel's", race.seconds(counting_small));
    const double numpy = asks_numpy ? seconds_of_numpy(n) : 0;
    if (numpy > 0) {
        row("numpy.histogram", numpy);
        std::printf("%-15s Histogram counts at %.1f times the rate of numpy.histogram\n", "",
                    numpy / race.seconds(counting));
    }
    std::fflush(stdout);
}

void criteria(const Effort& effort) {
    HistogramState<8, 8> histogram;
    HistogramState<8, 5> small;
    const std::vector<float> values = gaussian(1 << 20);
    histogram.add(values);
    small.add(values);
    constexpr Grid affine{.qmin = 0, .qmax = 255};
    constexpr Grid symmetric{.qmin = -127, .qmax = 127, .symmetric = true};

    Race race;
    const auto add = [&]<class Clip>(Clip) {
        std::array<std::size_t, 4> numbers{};
        std::size_t* number = numbers.data();
        for (const Grid& grid : {affine, symmetric}) {
            *number++ = race.add([&histogram, grid] {
                const Range range = choose_range<Clip>(histogram.view(), grid);
                asm volatile("" : : "g"(&range) : "memory");
            });
            *number++ = race.add([&small, grid] {
                const Range range = choose_range<Clip>(small.view(), grid);
                asm volatile("" : : "g"(&range) : "memory");
            });
        }
        return numbers;
    };
    const auto percentile = add(Percentile<>());
    const auto squared_error = add(MeanSquaredError());
    const auto entropy = add(Entropy());
    race.run(effort);

    std::printf("\n%-18s %14s %14s %14s %14s\n%-18s %14s %14s %14s %14s\n", "us a search, 8 bits",
                "affine", "affine", "symmetric", "symmetric", "", "m = 8", "m = 5", "m = 8",
                "m = 5");
    const auto row = [&](const char* name, const std::array<std::size_t, 4>& numbers) {
        std::printf("%-18s", name);
        for (const std::size_t number : numbers) std::printf(" %14.1f", 1e6 * race.seconds(number));
        std::printf("\n");
    };
    row("Percentile", percentile);
    row("MeanSquaredError", squared_error);
    row("Entropy", entropy);
    std::fflush(stdout);
}

/// Channels observed and searched by two threads, each its half of them.
void channels(std::size_t count) {
    const std::vector<float> values = gaussian(4096 + count);
    const auto calibrate = [&](std::size_t first, std::size_t last) {
        constexpr Grid grid{.qmin = 0, .qmax = 255};
        double sum = 0;
        for (std::size_t channel = first; channel < last; ++channel) {
            Histogram<MeanSquaredError>::PerChannel observer;
            observer.observe(std::span(values).subspan(channel, 4096));
            sum += observer.range(grid).max;
        }
        asm volatile("" : : "g"(&sum) : "memory");
    };
    const double start = wall_seconds();
    std::thread other(calibrate, 0, count / 2);
    calibrate(count / 2, count);
    other.join();
    std::printf(
        "\n%zu channels of 4096 values, m = 5, MeanSquaredError, affine, two threads: %.2f s\n",
        count, wall_seconds() - start);
}

}  // namespace

int main(int argc, char** argv) {
    const bool is_quick = argc == 2 && std::string(argv[1]) == "--quick";
    if (argc > 1 && !is_quick) {
        std::cerr << "calibration_table: no such argument, expected --quick, given " << argv[1]
                  << '\n';
        return 2;
    }
    const Effort effort = is_quick ? glance : Effort{.turn_seconds = 4e-3, .rounds = 15};
    std::cout << machine() << '\n' << simd::describe() << "\n\n";
    std::printf("%-15s %-24s %8s %10s %10s %10s\n", "", "", "GB/s", "ns/value", "of reading",
                "x MinMax");
    std::fflush(stdout);
    observers("L2, 256 KiB", std::size_t{1} << 16, false, effort);
    if (!is_quick) observers("memory, 256 MiB", std::size_t{1} << 26, true, effort);
    criteria(effort);
    channels(is_quick ? 100 : 10000);
    return 0;
}
