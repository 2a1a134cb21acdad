// Nanoseconds a value (inverse of val/s) and bytes a second of each observer, with batches in the
// second cache and in memory, and microseconds of each criterion's search over one histogram.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/gaussian.hpp"
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/lp_error.hpp"
#include "intact/observers/criteria/mean_absolute_error.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/moving_average.hpp"

using namespace intact;
using bench::gaussian;

namespace {

template <Observer Watcher>
void observe(benchmark::State& state) {
    const std::vector<float> batch = gaussian(static_cast<std::size_t>(state.range(0)));
    Watcher observer;
    for (auto _ : state) {
        observer.observe(batch);
        benchmark::DoNotOptimize(observer);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetBytesProcessed(state.iterations() * state.range(0) *
                            static_cast<std::int64_t>(sizeof(float)));
}

template <Criterion Clip, class State>
void choose(benchmark::State& state, bool symmetric, int bits) {
    State histogram;
    histogram.add(gaussian(1 << 20));
    const std::int32_t half = 1 << (bits - 1);
    const Grid grid = symmetric ? Grid{.qmin = 1 - half, .qmax = half - 1, .symmetric = true}
                                : Grid{.qmin = 0, .qmax = 2 * half - 1};
    for (auto _ : state) {
        benchmark::DoNotOptimize(choose_range<Clip>(histogram.view(), grid));
    }
}

template <Observer Watcher>
void register_observer(const char* name) {
    benchmark::RegisterBenchmark(name, observe<Watcher>)
        ->ArgName("values")
        ->Arg(1 << 16)
        ->Arg(1 << 23);
}

template <Criterion Clip>
void register_criterion(const std::string& name) {
    for (const bool symmetric : {false, true}) {
        for (const int bits : {8, 4}) {
            const std::string end =
                (symmetric ? "/symmetric/" : "/affine/") + std::to_string(bits) + " bits";
            benchmark::RegisterBenchmark((name + end).c_str(), [=](benchmark::State& state) {
                choose<Clip, HistogramState<8, 8>>(state, symmetric, bits);
            })->Unit(benchmark::kMicrosecond);
            benchmark::RegisterBenchmark((name + " per channel" + end).c_str(),
                                         [=](benchmark::State& state) {
                                             choose<Clip, HistogramState<8, 5>>(state, symmetric,
                                                                                bits);
                                         })
                ->Unit(benchmark::kMicrosecond);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    register_observer<MinMax>("MinMax");
    register_observer<MovingAverage>("MovingAverage");
    register_observer<Histogram<>>("Histogram");
    register_observer<Histogram<>::PerChannel>("Histogram per channel");
    register_criterion<Percentile<>>("Percentile");
    register_criterion<MeanSquaredError>("MeanSquaredError");
    register_criterion<MeanAbsoluteError>("MeanAbsoluteError");
    register_criterion<LpError<4>>("LpError<4>");
    register_criterion<Entropy>("Entropy");
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
