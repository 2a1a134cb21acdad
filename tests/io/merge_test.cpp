// Merging, held to the byte: whatever way data are split, ordered and merged, and whichever threads
// observe them, the saved bytes are those of one pass.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "intact/io/calibration.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/quantizers/aliases.hpp"
#include "stored.hpp"

using namespace intact;
using stored::loaded;
using stored::saved;

namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using H = Histogram<MeanSquaredError>;
using Criterionless = Histogram<FullRange, 3, 2>;

/// Batches of one shape, of values of every kind; with NaN and infinities where they are skipped.
std::vector<Rows> batches(std::mt19937& random, bool skips) {
    std::vector<Rows> made(random() % 12 + 1, Rows(3, 12));
    for (Rows& batch : made) {
        const std::vector<float> values = stored::any_values(random);
        for (Index i = 0; i < batch.size(); ++i) {
            batch.data()[i] = values[static_cast<std::size_t>(i) % values.size()];
        }
        if (skips && random() % 2 == 0) {
            batch(1, static_cast<Index>(random() % 12)) =
                random() % 2 == 0 ? std::numeric_limits<float>::quiet_NaN()
                                  : std::numeric_limits<float>::infinity();
        }
    }
    return made;
}

/// The batches in random order, dealt to observers of parts, merged in a random tree; some parts
/// travel as files.
template <class Q>
Q scattered(std::vector<Rows> data, std::mt19937& random) {
    std::shuffle(data.begin(), data.end(), random);
    std::vector<Q> parts(random() % 5 + 1);
    for (const Rows& batch : data) parts[random() % parts.size()].observe(batch);
    while (parts.size() > 1) {
        const std::size_t from = random() % parts.size();
        Q part = std::move(parts[from]);
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(from));
        if (random() % 2 == 0) part = loaded<Q>(saved(part));
        parts[random() % parts.size()].merge(part);
    }
    return parts.front();
}

template <class Q>
void check_merges(unsigned seed, bool skips = false) {
    std::mt19937 random(seed);
    for (int round = 0; round < 25; ++round) {
        const std::vector<Rows> data = batches(random, skips);
        Q whole;
        for (const Rows& batch : data) whole.observe(batch);
        const std::string bytes = saved(whole);
        for (int again = 0; again < 3; ++again) {
            const Q merged = scattered<Q>(data, random);
            REQUIRE(merged.observers() == whole.observers());
            REQUIRE(saved(merged) == bytes);
        }
    }
}

/// Each of four threads observes a quarter; merged in every order, the bytes are those of one.
template <class Q>
void check_threads(const Rows& data) {
    Q whole;
    whole.observe(data);
    std::vector<Q> parts(4);
    std::vector<std::thread> threads;
    const Index rows = data.rows() / 4;
    for (Index i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            for (Index j = 0; j < rows; j += 5) {
                parts[static_cast<std::size_t>(i)].observe(
                    data.middleRows(i * rows + j, std::min<Index>(5, rows - j)));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::vector<std::size_t> order{0, 1, 2, 3};
    do {
        Q merged;
        for (const std::size_t i : order) merged.merge(parts[i]);
        REQUIRE(saved(merged) == saved(whole));
    } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace

TEST_CASE("Merge: any split, order and tree gives the bytes of one pass, per tensor") {
    check_merges<AffineQuantizer<std::uint8_t>>(1);
    check_merges<AffineQuantizer<std::uint8_t, PerTensor, H>>(2);
    check_merges<AffineQuantizer<std::uint8_t, PerTensor, SkipNonFinite<H>>>(3, true);
    check_merges<AffineQuantizer<std::uint8_t, PerTensor, Values<>>>(4);
}

TEST_CASE("Merge: any split, order and tree gives the bytes of one pass, per channel") {
    check_merges<SymmetricQuantizer<std::int8_t, PerChannel<0>>>(5);
    check_merges<SymmetricQuantizer<std::int8_t, PerChannel<1>, Criterionless>>(6);
    check_merges<SymmetricQuantizer<std::int8_t, PerChannel<0>, SkipNonFinite<H>>>(7, true);
}

TEST_CASE("Merge: any split, order and tree gives the bytes of one pass, per group") {
    check_merges<SymmetricQuantizer<std::int8_t, PerGroup<1, 5>, H>>(8);
    check_merges<SymmetricQuantizer<std::int8_t, PerGroup<0, 2>, Values<>>>(9);
}

TEST_CASE("Merge: threads that observe at once give the bytes of one") {
    std::mt19937 random(10);
    std::normal_distribution<float> normal;
    Rows data = Rows::NullaryExpr(200, 37, [&] { return normal(random); });
    data(77, 3) = 1e5F;
    data(150, 0) = -1e-40F;
    check_threads<AffineQuantizer<std::uint8_t>>(data);
    check_threads<AffineQuantizer<std::uint8_t, PerTensor, H>>(data);
    check_threads<SymmetricQuantizer<std::int8_t, PerChannel<1>, H>>(data);
    using Tensor = Histogram<FullRange, 8, 5>;
    check_threads<AffineQuantizer<std::uint8_t, PerChannel<1>, SkipNonFinite<Tensor>>>(data);
}
