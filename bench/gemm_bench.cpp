// Giga-operations a second of the int8 product: every kernel this machine runs, by shape and
// output, beside the peak of its instructions and Eigen's float product, all measured in this one
// process.
//
//   peak/...             the multiply and add instructions alone, from registers
//   <kernel>/raw/...     u8 x s8 to int32       <kernel>/s8_raw/...  s8 x s8 to int32
//   <kernel>/to_u8/...   requantized to uint8   <kernel>/to_f32/...  dequantized to float
//   eigen_f32/...        the same shape in float, with the flags this program was compiled with
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <Eigen/Core>

#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/requantize_sums.hpp"

#if INTACT_X86
#include <immintrin.h>
#endif

using namespace intact;

namespace {

struct Shape {
    Eigen::Index m, n, k;
};

constexpr std::array<Shape, 13> shapes{{{64, 64, 64},
                                        {256, 256, 256},
                                        {512, 512, 512},
                                        {1024, 1024, 1024},
                                        {1, 1024, 1024},
                                        {1, 4096, 4096},
                                        {4, 4096, 4096},
                                        {16, 4096, 4096},
                                        {128, 768, 768},
                                        {128, 768, 3072},
                                        {3136, 64, 576},
                                        {33, 65, 129},
                                        {7, 5, 13}}};

std::string text(const Shape& shape) {
    return std::to_string(shape.m) + "x" + std::to_string(shape.n) + "x" + std::to_string(shape.k);
}

void count_operations(benchmark::State& state, double each) {
    state.counters["op/s"] =
        benchmark::Counter(each, benchmark::Counter::kIsIterationInvariantRate);
}

template <class T>
std::vector<T> random_codes(Eigen::Index count) {
    std::mt19937 generator(1);
    std::vector<T> codes(static_cast<std::size_t>(count));
    for (T& code : codes) code = static_cast<T>(generator());
    return codes;
}

template <class T, class E>
void product(benchmark::State& state, const Shape& shape, const gemm::Kernel& kernel,
             const E& epilogue) {
    const auto x = random_codes<T>(shape.m * shape.k);
    const auto w = random_codes<std::int8_t>(shape.n * shape.k);
    const auto packed = gemm::pack(gemm::Operand<std::int8_t>{
        .data = w.data(), .rows = shape.n, .k = shape.k, .row_stride = shape.k});
    const gemm::Operand<T> left{
        .data = x.data(), .rows = shape.m, .k = shape.k, .row_stride = shape.k};
    std::vector<typename E::Output> y(static_cast<std::size_t>(shape.m * shape.n));
    for (auto _ : state) {
        gemm::multiply(left, packed, epilogue, y.data(), shape.n, 1, kernel);
        benchmark::DoNotOptimize(y.data());
        benchmark::ClobberMemory();
    }
    count_operations(state, 2.0 * static_cast<double>(shape.m * shape.n * shape.k));
}

void eigen_product(benchmark::State& state, const Shape& shape) {
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Matrix x = Matrix::Random(shape.m, shape.k);
    const Matrix w = Matrix::Random(shape.n, shape.k);
    Matrix y(shape.m, shape.n);
    for (auto _ : state) {
        y.noalias() = x * w.transpose();
        benchmark::DoNotOptimize(y.data());
        benchmark::ClobberMemory();
    }
    count_operations(state, 2.0 * static_cast<double>(shape.m * shape.n * shape.k));
}

#if INTACT_X86
constexpr int peak_registers = 12;

// Each accumulator passes an asm of its own: equal ones would be merged and double the figure.
INTACT_TARGET("avx2") void madd_steps(int steps) {
    __m256i sum[peak_registers];
    __m256i row = _mm256_set1_epi16(3);
    const __m256i column = _mm256_set1_epi16(5);
#pragma GCC unroll 12
    for (__m256i& one : sum) one = row;
    for (; steps > 0; --steps) {
#pragma GCC unroll 12
        for (__m256i& one : sum) {
            asm volatile("" : "+x"(one), "+x"(row));
            one = _mm256_add_epi32(one, _mm256_madd_epi16(row, column));
        }
    }
#pragma GCC unroll 12
    for (__m256i& one : sum) asm volatile("" : "+x"(one));
}

INTACT_TARGET("avx512f,avx512bw,avx512vnni") void dpbusd_steps(int steps) {
    __m512i sum[peak_registers];
    __m512i row = _mm512_set1_epi8(3);
    const __m512i column = _mm512_set1_epi8(5);
#pragma GCC unroll 12
    for (__m512i& one : sum) one = row;
    for (; steps > 0; --steps) {
#pragma GCC unroll 12
        for (__m512i& one : sum) {
            asm volatile("" : "+v"(one), "+v"(row));
            one = _mm512_dpbusd_epi32(one, row, column);
        }
    }
#pragma GCC unroll 12
    for (__m512i& one : sum) asm volatile("" : "+v"(one));
}

void peak(benchmark::State& state, void (*steps)(int), int products) {
    constexpr int count = 1000;
    for (auto _ : state) steps(count);
    count_operations(state, 2.0 * count * peak_registers * products);
}
#endif

template <class Run>
void add(const std::string& name, Run run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMicrosecond);
}

void add_kernel(const gemm::Kernel& kernel, const Shape& shape) {
    static const std::vector<double> factors(4096, 0x1p-12);
    static const std::vector<float> scales(4096, 0x1p-12F);
    const gemm::RequantizeSums<std::uint8_t> to_u8{.factors = factors.data(), .zero_point = 128};
    const gemm::DequantizeSums to_f32{.scales = scales.data()};
    const std::string name = std::string(simd::name(kernel.isa)) + "/";
    const std::string size = "/" + text(shape);
    add(name + "raw" + size, [&kernel, shape](benchmark::State& state) {
        product<std::uint8_t>(state, shape, kernel, gemm::Raw());
    });
    add(name + "s8_raw" + size, [&kernel, shape](benchmark::State& state) {
        product<std::int8_t>(state, shape, kernel, gemm::Raw());
    });
    add(name + "to_u8" + size, [&kernel, shape, to_u8](benchmark::State& state) {
        product<std::uint8_t>(state, shape, kernel, to_u8);
    });
    add(name + "to_f32" + size, [&kernel, shape, to_f32](benchmark::State& state) {
        product<std::uint8_t>(state, shape, kernel, to_f32);
    });
}

}  // namespace

int main(int argc, char** argv) {
#if INTACT_X86
    if (simd::supports(simd::Isa::avx512_vnni)) {
        add("peak/vpdpbusd", [](benchmark::State& state) { peak(state, dpbusd_steps, 64); });
    }
    if (simd::supports(simd::Isa::avx2)) {
        add("peak/vpmaddwd+vpaddd", [](benchmark::State& state) { peak(state, madd_steps, 16); });
    }
#endif
    for (const Shape& shape : shapes) {
        add("eigen_f32/" + text(shape),
            [shape](benchmark::State& state) { eigen_product(state, shape); });
        for (const gemm::Kernel& kernel : gemm::kernels()) {
            if (simd::supports(kernel.isa)) add_kernel(kernel, shape);
        }
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
