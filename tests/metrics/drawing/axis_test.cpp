#include "intact/metrics/drawing/axis.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace intact::drawing;

TEST_CASE("Ticks: they are round, inside, and about as many as wanted") {
    CHECK(round_ticks(0.0, 1.0, 5).at.size() == 6);
    CHECK(round_ticks(0.0, 1.0, 5).digits == 1);
    CHECK(round_ticks(90.6, 90.9, 6).digits == 2);
    CHECK(round_ticks(0.0, 226.0, 8).step == 50.0);
    for (const double magnitude : {1e-6, 0.03, 1.0, 77.0, 4e7}) {
        for (const int wanted : {3, 5, 10}) {
            CAPTURE(magnitude);
            CAPTURE(wanted);
            const Ticks ticks = round_ticks(-magnitude, 2.0 * magnitude, wanted);
            CHECK(ticks.at.size() >= 2);
            CHECK(static_cast<int>(ticks.at.size()) <= wanted + 1);
            CHECK(ticks.at.front() >= -magnitude * 1.001);
            CHECK(ticks.at.back() <= 2.0 * magnitude * 1.001);
        }
    }
}

TEST_CASE("Labels: they stay in order, in the picture and apart, and do not move without need") {
    const std::vector<double> apart{10.0, 90.0, 50.0};
    CHECK(spread(apart, 20.0, 0.0, 100.0) == apart);
    CHECK(spread({}, 20.0, 0.0, 100.0).empty());
    CHECK(spread({40.0, 40.0}, 10.0, 0.0, 100.0) == std::vector<double>{35.0, 45.0});

    std::mt19937 generator(1);
    std::uniform_real_distribution<double> anywhere(-20.0, 320.0);
    for (std::size_t count = 1; count < 30; ++count) {
        std::vector<double> wanted(count);
        std::generate(wanted.begin(), wanted.end(), [&] { return anywhere(generator); });
        const std::vector<double> placed = spread(wanted, 19.0, 0.0, 300.0);
        const double gap = count > 1 ? std::min(19.0, 300.0 / static_cast<double>(count - 1)) : 0.0;
        bool holds = true;
        for (std::size_t i = 0; i < count; ++i) {
            holds = holds && -1e-9 <= placed[i] && placed[i] <= 300.0 + 1e-9;
            for (std::size_t k = 0; k < count; ++k) {
                if (wanted[i] < wanted[k]) holds = holds && placed[k] - placed[i] >= gap - 1e-9;
            }
        }
        CHECK(holds);
    }
}

TEST_CASE("Log axis: equal ratios are equal distances, and marks are round and not too many") {
    const LogAxis axis{0.01, 100.0, 400.0, 0.0};
    CHECK(axis(0.01) == doctest::Approx(400.0));
    CHECK(axis(1.0) == doctest::Approx(200.0));
    CHECK(axis(100.0) == doctest::Approx(0.0));
    CHECK(log_ticks(0.9, 12.0, 7).size() == 4);  // 1, 2, 5, 10
    CHECK(log_ticks(0.01, 1000.0, 7).size() == 6);
    CHECK(log_ticks(1e-30, 1e30, 7).size() <= 7);
    CHECK(log_ticks(1e-30, 1e30, 7).size() >= 5);
    CHECK(log_ticks(3.0, 4.0, 7).empty());
}
