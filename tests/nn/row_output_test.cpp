// Rows of sums at a call against the epilogues of products, output by output.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "intact/elementwise/dequantize.hpp"
#include "intact/elementwise/requantize.hpp"
#include "intact/nn/row_output.hpp"

using namespace intact;

TEST_CASE("Row: what is repeated holds whole outputs in whole vectors") {
    CHECK(nn::repeated_length(1) == 16);
    CHECK(nn::repeated_length(16) == 16);
    CHECK(nn::repeated_length(24) == 48);
    CHECK(nn::repeated_length(33) == 33);
    CHECK(nn::repeated_length(1000) == 1000);
    std::array values{1, 2, 3, 0, 0, 0, 0};
    nn::repeat(values.data(), 3, 7);
    CHECK(values == std::array{1, 2, 3, 1, 2, 3, 1});
}

TEST_CASE("Row: codes and reals are those of each output alone, with gaps or without") {
    std::mt19937 generator(5);
    std::uniform_int_distribution<std::int32_t> any(-3000000, 3000000);
    for (const nn::Index channels : {1, 3, 8, 16, 24, 33, 300}) {
        CAPTURE(channels);
        const auto period = static_cast<std::size_t>(nn::repeated_length(channels));
        std::vector<double> factors(period);
        std::vector<float> scales(period);
        std::vector<float> bias(period);
        for (std::size_t j = 0; j < static_cast<std::size_t>(channels); ++j) {
            const double scale = static_cast<double>(any(generator)) * 1e-10;
            factors[j] = elementwise::ExactRounding::factor(scale < 0 ? -scale : scale);
            scales[j] = static_cast<float>(factors[j]);
            bias[j] = static_cast<float>(any(generator)) * 1e-6F;
        }
        const auto length = static_cast<nn::Index>(period);
        nn::repeat(factors.data(), channels, length);
        nn::repeat(scales.data(), channels, length);
        nn::repeat(bias.data(), channels, length);
        const std::array limits{-0.5F, 1.5F};
        const nn::CodeRow<std::uint8_t> codes{channels, factors.data(), length, {50, 40, 200}};
        const nn::RealRow reals{channels, scales.data(), bias.data(), length, limits.data()};

        for (const nn::Index outputs : {1, 2, 5, 31}) {
            const nn::Index half = channels / 2;
            for (const nn::SumRow& shape :
                 {nn::SumRow{nullptr, channels, outputs, 0, channels},
                  nn::SumRow{nullptr, channels + 5, outputs, 0, channels},
                  nn::SumRow{nullptr, channels, outputs, half, channels - half}}) {
                std::vector<std::int32_t> sums(static_cast<std::size_t>(outputs * shape.stride));
                for (std::int32_t& sum : sums) sum = any(generator);
                const auto size = static_cast<std::size_t>(outputs * channels);
                std::vector<std::uint8_t> all_codes(size + 1, 7);
                std::vector<float> all_reals(size + 1, 7.0F);
                nn::SumRow row = shape;
                row.sums = sums.data();
                codes.store(row, all_codes.data());
                reals.store(row, all_reals.data());
                std::vector<std::uint8_t> own_codes(size + 1, 7);
                std::vector<float> own_reals(size + 1, 7.0F);
                for (nn::Index i = 0; i < outputs; ++i) {
                    for (nn::Index j = 0; j < row.channels; ++j) {
                        const auto from = static_cast<std::size_t>(i * row.stride + j);
                        const auto of = static_cast<std::size_t>(row.first + j);
                        const auto to = static_cast<std::size_t>(i * channels + row.first + j);
                        elementwise::requantize(&sums[from], 1, &factors[of], 50, 40, 200,
                                                &own_codes[to]);
                        elementwise::best_kernels().dequantize_sums(
                            &sums[from], 1, &scales[of], &bias[of], limits.data(), &own_reals[to]);
                    }
                }
                CHECK(all_codes == own_codes);
                CHECK(all_reals == own_reals);
            }
        }
    }
}
