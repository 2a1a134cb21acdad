// Blocks of sums against the portable definition, one number at a time: every width, height and
// stride, with nothing read or written outside.
#include "intact/elementwise/kernel.hpp"

#include <cstring>
#include <string>

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cases.hpp"
#include "intact/elementwise/kernels/portable.hpp"
#include "intact/elementwise/multiplier.hpp"
#include "tests/emulated.hpp"

using namespace elementwise_cases;

namespace {

/// Memory that ends where a page begins that may not be touched.
template <class T>
class Fenced {
public:
    explicit Fenced(std::size_t n) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        bytes_ = (n * sizeof(T) + page - 1) / page * page + page;
        start_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        REQUIRE(start_ != MAP_FAILED);
        char* const fence = static_cast<char*>(start_) + bytes_ - page;
        if (!is_emulated()) REQUIRE(mprotect(fence, page, PROT_NONE) == 0);
        data_ = reinterpret_cast<T*>(fence) - n;
    }
    ~Fenced() { munmap(start_, bytes_); }
    Fenced(const Fenced&) = delete;
    Fenced& operator=(const Fenced&) = delete;

    [[nodiscard]] T* data() const { return data_; }

private:
    void* start_ = nullptr;
    std::size_t bytes_ = 0;
    T* data_ = nullptr;
};

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

/// Counts codes that are not those of the definition, and bytes written between the rows.
template <class T>
std::size_t wrong_codes(const Kernels& kernels, const Shape& shape, const Block& block,
                        const Output& output) {
    constexpr T untouched = 99;
    const std::size_t size = extent(shape.rows, shape.columns, shape.out_stride);
    const Fenced<T> out(size);
    std::fill_n(out.data(), size, untouched);
    kernels.of<T>().requantize_block(block.sums.data(), shape.sums_stride, shape.rows,
                                     shape.columns, block.multipliers.data(), output, out.data(),
                                     shape.out_stride);
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < size; ++at) {
        const auto row = static_cast<std::ptrdiff_t>(at) / shape.out_stride;
        const auto column = static_cast<std::ptrdiff_t>(at) % shape.out_stride;
        T expected = untouched;
        if (column < shape.columns) {
            const std::int64_t code =
                portable::rounded_product(block.sums.data()[row * shape.sums_stride + column],
                                          block.multipliers.data()[column]) +
                output.zero_point;
            expected = static_cast<T>(portable::clamp(code, output.qmin, output.qmax));
        }
        if (out.data()[at] != expected) ++wrong;
    }
    return wrong;
}

template <class T>
void check_codes(const std::vector<Output>& outputs) {
    for (const Kernels& kernels : runnable()) {
        const std::string isa = simd::name(kernels.isa);
        CAPTURE(isa);
        unsigned seed = 0;
        for (const Shape& shape : shapes()) {
            CAPTURE(shape.rows);
            CAPTURE(shape.columns);
            for (const double largest_factor : {1.0, 1000.0}) {
                const Block block(shape, ++seed, largest_factor);
                const Output& output = outputs[seed / 2 % outputs.size()];
                REQUIRE(wrong_codes<T>(kernels, shape, block, output) == 0);
            }
        }
    }
}

/// Counts reals that are not those of the definition, bit for bit, and those between the rows.
std::size_t wrong_reals(const Kernels& kernels, const Shape& shape, const Block& block,
                        const float* bias, const float* limits) {
    const std::size_t size = extent(shape.rows, shape.columns, shape.out_stride);
    const Fenced<float> out(size);
    std::fill_n(out.data(), size, 99.0F);
    kernels.dequantize_sums_block(block.sums.data(), shape.sums_stride, shape.rows, shape.columns,
                                  block.scales.data(), bias, limits, out.data(), shape.out_stride);
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < size; ++at) {
        const auto row = static_cast<std::ptrdiff_t>(at) / shape.out_stride;
        const auto column = static_cast<std::ptrdiff_t>(at) % shape.out_stride;
        float expected = 99.0F;
        if (column < shape.columns) {
            const auto sum =
                static_cast<float>(block.sums.data()[row * shape.sums_stride + column]);
            expected = library_fma(sum, block.scales.data()[column],
                                   bias != nullptr ? bias[column] : 0.0F);
            if (limits != nullptr) expected = portable::cut(expected, limits);
        }
        if (bits(out.data()[at]) != bits(expected)) ++wrong;
    }
    return wrong;
}

}  // namespace

TEST_CASE("Kernels: codes of a block are those of its sums, and nothing outside is touched") {
    const simd::DefaultEnvironment guard;
    check_codes<std::int8_t>({{0, -128, 127}, {-128, -128, 127}, {127, -127, 127}, {3, 3, 90}});
    check_codes<std::uint8_t>({{0, 0, 255}, {255, 0, 255}, {117, 117, 255}});
    check_codes<std::int16_t>({{0, -32768, 32767}, {-32768, -32768, 32767}, {32767, 0, 32767}});
    check_codes<std::uint16_t>({{0, 0, 65535}, {65535, 0, 65535}, {300, 5, 65000}});
}

TEST_CASE("Kernels: reals of a block are those of its sums, and nothing outside is touched") {
    const simd::DefaultEnvironment guard;
    const std::vector<std::vector<float>> all_limits{
        {}, {0.0F, 6.0F}, {real(sign), 3.0F}, {-2.0F, -1.0F}, {-2.0F, 2.0F}};
    for (const Kernels& kernels : runnable()) {
        const std::string isa = simd::name(kernels.isa);
        CAPTURE(isa);
        unsigned seed = 0;
        for (const Shape& shape : shapes()) {
            CAPTURE(shape.rows);
            CAPTURE(shape.columns);
            const Block block(shape, ++seed, 1.0);
            const std::vector<float>& limits = all_limits[seed % all_limits.size()];
            const float* const ends = limits.empty() ? nullptr : limits.data();
            REQUIRE(wrong_reals(kernels, shape, block, block.bias.data(), ends) == 0);
            REQUIRE(wrong_reals(kernels, shape, block, nullptr, ends) == 0);
        }
    }
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
