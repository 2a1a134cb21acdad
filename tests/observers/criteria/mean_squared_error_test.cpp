#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/histogram.hpp"
#include "tests/observers/kinds.hpp"

using namespace intact;

namespace {

HistogramState<> histogram(const std::vector<float>& values) {
    HistogramState<> state;
    state.add(values);
    return state;
}

Range chosen(const std::vector<float>& values, const Grid& grid) {
    return choose_range<MeanSquaredError>(histogram(values).view(), grid);
}

/// The least error over many scales and all zero points, by quantizing the data.
double brute_force(const std::vector<float>& values, const Grid& grid) {
    const auto [min, max] = std::minmax_element(values.begin(), values.end());
    const double low = std::min(static_cast<double>(*min), 0.0);
    const double high = std::max(static_cast<double>(*max), 0.0);
    const double widest = grid.symmetric ? 2.0 * std::max(-low, high) : high - low;
    double least = 1e300;
    for (int j = 0; j <= 160; ++j) {
        const auto scale =
            static_cast<float>(1.15 * widest / (grid.qmax - grid.qmin) * std::exp2(-j / 64.0));
        for (std::int32_t zero = grid.qmin; zero <= grid.qmax; ++zero) {
            if (grid.symmetric && zero != grid.zero_point) continue;
            least =
                std::min(least, kinds::mean_squared_error(values, QuantParams{scale, zero}, grid));
        }
    }
    return least;
}

}  // namespace

TEST_CASE("MeanSquaredError: reaches the brute-force optimum on the data itself") {
    for (const kinds::Kind& kind : kinds::all(800)) {
        CAPTURE(kind.name);
        if (kind.name == "50 values" || kind.name == "400 non-zeros") continue;  // few lumps
        for (const bool symmetric : {false, true}) {
            const Grid grid = kinds::grid(4, symmetric);
            CHECK(kinds::mean_squared_error(kind.values, chosen(kind.values, grid), grid) <
                  1.02 * brute_force(kind.values, grid) + 1e-9);
        }
    }
}

TEST_CASE("MeanSquaredError: integers keep the scale that holds them exactly") {
    std::mt19937 random(6);
    std::vector<float> values(5000);
    for (float& value : values) value = static_cast<float>(random() % 256);
    values[0] = 255.0F;
    const Grid grid = kinds::grid(8, false);
    CHECK(chosen(values, grid) == Range{.min = 0.0, .max = 255.0});
}

TEST_CASE("MeanSquaredError: constant data, zeros and tiny data keep their range") {
    for (const bool symmetric : {false, true}) {
        const Grid grid = kinds::grid(8, symmetric);
        for (const float c : {0.0F, 3.7F, -0.1F, 1e-44F, -3e38F}) {
            const std::vector<float> constant(100, c);
            const auto value = static_cast<double>(c);
            CHECK(chosen(constant, grid) == spanned(value, value, grid));
        }
        CHECK(chosen({1e-41F, 3e-41F}, grid).max == static_cast<double>(3e-41F));
    }
}

TEST_CASE("MeanSquaredError: huge data give a scale whose codes are finite") {
    for (const int bits : {2, 8}) {
        for (const bool symmetric : {false, true}) {
            const Grid grid = kinds::grid(bits, symmetric);
            const Range range = chosen({-3.3e38F, 1.0F, 3.3e38F, 2e38F}, grid);
            CHECK(range.max > 1e38);
            CHECK(range.max <= static_cast<double>(std::numeric_limits<float>::max()));
            CHECK(range.min >= -static_cast<double>(std::numeric_limits<float>::max()));
        }
    }
}

TEST_CASE("MeanSquaredError: more than 8 bits are refused") {
    CHECK_THROWS_WITH_AS((void)chosen({1.0F, 2.0F}, kinds::grid(16, false)),
                         "MeanSquaredError: too many codes to search, expected at most 8 bits, "
                         "given 65536 codes",
                         std::invalid_argument);
}
