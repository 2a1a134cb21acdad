// Blocks of sums against the portable definition, one number at a time: every width, height and
// stride, with nothing read or written outside.
#include "intact/elementwise/kernel.hpp"

#include <cstring>
#include <string>

#include <doctest/doctest.h>

#include "cases.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/elementwise/multiplier.hpp"
#include "tests/fenced.hpp"

using namespace elementwise_cases;

namespace {

struct Shape {
    std::ptrdiff_t rows;
    std::ptrdiff_t columns;
    std::ptrdiff_t sums_stride;
    std::ptrdiff_t out_stride;
};

/// Every width up to 70 and some beyond, with few rows; every height up to 13, with some widths.
std::vector<Shape> shapes() {
    std::vector<Shape> all;
    for (std::ptrdiff_t columns = 0; columns <= 70; ++columns) {
        for (const std::ptrdiff_t rows : {0, 1, 2, 3, 5}) {
            all.push_back({rows, columns, columns + columns % 3, columns + columns % 5});
        }
    }
    for (const std::ptrdiff_t columns : {3, 16, 24, 32, 48, 64, 96, 113, 160, 200}) {
        for (std::ptrdiff_t rows = 1; rows <= 13; ++rows) {
            all.push_back({rows, columns, columns + 16, columns + rows});
        }
    }
    return all;
}

/// Elements from the first to the last one of a block.
std::size_t extent(std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t stride) {
    return rows == 0 ? 0 : static_cast<std::size_t>((rows - 1) * stride + columns);
}

/// Sums and factors of one block; the sums beyond its columns are large, so that they would show.
struct Block {
    Block(const Shape& shape, unsigned seed, double largest_factor)
        : sums(extent(shape.rows, shape.columns, shape.sums_stride)),
          multipliers(static_cast<std::size_t>(shape.columns)),
          scales(static_cast<std::size_t>(shape.columns)),
          bias(static_cast<std::size_t>(shape.columns)) {
        std::mt19937 random(seed);
        const auto draw = [&] { return static_cast<std::uint32_t>(random()); };
        for (std::ptrdiff_t j = 0; j < shape.columns; ++j) {
            const double real = static_cast<double>(draw() >> (draw() % 12)) * 0x1p-32;
            multipliers.data()[j] = make_multiplier(real * largest_factor).value;
            scales.data()[j] = elementwise_cases::real((draw() & 0x807fffffU) | 0x3c000000U);
            bias.data()[j] = elementwise_cases::real((draw() & 0x807fffffU) | 0x40000000U);
        }
        for (std::size_t i = 0; i < extent(shape.rows, shape.columns, shape.sums_stride); ++i) {
            const auto sum = static_cast<std::int32_t>(draw());
            sums.data()[i] = sum >> (draw() % 4 == 0 ? draw() % 3 : 14 + draw() % 14);
        }
    }

    Fenced<std::int32_t> sums;
    Fenced<double> multipliers;
    Fenced<float> scales;
    Fenced<float> bias;
};

/// What memory holds that no kernel should write to.
template <class T>
constexpr T untouched = 99;

/// What a block of codes becomes: those of the definition, and between the rows nothing new.
template <class T>
std::vector<T> expected_codes(const Shape& shape, const Block& block, const Output& output) {
    std::vector<T> expected(extent(shape.rows, shape.columns, shape.out_stride), untouched<T>);
    for (std::ptrdiff_t row = 0; row < shape.rows; ++row) {
        const std::int32_t* const sums = block.sums.data() + row * shape.sums_stride;
        T* const codes = expected.data() + row * shape.out_stride;
        for (std::ptrdiff_t column = 0; column < shape.columns; ++column) {
            const std::int64_t code =
                portable::rounded_product(sums[column], block.multipliers.data()[column]) +
                output.zero_point;
            codes[column] = static_cast<T>(portable::clamp(code, output.qmin, output.qmax));
        }
    }
    return expected;
}

/// The same for reals.
std::vector<float> expected_reals(const Shape& shape, const Block& block, const float* bias,
                                  const float* limits) {
    std::vector<float> expected(extent(shape.rows, shape.columns, shape.out_stride),
                                untouched<float>);
    for (std::ptrdiff_t row = 0; row < shape.rows; ++row) {
        const std::int32_t* const sums = block.sums.data() + row * shape.sums_stride;
        float* const reals = expected.data() + row * shape.out_stride;
        for (std::ptrdiff_t column = 0; column < shape.columns; ++column) {
            const float real =
                library_fma(static_cast<float>(sums[column]), block.scales.data()[column],
                            bias != nullptr ? bias[column] : 0.0F);
            reals[column] = limits != nullptr ? portable::cut(real, limits) : real;
        }
    }
    return expected;
}

/// Codes of a block, rows `stride` apart, that are added to its sums.
template <class T>
struct Added {
    Added(const Shape& shape, unsigned seed)
        : stride(shape.columns + seed % 4), codes(extent(shape.rows, shape.columns, stride)) {
        std::mt19937 random(seed);
        for (std::size_t i = 0; i < extent(shape.rows, shape.columns, stride); ++i) {
            codes.data()[i] = static_cast<T>(random());
        }
    }

