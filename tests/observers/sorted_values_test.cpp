#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/ordered.hpp"
#include "intact/observers/sorted_values.hpp"

using namespace intact;

namespace {

using Map = std::map<std::int32_t, std::uint64_t>;

/// What view() shows, checked against its own description.
Map seen_by(const SortedValues& values) {
    const ValuesView view = values.view();
    Map seen;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < view.size(); ++i) {
        CHECK((i == 0 || view.keys[i - 1] < view.keys[i]));
        seen[view.keys[i]] = view.weight(i);
        count += view.weight(i);
    }
    CHECK(view.count == count);
    CHECK(view.weights.empty() == (count == view.size()));
    return seen;
}

}  // namespace

TEST_CASE("SortedValues: they are those of a map, however they came and whenever it is asked") {
    std::mt19937 random(8);
    for (const unsigned distinct : {7U, 100000U}) {
        SortedValues values;
        Map expected;
        for (int round = 0; round < 60; ++round) {
            std::vector<float> batch(random() % 600);
            std::vector<std::uint32_t> weights(batch.size());
            const bool weighted = round > 40 && round % 3 == 0;
            for (std::size_t i = 0; i < batch.size(); ++i) {
                batch[i] = static_cast<float>(random() % distinct) - 3.0F;
                weights[i] = static_cast<std::uint32_t>(random() % 3);
                const std::uint64_t weight = weighted ? weights[i] : 1;
                if (weight > 0) expected[ordered(batch[i])] += weight;
            }
            SortedValues part;
            SortedValues& target = round % 5 == 1 ? part : values;
            if (weighted) {
                target.add(batch, weights);
            } else {
                target.add(batch);
            }
            values.merge(part);
            if (round % 7 == 0) CHECK(seen_by(values) == expected);
        }
        CHECK(seen_by(values) == expected);
        const SortedValues again(values.view());
        CHECK(again == values);
    }
}

TEST_CASE("SortedValues: copies keep what waits, and one merges with itself") {
    const std::vector<float> batch{3.0F, -1.0F, 3.0F};
    SortedValues values;
    values.add(batch);
    SortedValues copy = values;
    SortedValues moved = std::move(values);
    CHECK(copy == moved);
    CHECK(copy.count() == 3);
    copy.merge(SortedValues(copy));
    copy.merge(copy);  // itself
    CHECK(copy.count() == 12);
    CHECK(seen_by(copy) == Map{{ordered(-1.0F), 4}, {ordered(3.0F), 8}});
    CHECK(!(copy == moved));
    moved = copy;
    CHECK(copy == moved);
}

TEST_CASE("SortedValues: copies share what is in order, and go on apart") {
    std::mt19937 random(9);
    const auto batch = [&](std::size_t n) {
        std::vector<float> values(n);
        for (float& value : values) value = static_cast<float>(random() % 1000);
        return values;
    };
    SortedValues values;
    values.add(batch(5000));
    const Map before = seen_by(values);
    SortedValues copy = values;
    CHECK(copy.view().keys.data() == values.view().keys.data());
    const std::vector<float> more = batch(3000);
    copy.add(more);
    CHECK(seen_by(values) == before);
    values.add(more);
    CHECK(copy == values);
    CHECK(values.count() == 8000);
}

TEST_CASE("SortedValues: batches of all sizes, one after the other and shuffled, are as one") {
    std::mt19937 random(10);
    std::vector<float> all(40000);
    for (float& value : all) value = static_cast<float>(random() % 30000) - 15000.0F;
    SortedValues whole;
    whole.add(all);
    for (const std::size_t largest : {1UL, 3000UL, 20000UL}) {
        SortedValues pieces;
        SortedValues other;
        for (std::size_t done = 0; done < all.size();) {
            const std::size_t now = std::min(all.size() - done, random() % largest + 1);
            (random() % 4 == 0 ? other : pieces).add(std::span(all).subspan(done, now));
            done += now;
        }
        pieces.merge(other);
        CHECK(pieces == whole);
    }
}

TEST_CASE("SortedValues: more than 2^64 values are refused, and nothing changes") {
    const std::vector<float> one{1.0F};
    const std::vector<std::int32_t> keys{ordered(1.0F), ordered(2.0F)};
    const std::vector<std::uint64_t> weights{UINT64_MAX - 3, 2};
    SortedValues values(ValuesView{.count = UINT64_MAX - 1, .keys = keys, .weights = weights});
    const SortedValues before = values;
    CHECK_THROWS_AS(values.add(std::vector<float>(2, 3.0F)), std::overflow_error);
    CHECK_THROWS_AS(values.add(one, std::vector<std::uint32_t>{2}), std::overflow_error);
    CHECK_THROWS_AS(values.merge(before), std::overflow_error);
    CHECK(values == before);
    values.add(one);
    CHECK(values.count() == UINT64_MAX);
}
