// What calibration costs: observers against a loop that only reads the floats and against numpy's
// histogram, in one run, and the time in which each criterion searches a range. Ends with the
// thresholds that these must keep.
//
//   calibration_table [--quick] [--check]
//
// numpy is asked for where python3 has it. --quick shows that it runs; what it leaves out has no
// threshold. --check ends with 1 where a threshold is missed: for a machine that nobody else uses.
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
#include "bench/thresholds.hpp"
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

void observers(const char* place, std::size_t n, bool is_memory, const Effort& effort,
               Thresholds& thresholds) {
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
    std::fflush(stdout);
    if (!is_memory) return;
    thresholds.at_least("MinMax, of the rate of reading",
                        race.seconds(reading) / race.seconds(extremes), 0.9, "");
    thresholds.at_most("Histogram beyond the caches, times MinMax",
                       race.seconds(counting) / race.seconds(extremes), 3, "");
    const double numpy = seconds_of_numpy(n);
    if (numpy == 0) {
        std::printf("%-15s %-24s %8s\n", place, "numpy.histogram", "no numpy");
        return;
    }
    row("numpy.histogram", numpy);
    thresholds.at_least("Histogram, times the rate of numpy.histogram",
                        numpy / race.seconds(counting), 8, "");
}

void criteria(const Effort& effort, Thresholds& thresholds) {
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
    const auto at_most = [&](const char* what, std::size_t number, double limit) {
        thresholds.at_most(what, 1e6 * race.seconds(number), limit, " us");
    };
    at_most("Percentile, affine, 8 bits", percentile[0], 10);
    at_most("MeanSquaredError, affine, 8 bits, every zero point", squared_error[0], 2000);
    at_most("Entropy, affine, 8 bits", entropy[0], 2000);
}

/// Seconds in which two threads observe and search channels, each its half of them.
double channels(std::size_t count) {
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
    const double seconds = wall_seconds() - start;
    std::printf(
        "\n%zu channels of 4096 values, m = 5, MeanSquaredError, affine, two threads: %.2f s\n",
        count, seconds);
    return seconds;
}

}  // namespace

int main(int argc, char** argv) {
    bool is_quick = false;
    bool checks = false;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--quick") {
            is_quick = true;
        } else if (argument == "--check") {
            checks = true;
        } else {
            std::cerr << "calibration_table: no such argument, expected --quick or --check, given "
                      << argument << '\n';
            return 2;
        }
    }
    const Effort effort = is_quick ? glance : Effort{.turn_seconds = 4e-3, .rounds = 15};
    Thresholds thresholds;
    std::cout << machine() << '\n' << simd::describe() << "\n\n";
    std::printf("%-15s %-24s %8s %10s %10s %10s\n", "", "", "GB/s", "ns/value", "of reading",
                "x MinMax");
    std::fflush(stdout);
    observers("L2, 256 KiB", std::size_t{1} << 16, false, effort, thresholds);
    if (!is_quick) observers("memory, 256 MiB", std::size_t{1} << 26, true, effort, thresholds);
    criteria(effort, thresholds);
    const double seconds = channels(is_quick ? 100 : 10000);
    if (!is_quick) {
        thresholds.at_most("10,000 channels, MeanSquaredError, two threads", seconds, 5, " s");
    }
    thresholds.print();
    return checks && !thresholds.kept() ? 1 : 0;
}