    std::ptrdiff_t stride;
    Fenced<T> codes;
};

/// The same for sums and what is added to them.
template <class T>
std::vector<std::int32_t> expected_sums(const Shape& shape, const Block& block,
                                        const Added<T>& added, std::int32_t zero_point) {
    std::vector<std::int32_t> expected(extent(shape.rows, shape.columns, shape.out_stride),
                                       untouched<std::int32_t>);
    for (std::ptrdiff_t row = 0; row < shape.rows; ++row) {
        const std::int32_t* const sums = block.sums.data() + row * shape.sums_stride;
        const T* const codes = added.codes.data() + row * added.stride;
        for (std::ptrdiff_t column = 0; column < shape.columns; ++column) {
            const std::int64_t sum =
                sums[column] + portable::rounded_product(codes[column] - zero_point,
                                                         block.multipliers.data()[column]);
            expected[static_cast<std::size_t>(row * shape.out_stride + column)] =
                static_cast<std::int32_t>(portable::clamp(sum, INT32_MIN, INT32_MAX));
        }
    }
    return expected;
}

/// Every set of kernels against `expected`; run(kernels, out) fills fenced memory.
template <class T, class RunKernels>
void compare(Comparisons& all, const Shape& shape, const std::vector<T>& expected,
             RunKernels&& run) {
    for (const Kernels& kernels : runnable()) {
        const Fenced<T> out(expected.size());
        std::fill_n(out.data(), expected.size(), untouched<T>);
        run(kernels, out.data());
        const bool same = expected.empty() || std::memcmp(out.data(), expected.data(),
                                                          expected.size() * sizeof(T)) == 0;
        const std::vector<T> given =
            same ? expected : std::vector<T>(out.data(), out.data() + expected.size());
        all.holds(same, simd::name(kernels.isa), ", ", shape.rows, " x ", shape.columns,
                  ", strides ", shape.sums_stride, " and ", shape.out_stride, ", ",
                  same ? none : first_difference(given, expected));
    }
}

template <class T>
void compare_codes(Comparisons& all, const Shape& shape, const Block& block, const Output& output) {
    compare(all, shape, expected_codes<T>(shape, block, output),
            [&](const Kernels& kernels, T* out) {
                kernels.of<T>().requantize_block(block.sums.data(), shape.sums_stride, shape.rows,
                                                 shape.columns, block.multipliers.data(), output,
                                                 out, shape.out_stride);
            });
}

template <class T>
void compare_sums(Comparisons& all, const Shape& shape, const Block& block, unsigned seed) {
    const Added<T> added(shape, seed);
    const std::int32_t zero_point = static_cast<T>(1000 * seed);
    compare(all, shape, expected_sums(shape, block, added, zero_point),
            [&](const Kernels& kernels, std::int32_t* out) {
                kernels.of<T>().add_scaled_block(block.sums.data(), shape.sums_stride,
                                                 added.codes.data(), added.stride, shape.rows,
                                                 shape.columns, block.multipliers.data(),
                                                 zero_point, out, shape.out_stride);
            });
}

void compare_reals(Comparisons& all, const Shape& shape, const Block& block, const float* bias,
                   const float* limits) {
    compare(all, shape, expected_reals(shape, block, bias, limits),
            [&](const Kernels& kernels, float* out) {
                kernels.dequantize_sums_block(block.sums.data(), shape.sums_stride, shape.rows,
                                              shape.columns, block.scales.data(), bias, limits, out,
                                              shape.out_stride);
            });
}

}  // namespace

