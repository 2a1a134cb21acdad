#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/value_tails.hpp"
#include "intact/observers/values.hpp"

using namespace intact;

TEST_CASE("ValueTails: sums beyond a threshold are those of the values, repeated ones too") {
    std::mt19937 random(8);
    std::normal_distribution<float> normal;
    for (const std::size_t n : {1U, 2U, 10U, 3000U}) {
        std::vector<float> values(n);
        for (float& value : values) value = normal(random) * std::exp(4.0F * normal(random));
        for (std::size_t i = 0; i < n / 3; ++i) values[i] = 0.5F * static_cast<float>(i % 7);
        Values<> observer;
        observer.observe(values);
        const auto above = ValueTails<3>::of_positive(observer.view());
        const auto below = ValueTails<3>::of_negative(observer.view());
        std::vector<double> thresholds{0.0, 0.25, 1e-30, 1e30};
        for (const float value : values) {
            thresholds.push_back(std::abs(static_cast<double>(value)));
            thresholds.push_back(0.9 * std::abs(static_cast<double>(value)));
        }
        thresholds.resize(std::min<std::size_t>(thresholds.size(), 400));
        for (const double t : thresholds) {
            double sums[2][3] = {};
            for (const float value : values) {
                const double x = std::abs(static_cast<double>(value));
                if (x <= t) continue;
                double* const side = sums[value < 0.0F ? 1 : 0];
                side[0] += 1.0;
                side[1] += x - t;
                side[2] += (x - t) * (x - t) * (x - t);
            }
            const ValueTails<3>* const tails[2] = {&above, &below};
            for (int side = 0; side < 2; ++side) {
                CHECK(tails[side]->most_beyond(t) == sums[side][0]);
                CHECK(tails[side]->excess(t) == doctest::Approx(sums[side][1]).epsilon(1e-9));
                CHECK(tails[side]->cubes(t) == doctest::Approx(sums[side][2]).epsilon(1e-9));
            }
        }
        CHECK(above.total() == doctest::Approx(above.cubes(0.0)));
    }
}
