// The convolution kernels against their formulas in wide integers, at every edge of their tiles.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "intact/gemm/aligned_vector.hpp"
#include "intact/nn/dispatch.hpp"
#include "intact/nn/kernel.hpp"
#include "tests/kernel_counts.hpp"

using namespace intact;
using nn::Index;

namespace {

KernelCounts& counts() {
    static KernelCounts counts;
    return counts;
}

/// The kernels that this machine runs; the others count as skipped.
std::vector<nn::Kernels> runnable() {
    std::vector<nn::Kernels> found;
    for (const nn::Kernels& kernels : nn::kernels()) {
        counts().add(simd::name(kernels.isa), 0);
        if (simd::supports(kernels.isa)) found.push_back(kernels);
    }
    return found;
}

constexpr std::int32_t untouched = 0x5a5a5a5a;
constexpr std::size_t slack = 16;

class Random {
public:
    explicit Random(unsigned seed) : generator_(seed) {}

    std::int32_t integer(std::int32_t low, std::int32_t high) {
        return std::uniform_int_distribution<std::int32_t>(low, high)(generator_);
    }
    template <class T>
    void fill(T& values, std::int32_t low, std::int32_t high) {
        for (auto& value : values) {
            value = static_cast<typename T::value_type>(integer(low, high));
        }
    }

private:
    std::mt19937 generator_;
};

struct Convolution {
    Index count, panels, groups, windows;
    bool extreme = false;  ///< codes 255 and weights -128
};

/// Sum of one window and column, modulo 2^32.
std::int32_t window_sum(const nn::ConvolutionRow& row, Index output, Index window, Index panel,
                        Index column) {
    std::int64_t sum = row.start[panel * 16 + column];
    for (Index g = 0; g < row.groups; ++g) {
        for (Index c = 0; c < 4; ++c) {
            const Index at = output * row.step + row.windows[window] + row.offsets[g] + c;
            sum += std::int64_t{row.codes[at]} *
                   row.panels[((panel * row.groups + g) * 16 + column) * 4 + c];
        }
    }
    return static_cast<std::int32_t>(sum);
}

/// Whether a kernel's sums are those of the formula, and nothing beyond the slack is written.
bool agrees(const nn::Kernels& kernels, const Convolution& shape, Random& random) {
    const Index step = random.integer(1, 9);
    std::vector<Index> windows(static_cast<std::size_t>(shape.windows));
    std::vector<Index> offsets(static_cast<std::size_t>(shape.groups));
    random.fill(windows, 0, 50);
    random.fill(offsets, 0, 60);
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(shape.count * step + 200));
    gemm::AlignedVector<std::int8_t> panels(
        static_cast<std::size_t>(shape.panels * shape.groups * 64));
    std::vector<std::int32_t> start(static_cast<std::size_t>(shape.panels * 16));
    random.fill(codes, shape.extreme ? 255 : 0, 255);
    random.fill(panels, -128, shape.extreme ? -128 : 127);
    random.fill(start, -1000000, 1000000);
    const auto size = static_cast<std::size_t>(shape.count * shape.panels * 16);
    std::vector<std::int32_t> sums(size + slack, untouched);
    const nn::ConvolutionRow row{.codes = codes.data(),
                                 .step = step,
                                 .count = shape.count,
                                 .windows = windows.data(),
                                 .window_count = shape.windows,
                                 .offsets = offsets.data(),
                                 .groups = shape.groups,
                                 .panels = panels.data(),
                                 .panel_count = shape.panels,
                                 .start = start.data(),
                                 .sums = sums.data()};
    kernels.convolve(row);
    counts().add(simd::name(kernels.isa), 1);
    for (std::size_t i = 0; i < size; ++i) {
        const auto index = static_cast<Index>(i);
        std::int32_t largest = std::numeric_limits<std::int32_t>::min();
        for (Index w = 0; w < shape.windows; ++w) {
            largest = std::max(largest, window_sum(row, index / (shape.panels * 16), w,
                                                   index / 16 % shape.panels, index % 16));
        }
        if (sums[i] != largest) return false;
    }
    return std::all_of(sums.begin() + static_cast<Index>(size), sums.end(),
                       [](std::int32_t sum) { return sum == untouched; });
}

struct Depthwise {
    Index run, count, taps;
    bool extreme = false;  ///< codes 255 and weights -255
};

