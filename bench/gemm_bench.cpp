// Giga-operations a second of the int8 product by kernel, types and shape (M x K x N), beside the
// peak of the instructions. For one question at a time, with --benchmark_filter; gemm_table
// compares.
//
//   peak/<isa>                       the multiplying instructions alone, from registers
//   <isa>/<kind>/MxKxN               kind: u8>s32, u8>u8, s8>s32, s8>s8, u8>f32
#include <memory>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "bench/ours.hpp"
#include "bench/peak.hpp"

using namespace bench;
using namespace intact;

namespace {

void count_operations(benchmark::State& state, double each) {
    state.counters["op/s"] =
        benchmark::Counter(each, benchmark::Counter::kIsIterationInvariantRate);
}

/// The problem of that shape; one is kept.
const Problem& problem_of(const Shape& shape) {
    static std::unique_ptr<Problem> last;
    if (last == nullptr || text(last->shape) != text(shape)) {
        last.reset();
        last = std::make_unique<Problem>(shape);
    }
    return *last;
}

template <class MakeRun>
void add(const gemm::Kernel& kernel, const std::string& kind, const Shape& shape,
         MakeRun make_run) {
    const std::string title = simd::name(kernel.isa) + ("/" + kind + "/" + text(shape));
    benchmark::RegisterBenchmark(title.c_str(), [=, &kernel](benchmark::State& state) {
        const Run run = make_run(problem_of(shape), kernel);
        for (auto _ : state) {
            run();
            benchmark::ClobberMemory();
        }
        count_operations(state, shape.operations());
    })->Unit(benchmark::kMicrosecond);
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::AddCustomContext("intact", simd::describe());
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        if (!simd::supports(kernel.isa)) continue;
        const Peak peak = int8_peak(kernel.isa);
        if (peak.run == nullptr) continue;
        const std::string title = std::string("peak/") + simd::name(kernel.isa);
        benchmark::RegisterBenchmark(title.c_str(), [peak](benchmark::State& state) {
            for (auto _ : state) peak.run();
            count_operations(state, peak.operations);
        });
    }
    for (const Shape& shape : shapes) {
        for (const gemm::Kernel& kernel : gemm::kernels()) {
            if (!simd::supports(kernel.isa)) continue;
            for (const Kind kind : int8_kinds) {
                add(kernel, name(kind), shape, [kind](const Problem& problem, const auto& one) {
                    return OurProducts(problem, one).of(kind);
                });
            }
            add(kernel, "u8>f32", shape, [](const Problem& problem, const auto& one) {
                return OurProducts(problem, one).to_reals();
            });
        }
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
