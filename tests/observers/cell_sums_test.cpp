#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/cell_sums.hpp"

using namespace intact;

namespace {

constexpr HistogramBins bins{.octaves = 4, .bin_bits = 4, .first_exponent = 127};
constexpr double whole = 1e9;  // beyond all bins

/// Counts with the spikes cut to the lower median density of the non-empty bins around.
std::vector<double> despiked(const std::vector<std::uint64_t>& counts) {
    std::vector<double> result(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        std::vector<double> densities;
        for (std::size_t j = i - std::min<std::size_t>(i, 16); j < counts.size() && j <= i + 16;
             ++j) {
            const auto width = static_cast<double>(bins.width(j));
            if (counts[j] > 0) densities.push_back(static_cast<double>(counts[j]) / width);
        }
        std::sort(densities.begin(), densities.end());
        const double median = densities[(densities.size() - 1) / 2];
        result[i] =
            std::min(static_cast<double>(counts[i]), median * static_cast<double>(bins.width(i)));
    }
    return result;
}

}  // namespace

TEST_CASE("CellSums: mass, count and smear are those of the definition") {
    std::mt19937 random(1);
    std::vector<std::uint64_t> counts(bins.size());
    for (auto& count : counts) count = random() % 4 == 0 ? 0 : random() % 100;
    counts[20] = 100000;  // a spike
    const std::vector<double> cut = despiked(counts);
    REQUIRE(cut[20] < 200.0);
    const CellSums sums(bins, counts, whole);
    for (int round = 0; round < 500; ++round) {
        std::size_t from = random() % (bins.size() + 1);
        std::size_t to = random() % (bins.size() + 1);
        if (from > to) std::swap(from, to);
        double mass = 0.0;
        double width = 0.0;
        double information = 0.0;
        std::uint64_t count = 0;
        int filled = 0;
        for (std::size_t i = from; i < to; ++i) {
            if (counts[i] == 0) continue;
            const auto own = static_cast<double>(bins.width(i));
            mass += cut[i];
            width += own;
            information += cut[i] * std::log(cut[i] / own);
            count += counts[i];
            ++filled;
        }
        const double smear =
            filled < 2 ? 0.0 : information - mass * std::log(mass / width) - (filled - 1) / 2.0;
        CHECK(sums.mass(from, to) == doctest::Approx(mass));
        CHECK(sums.count(from, to) == count);
        CHECK(sums.smear(from, to) == doctest::Approx(std::max(smear, 0.0)).epsilon(1e-9));
    }
}

TEST_CASE("CellSums: thresholds move to the nearest edge, ties to the lower one") {
    const std::vector<std::uint64_t> counts(bins.size(), 1);
    const auto end = static_cast<double>(bins.edge(bins.size()));
    const CellSums sums(bins, counts, end - 0.5);
    CHECK(sums.edge_near(0.4) == 0);
    CHECK(sums.edge_near(0.5) == 0);
    CHECK(sums.edge_near(0.6) == 1);
    CHECK(sums.edge_near(static_cast<double>(bins.edge(70)) + 0.1) == 70);
    CHECK(sums.edge_near(end - 0.5) == sums.end());
    CHECK(sums.edge_near(1e300) == sums.end());
}

TEST_CASE("CellSums: an even density loses nothing") {
    std::vector<std::uint64_t> counts(bins.size());
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = 100 * bins.width(i);
    const CellSums sums(bins, counts, whole);
    CHECK(sums.smear(0, sums.end()) == 0.0);
}
