#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/tail_moments.hpp"
#include "intact/observers/tail_sums.hpp"

using namespace intact;

namespace {

constexpr HistogramBins bins{.octaves = 4, .bin_bits = 3, .first_exponent = 127};

/// Sum of (x - t)^power over values x > t, spread evenly in many small pieces over each bin; one of
/// the last bin is at its end.
double slow_excess(const std::vector<std::uint64_t>& counts, double t, int power) {
    constexpr int pieces = 1000;
    double sum = std::pow(std::max(static_cast<double>(bins.edge(bins.size())) - t, 0.0), power);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto count = static_cast<double>(counts[i] - (i + 1 == counts.size() ? 1 : 0));
        for (int piece = 0; piece < pieces; ++piece) {
            const double x = static_cast<double>(bins.edge(i)) +
                             static_cast<double>(bins.width(i)) * (piece + 0.5) / pieces;
            const double far = std::max(x - t, 0.0);
            sum += count / pieces * (power == 1 ? far : far * far * far);
        }
    }
    return sum;
}

}  // namespace

TEST_CASE("TailSums: the excess is that of values spread evenly over their bins") {
    std::mt19937 random(1);
    std::vector<std::uint64_t> counts(bins.size());
    for (auto& count : counts) count = random() % 3 == 0 ? random() % 50 : 0;
    counts.back() = 7;
    const auto end = static_cast<double>(bins.edge(bins.size()));
    const TailSums tails(bins, counts, 0.0, end);
    const TailSums<3> cubes(bins, counts, 0.0, end);
    for (double t = 0.0; t < end + 3.0; t += 0.79) {
        CHECK(tails.excess(t) == doctest::Approx(slow_excess(counts, t, 1)).epsilon(1e-5));
        CHECK(cubes.excess(t) == tails.excess(t));
        CHECK(cubes.cubes(t) == doctest::Approx(slow_excess(counts, t, 3)).epsilon(1e-4));
    }
    CHECK(tails.excess(end) == 0.0);
    CHECK(cubes.cubes(end) == 0.0);
    CHECK(cubes.total() == doctest::Approx(slow_excess(counts, 0.0, 3)).epsilon(1e-4));
}

TEST_CASE("TailSums: the outer bins are cut to the smallest and the largest magnitude") {
    std::vector<std::uint64_t> counts(bins.size());
    counts[bins.index_at(17.0)] = 5;
    const TailSums point(bins, counts, 17.0, 17.0);
    CHECK(point.excess(16.5) == 2.5);
    CHECK(point.excess(3.0) == 70.0);
    CHECK(point.excess(17.0) == 0.0);
    CHECK(point.total() == 5 * 17.0 * 17.0);

    counts[bins.index_at(64.0)] = 2;
    const TailSums two(bins, counts, 17.0, 64.0);
    CHECK(two.excess(60.0) == 8.0);
}

TEST_CASE("TailSums: no values have no excess") {
    CHECK(TailSums(bins, {}, 0.0, 0.0).excess(0.5) == 0.0);
    CHECK(TailSums(bins, std::vector<std::uint64_t>(bins.size()), 0.0, 0.0).excess(0.0) == 0.0);
    CHECK(TailSums(bins, {}, 0.0, 0.0).total() == 0.0);
}

TEST_CASE("TailMoments: powers of spread values are integrals, one value is itself") {
    CHECK(spread_power<1>(6.0, 1.0, 2.0) == doctest::Approx(6.0 * 3.0 / 2.0));
    CHECK(spread_power<2>(6.0, 1.0, 2.0) == doctest::Approx(6.0 * 7.0 / 3.0));
    CHECK(spread_power<3>(6.0, 1.0, 2.0) == doctest::Approx(6.0 * 15.0 / 4.0));
    CHECK(spread_power<4>(6.0, 1.0, 2.0) == doctest::Approx(6.0 * 31.0 / 5.0));
    CHECK(power_of<3>(-2.0) == -8.0);
    CHECK(power_of<4>(3.0) == 81.0);
    auto moments = TailMoments<4>::of(5.0);
    moments.add(2.0, 7.0);
    CHECK(moments.count() == 3.0);
    CHECK(moments.excess(4.0) == 7.0);
    CHECK(moments.cubes(4.0) == 55.0);
}
