// A multiset of finite floats: each distinct value once, in order, and how often it was added.
//
// What is added waits, unsorted, until it is asked for or there is as much of it as in order: so
// many small batches cost no more than few large ones. Several threads may ask a const object.
//
// Errors   std::invalid_argument  a view that no values give
//          std::overflow_error    2^64 values or more; nothing is added
// Cost     O(log n) a value, whatever the batches; view() once O(n) after a change. 4 bytes for
//          each distinct value and each that waits, 12 where some value came more than once
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/observers/counts.hpp"
#include "intact/observers/ordered.hpp"
#include "intact/observers/values_view.hpp"

namespace intact {

class SortedValues {
public:
    SortedValues() = default;
    SortedValues(const SortedValues& other) : held_(other.copy()) {}
    SortedValues(SortedValues&& other) noexcept : held_(std::exchange(other.held_, {})) {}
    SortedValues& operator=(SortedValues other) noexcept {
        held_ = std::move(other.held_);
        return *this;
    }
    ~SortedValues() = default;

    /// The values that view() shows as `seen`.
    explicit SortedValues(const ValuesView& seen) {
        held_.count = seen.count;
        held_.sorted.keys.assign(seen.keys.begin(), seen.keys.end());
        held_.sorted.weights.assign(seen.weights.begin(), seen.weights.end());
        require(possible(), "Values", "no data give these values, expected ", seen.count,
                " finite ones, each once and in order, given ", seen.size());
    }

    /// Adds each of `values`.
    void add(std::span<const float> values) {
        held_.count = together(values.size());
        for (const float value : values) held_.waiting.add(ordered(value), 1);
        settle_if_many();
    }

    /// Adds each of `values` as many times as its weight says.
    void add(std::span<const float> values, std::span<const std::uint32_t> weights) {
        std::uint64_t more = 0;
        for (const std::uint32_t weight : weights) {
            more = detail::sum_of_counts(more, weight, "Values");
        }
        held_.count = together(more);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (weights[i] > 0) held_.waiting.add(ordered(values[i]), weights[i]);
        }
        settle_if_many();
    }

    /// Adds all values of another.
    void merge(const SortedValues& other) {
        const ValuesView more = other.view();
        held_.count = together(more.count);
        for (std::size_t i = 0; i < more.size(); ++i) {
            held_.waiting.add(more.keys[i], more.weight(i));
        }
        settle_if_many();
    }

    /// How many values were added.
    [[nodiscard]] std::uint64_t count() const noexcept { return held_.count; }

    /// All of them; valid until the next change.
    [[nodiscard]] ValuesView view() const {
        const std::lock_guard lock(mutex_);
        settle();
        return {.count = held_.count, .keys = held_.sorted.keys, .weights = held_.sorted.weights};
    }

    friend bool operator==(const SortedValues& a, const SortedValues& b) {
        const ValuesView left = a.view();
        const ValuesView right = b.view();
        return left.count == right.count && std::ranges::equal(left.keys, right.keys) &&
               std::ranges::equal(left.weights, right.weights);
    }

private:
    static constexpr std::size_t few = 4096;  // values that may wait in any case

    struct Run {
        std::vector<std::int32_t> keys;      // ordered()
        std::vector<std::uint64_t> weights;  // empty while all are 1

        void add(std::int32_t key, std::uint64_t weight) {
            if (weight != 1 && weights.empty()) weights.assign(keys.size(), 1);
            keys.push_back(key);
            if (weight != 1 || !weights.empty()) weights.push_back(weight);
        }
        [[nodiscard]] ValuesView view() const noexcept {
            return {.count = 0, .keys = keys, .weights = weights};
        }
        void sort() {
            if (weights.empty()) {
                std::sort(keys.begin(), keys.end());
                return;
            }
            std::vector<std::pair<std::int32_t, std::uint64_t>> pairs(keys.size());
            for (std::size_t i = 0; i < keys.size(); ++i) pairs[i] = {keys[i], weights[i]};
            std::sort(pairs.begin(), pairs.end());
            for (std::size_t i = 0; i < keys.size(); ++i) {
                keys[i] = pairs[i].first;
                weights[i] = pairs[i].second;
            }
        }
    };

    struct Held {
        std::uint64_t count = 0;
        Run sorted;  // each value once, ascending
        Run waiting;
    };

    [[nodiscard]] Held copy() const {
        const std::lock_guard lock(mutex_);
        return held_;
    }

    [[nodiscard]] std::uint64_t together(std::uint64_t more) const {
        return detail::sum_of_counts(held_.count, more, "Values");
    }

    void settle_if_many() {
        const std::size_t most = std::max(few, held_.sorted.keys.size());
        if (held_.waiting.keys.size() >= most) settle();
    }

    /// Puts what waits in order.
    void settle() const {
        if (held_.waiting.keys.empty()) return;
        held_.waiting.sort();
        const ValuesView old = held_.sorted.view();
        const ValuesView more = held_.waiting.view();
        Run all;
        all.keys.reserve(old.size() + more.size());
        for (std::size_t i = 0, j = 0; i < old.size() || j < more.size();) {
            const bool is_old = j == more.size() || (i < old.size() && old.keys[i] <= more.keys[j]);
            const std::int32_t next = is_old ? old.keys[i] : more.keys[j];
            std::uint64_t weight = is_old ? old.weight(i++) : 0;
            while (j < more.size() && more.keys[j] == next) weight += more.weight(j++);
            all.add(next, weight);
        }
        held_.sorted = std::move(all);
        held_.waiting = {};
    }

    /// Whether some data lead to these values, all in order.
    [[nodiscard]] bool possible() const noexcept {
        constexpr std::int32_t largest = 0x7f7fffff;
        const auto& [keys, weights] = held_.sorted;
        const bool finite = keys.empty() || (keys.front() >= -largest && keys.back() <= largest);
        const auto not_ascending = [](std::int32_t a, std::int32_t b) { return a >= b; };
        if (!finite || std::adjacent_find(keys.begin(), keys.end(), not_ascending) != keys.end()) {
            return false;
        }
        if (weights.empty()) return held_.count == keys.size();
        std::uint64_t rest = held_.count;
        for (const std::uint64_t weight : weights) {
            if (weight == 0 || weight > rest) return false;
            rest -= weight;
        }
        return rest == 0 && weights.size() == keys.size() && held_.count > keys.size();
    }

    mutable std::mutex mutex_;
    mutable Held held_;
};

}  // namespace intact