bool agrees(const nn::Kernels& kernels, const Depthwise& shape, Random& random) {
    const Index period = (shape.run + 15) / 16 * 16 + 16 * random.integer(0, 1);
    const Index step = shape.run + random.integer(0, 5);
    std::vector<Index> offsets(static_cast<std::size_t>(shape.taps));
    random.fill(offsets, 0, 70);
    const Index runs = (shape.count + shape.run - 1) / shape.run;
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(runs * step + shape.run + 100));
    std::vector<std::int32_t> weights(static_cast<std::size_t>(shape.taps * period));
    std::vector<std::int32_t> start(static_cast<std::size_t>(period));
    random.fill(codes, shape.extreme ? 255 : 0, 255);
    random.fill(weights, -255, shape.extreme ? -255 : 255);
    random.fill(start, -1000000, 1000000);
    std::vector<std::int32_t> sums(static_cast<std::size_t>(shape.count) + 2 * slack, untouched);
    kernels.convolve_depthwise({.codes = codes.data(),
                                .step = step,
                                .run = shape.run,
                                .count = shape.count,
                                .offsets = offsets.data(),
                                .taps = shape.taps,
                                .weights = weights.data(),
                                .start = start.data(),
                                .period = period,
                                .sums = sums.data()});
    counts().add(simd::name(kernels.isa), 1);
    for (Index i = 0; i < shape.count; ++i) {
        const Index e = i % shape.run;
        std::int64_t sum = start[static_cast<std::size_t>(e)];
        for (Index t = 0; t < shape.taps; ++t) {
            const Index at = i / shape.run * step + offsets[static_cast<std::size_t>(t)] + e;
            sum += std::int64_t{codes[static_cast<std::size_t>(at)]} *
                   weights[static_cast<std::size_t>(t * period + e)];
        }
        if (sums[static_cast<std::size_t>(i)] != sum) return false;
    }
    return std::all_of(sums.end() - static_cast<Index>(slack), sums.end(),
                       [](std::int32_t sum) { return sum == untouched; });
}

}  // namespace

TEST_CASE("Kernels: a row of a convolution is that of the formula, whatever its sizes") {
    Random random(1);
    for (const nn::Kernels& kernels : runnable()) {
        CAPTURE(simd::name(kernels.isa));
        for (Index count = 1; count <= 20; ++count) {
            for (Index panels = 1; panels <= 5; ++panels) {
                CAPTURE(count);
                CAPTURE(panels);
                const Index groups = 1 + (count + panels) % 7;
                CHECK(agrees(kernels, Convolution{count, panels, groups, 1}, random));
                CHECK(agrees(kernels, Convolution{count, panels, groups + 20, 4}, random));
            }
        }
        CHECK(agrees(kernels, Convolution{9, 3, 2, 9}, random));
    }
}

TEST_CASE("Kernels: a row of a depthwise convolution is that of the formula") {
    Random random(2);
    for (const nn::Kernels& kernels : runnable()) {
        CAPTURE(simd::name(kernels.isa));
        for (const Index run : {1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 33, 48, 70}) {
            for (const Index count : {1, 5, 16, 23, 33, 111, 144, 260}) {
                CAPTURE(run);
                CAPTURE(count);
                CHECK(agrees(kernels, Depthwise{run, count, 1 + count % 10}, random));
            }
        }
    }
}

TEST_CASE("Kernels: extreme codes and weights do not saturate") {
    Random random(3);
    for (const nn::Kernels& kernels : runnable()) {
        CAPTURE(simd::name(kernels.isa));
        CHECK(agrees(kernels, Convolution{13, 3, 200, 2, true}, random));
        CHECK(agrees(kernels, Depthwise{24, 100, 49, true}, random));
    }
}

TEST_CASE("Kernels: sums may wrap on the way to one that fits") {
    for (const nn::Kernels& kernels : runnable()) {
        CAPTURE(simd::name(kernels.isa));
        const std::vector<std::uint8_t> codes(64, 255);
        const gemm::AlignedVector<std::int8_t> panels(64, -128);
        const std::vector<std::int32_t> start(16, std::numeric_limits<std::int32_t>::min());
        const Index zero = 0;
        std::vector<std::int32_t> sums(32);
        kernels.convolve({.codes = codes.data(),
                          .step = 1,
                          .count = 1,
                          .windows = &zero,
                          .window_count = 1,
                          .offsets = &zero,
                          .groups = 1,
                          .panels = panels.data(),
                          .panel_count = 1,
                          .start = start.data(),
                          .sums = sums.data()});
        CHECK(sums[3] == std::numeric_limits<std::int32_t>::max() - 4 * 255 * 128 + 1);
        const std::vector<std::int32_t> weights(16, -255);
        kernels.convolve_depthwise({.codes = codes.data(),
                                    .step = 16,
                                    .run = 16,
                                    .count = 16,
                                    .offsets = &zero,
                                    .taps = 1,
                                    .weights = weights.data(),
                                    .start = start.data(),
                                    .period = 16,
                                    .sums = sums.data()});
        CHECK(sums[3] == std::numeric_limits<std::int32_t>::max() - 255 * 255 + 1);
    }
}

TEST_CASE("Kernels: the list ends with the portable ones, the best is the selected one") {
    CHECK(nn::kernels().back().isa == simd::Isa::portable);
    CHECK(&nn::best_kernels() == &simd::best_of(nn::kernels(), simd::selected()));
}
