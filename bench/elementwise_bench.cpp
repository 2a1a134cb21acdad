// Gigabytes a second of float32 (int32 for sums, int8 for the sum of codes) that each element-wise
// kernel of this machine handles, with data in the first cache, the second, and memory; memcpy of
// as many floats beside. For one question at a time, with --benchmark_filter; elementwise_table
// compares.
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "intact/elementwise/fake_quantize.hpp"
#include "intact/elementwise/min_max.hpp"
#include "intact/elementwise/requantize.hpp"
#include "intact/elementwise/sum_codes.hpp"

using namespace intact;
using namespace intact::elementwise;

namespace {

struct Data {
    explicit Data(std::size_t n)
        : reals(n), out(n), codes(n), sums(n), factors(n), scales(n, 0.001F), bias(n, 0.5F) {
        std::mt19937 random(1);
        for (std::size_t i = 0; i < n; ++i) {
            reals[i] = static_cast<float>(static_cast<int>(random() % 20001) - 10000) * 1e-3F;
            sums[i] = static_cast<std::int32_t>(random() % 200001) - 100000;
            codes[i] = static_cast<std::int8_t>(random() % 256);
            factors[i] = ExactRounding::factor(static_cast<double>(random() % 1000 + 1) * 1e-6);
        }
    }

    std::vector<float> reals;
    std::vector<float> out;
    std::vector<std::int8_t> codes;
    std::vector<std::int32_t> sums;
    std::vector<double> factors;
    std::vector<float> scales;
    std::vector<float> bias;
};

/// Data of that size; one is kept.
Data& data_of(std::size_t n) {
    static std::unique_ptr<Data> last;
    if (last == nullptr || last->reals.size() != n) {
        last.reset();
        last = std::make_unique<Data>(n);
    }
    return *last;
}

const QuantParams params{0.08F, 3};
const Grid grid{-128, 127, false, 0};

void do_quantize(Data& data, const Kernels& kernels) {
    quantize(data.reals, params, grid, data.codes.data(), 0, kernels);
}
void do_dequantize(Data& data, const Kernels& kernels) {
    dequantize(data.codes.data(), data.codes.size(), params, data.out.data(), kernels);
}
void do_fake_quantize(Data& data, const Kernels& kernels) {
    fake_quantize(data.reals, params, grid, data.out.data(), 0, kernels);
}
void do_min_max(Data& data, const Kernels& kernels) {
    benchmark::DoNotOptimize(min_max(data.reals, kernels));
}
void do_requantize(Data& data, const Kernels& kernels) {
    requantize(data.sums.data(), data.sums.size(), data.factors.data(), 3, -128, 127,
               data.codes.data(), kernels);
}
void do_dequantize_sums(Data& data, const Kernels& kernels) {
    dequantize_sums(data.sums.data(), data.sums.size(), data.scales.data(), data.bias.data(),
                    data.out.data(), kernels);
}
void do_sum_codes(Data& data, const Kernels& kernels) {
    benchmark::DoNotOptimize(sum_codes(data.codes.data(), data.codes.size(), kernels));
}
void do_memcpy(Data& data, const Kernels&) {
    std::memcpy(data.out.data(), data.reals.data(), data.reals.size() * sizeof(float));
}

using Subject = void (*)(Data& data, const Kernels& kernels);

void run(benchmark::State& state, Subject subject, const Kernels& kernels) {
    const double bytes = subject == do_sum_codes ? 1 : 4;  // of one element
    Data& data = data_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        subject(data, kernels);
        benchmark::ClobberMemory();
    }
    state.counters["bytes/s"] = benchmark::Counter(static_cast<double>(state.range(0)) * bytes,
                                                   benchmark::Counter::kIsIterationInvariantRate,
                                                   benchmark::Counter::kIs1000);
}

void add(const char* name, Subject subject, const Kernels& kernels, std::int64_t n) {
    const std::string full = std::string(name) + "/" + simd::name(kernels.isa);
    benchmark::RegisterBenchmark(full.c_str(), run, subject, kernels)->ArgName("n")->Arg(n);
}

void add_all(const Kernels& kernels, std::int64_t n) {
    add("quantize", do_quantize, kernels, n);
    add("dequantize", do_dequantize, kernels, n);
    add("fake_quantize", do_fake_quantize, kernels, n);
    add("min_max", do_min_max, kernels, n);
    add("requantize", do_requantize, kernels, n);
    add("dequantize_sums", do_dequantize_sums, kernels, n);
    add("sum_codes", do_sum_codes, kernels, n);
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::AddCustomContext("intact", simd::describe());
    for (const std::int64_t n : {2'048, 32'768, 16'777'216}) {
        add("memcpy", do_memcpy, best_kernels(), n);
        for (const Kernels& kernels : kernels()) {
            if (simd::supports(kernels.isa)) add_all(kernels, n);
        }
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