TEST_CASE("Kernels: codes of a block are those of its sums, and nothing outside is touched") {
    const simd::DefaultEnvironment guard;
    const std::vector<Output> int8{{0, -128, 127}, {-128, -128, 127}, {127, -127, 127}, {3, 3, 90}};
    const std::vector<Output> uint8{{0, 0, 255}, {255, 0, 255}, {117, 117, 255}};
    const std::vector<Output> int16{{0, -32768, 32767}, {-32768, -32768, 32767}, {32767, 0, 32767}};
    const std::vector<Output> uint16{{0, 0, 65535}, {65535, 0, 65535}, {300, 5, 65000}};
    Comparisons all;
    unsigned seed = 0;
    for (const Shape& shape : shapes()) {
        for (const double largest_factor : {1.0, 1000.0}) {
            const Block block(shape, ++seed, largest_factor);
            const auto one_of = [&](const std::vector<Output>& outputs) {
                return outputs[seed / 2 % outputs.size()];
            };
            compare_codes<std::int8_t>(all, shape, block, one_of(int8));
            compare_codes<std::uint8_t>(all, shape, block, one_of(uint8));
            compare_codes<std::int16_t>(all, shape, block, one_of(int16));
            compare_codes<std::uint16_t>(all, shape, block, one_of(uint16));
        }
    }
    CHECK(all.failures() == none);
}

TEST_CASE("Kernels: codes are added to the sums of a block, and nothing outside is touched") {
    const simd::DefaultEnvironment guard;
    Comparisons all;
    unsigned seed = 0;
    for (const Shape& shape : shapes()) {
        ++seed;
        const Block block(shape, seed, seed % 2 == 0 ? 1.0 : 1e6);
        compare_sums<std::int8_t>(all, shape, block, seed);
        compare_sums<std::uint8_t>(all, shape, block, seed);
        compare_sums<std::int16_t>(all, shape, block, seed);
        compare_sums<std::uint16_t>(all, shape, block, seed);
    }
    CHECK(all.failures() == none);
}

TEST_CASE("Kernels: reals of a block are those of its sums, and nothing outside is touched") {
    const simd::DefaultEnvironment guard;
    const std::vector<std::vector<float>> all_limits{
        {}, {0.0F, 6.0F}, {real(sign), 3.0F}, {-2.0F, -1.0F}, {-2.0F, 2.0F}};
    Comparisons all;
    unsigned seed = 0;
    for (const Shape& shape : shapes()) {
        const Block block(shape, ++seed, 1.0);
        const std::vector<float>& limits = all_limits[seed % all_limits.size()];
        const float* const ends = limits.empty() ? nullptr : limits.data();
        compare_reals(all, shape, block, block.bias.data(), ends);
        compare_reals(all, shape, block, nullptr, ends);
    }
    CHECK(all.failures() == none);
}

TEST_CASE("Kernels: limits order zeros by their sign, and not-a-numbers by their bits") {
    const simd::DefaultEnvironment guard;
    const std::vector<float> bias = special_reals();
    const std::vector<std::int32_t> sums(bias.size(), 0);
    const std::vector<float> scales(bias.size(), -1.0F);
    const auto n = static_cast<std::ptrdiff_t>(bias.size());
    for (const Kernels& kernels : runnable()) {
        for (const float min : {0.0F, real(sign), -1.0F, real(1)}) {
            const float limits[2] = {min, 1.0F};
            std::vector<float> out(bias.size());
            std::vector<float> expected(bias.size());
            kernels.dequantize_sums_block(sums.data(), n, 1, n, scales.data(), bias.data(), limits,
                                          out.data(), n);
            portable::kernels.dequantize_sums_block(sums.data(), n, 1, n, scales.data(),
                                                    bias.data(), limits, expected.data(), n);
            CHECK(first_difference(out, expected) == none);
        }
    }
}
