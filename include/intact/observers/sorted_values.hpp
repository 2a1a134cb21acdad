// A multiset of finite floats: each distinct value once, in order, and how often it was added.
//
// What is added waits, unsorted, until there is enough of it or it is asked for. What is in order
// lies in runs, each at least twice as long as the next, that never change and are shared by
// copies: many small batches cost no more than few large ones, and a copy costs next to nothing.
// Several threads may ask a const object.
//
// Errors   std::invalid_argument  a view that no values give
//          std::overflow_error    2^64 values or more
//          Nothing is added then, nor where memory runs out.
// Cost     O(log n) a value, whatever the batches; a copy O(log n) and at most 1024 values; view()
//          once O(n) after a change. 4 bytes for each distinct value of a run, 12 where some value
//          came more than once
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
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
        require(possible(seen), "Values", "no data give these values, expected ", seen.count,
                " finite ones, each once and in order, given ", seen.size());
        held_.count = seen.count;
        Run run;
        run.keys.assign(seen.keys.begin(), seen.keys.end());
        run.weights.assign(seen.weights.begin(), seen.weights.end());
        if (seen.count > 0) held_.push(std::move(run));
    }

    /// Adds each of `values`.
    void add(std::span<const float> values) {
        take(values.size(), values.size(), false, [&](Run& waiting) {
            for (const float value : values) waiting.add(ordered(value), 1);
        });
    }

    /// Adds each of `values` as many times as its weight says.
    void add(std::span<const float> values, std::span<const std::uint32_t> weights) {
        std::uint64_t more = 0;
        for (const std::uint32_t weight : weights) {
            more = detail::sum_of_counts(more, weight, "Values");
        }
        take(more, values.size(), true, [&](Run& waiting) {
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (weights[i] > 0) waiting.add(ordered(values[i]), weights[i]);
            }
        });
    }

    /// Adds all values of another.
    void merge(const SortedValues& other) {
        const Held more = other.copy();
        Held next = held_;
        next.count = together(more.count);
        next.runs.insert(next.runs.end(), more.runs.begin(), more.runs.end());
        const ValuesView waiting = more.waiting.view();
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            next.waiting.add(waiting.keys[i], waiting.weight(i));
        }
        next.settle();
        held_ = std::move(next);
    }

    /// How many values were added.
    [[nodiscard]] std::uint64_t count() const noexcept { return held_.count; }

    /// All of them; valid until the next change.
    [[nodiscard]] ValuesView view() const {
        const std::lock_guard lock(mutex_);
        held_.join();
        ValuesView all = held_.runs.empty() ? ValuesView{} : held_.runs.front()->view();
        all.count = held_.count;
        return all;
    }

    friend bool operator==(const SortedValues& a, const SortedValues& b) {
        const ValuesView left = a.view();
        const ValuesView right = b.view();
        return left.count == right.count && std::ranges::equal(left.keys, right.keys) &&
               std::ranges::equal(left.weights, right.weights);
    }

private:
    static constexpr std::size_t few = 1024;  // values that may wait

    struct Run {
        std::vector<std::int32_t> keys;      // ordered()
        std::vector<std::uint64_t> weights;  // empty while all are 1

        void add(std::int32_t key, std::uint64_t weight) {
            if (weight != 1 && weights.empty()) weights.assign(keys.size(), 1);
            keys.push_back(key);
            if (weight != 1 || !weights.empty()) weights.push_back(weight);
        }
        /// Room for `more` keys, so that adding them cannot fail.
        void make_room(std::size_t more, bool weighted) {
            const std::size_t needed = keys.size() + more;
            const auto grow = [needed](auto& list) {
                if (list.capacity() < needed) list.reserve(std::max(needed, 2 * list.capacity()));
            };
            grow(keys);
            if (weighted || !weights.empty()) grow(weights);
        }
        /// All but how many they are together.
        [[nodiscard]] ValuesView view() const noexcept {
            return {.count = 0, .keys = keys, .weights = weights};
        }
        [[nodiscard]] std::size_t size() const noexcept { return keys.size(); }
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

    /// All that came; what is in order is shared by all copies.
    struct Held {
        std::uint64_t count = 0;
        std::vector<std::shared_ptr<const Run>> runs;  // ascending, each value once in a run
        Run waiting;

        void push(Run run) { runs.push_back(std::make_shared<const Run>(std::move(run))); }

        /// Puts what waits in order; the runs are each at least twice as long as the next then.
        void settle() {
            if (waiting.size() > 0) {
                waiting.sort();
                push(merged(waiting.view(), {}));
                waiting = {};
            }
            std::stable_sort(runs.begin(), runs.end(),
                             [](const auto& a, const auto& b) { return a->size() > b->size(); });
            for (std::size_t i = runs.size(); i-- > 1;) {
                if (runs[i - 1]->size() < 2 * runs[i]->size()) merge_into_one_before(i);
            }
        }

        /// Puts all in one run.
        void join() {
            settle();
            while (runs.size() > 1) merge_into_one_before(runs.size() - 1);
        }

    private:
        void merge_into_one_before(std::size_t i) {
            runs[i - 1] = std::make_shared<const Run>(merged(runs[i - 1]->view(), runs[i]->view()));
            runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(i));
        }
    };

    /// The values of two that ascend, each once.
    [[nodiscard]] static Run merged(const ValuesView& a, const ValuesView& b) {
        Run all;
        all.keys.reserve(a.size() + b.size());
        for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
            const bool is_a = j == b.size() || (i < a.size() && a.keys[i] <= b.keys[j]);
            const std::int32_t next = is_a ? a.keys[i] : b.keys[j];
            std::uint64_t weight = 0;
            while (i < a.size() && a.keys[i] == next) weight += a.weight(i++);
            while (j < b.size() && b.keys[j] == next) weight += b.weight(j++);
            all.add(next, weight);
        }
        return all;
    }

    [[nodiscard]] Held copy() const {
        const std::lock_guard lock(mutex_);
        return held_;
    }

    /// The count after `more` values.
    [[nodiscard]] std::uint64_t together(std::uint64_t more) const {
        return detail::sum_of_counts(held_.count, more, "Values");
    }

    /// Lets add(waiting) add at most `keys` keys of `more` values; all of them or, where memory
    /// runs out, none.
    template <class Add>
    void take(std::uint64_t more, std::size_t keys, bool weighted, Add&& add) {
        const std::uint64_t count = together(more);
        if (held_.waiting.size() + keys < few) {
            held_.waiting.make_room(keys, weighted);
            add(held_.waiting);
        } else {
            Held next = held_;
            next.waiting.make_room(keys, weighted);
            add(next.waiting);
            next.settle();
            held_ = std::move(next);
        }
        held_.count = count;
    }

    /// Whether some data lead to these values.
    [[nodiscard]] static bool possible(const ValuesView& seen) noexcept {
        constexpr std::int32_t largest = 0x7f7fffff;
        const auto keys = seen.keys;
        const auto weights = seen.weights;
        const bool finite = keys.empty() || (keys.front() >= -largest && keys.back() <= largest);
        const auto not_ascending = [](std::int32_t a, std::int32_t b) { return a >= b; };
        if (!finite || std::adjacent_find(keys.begin(), keys.end(), not_ascending) != keys.end()) {
            return false;
        }
        if (weights.empty()) return seen.count == keys.size();
        std::uint64_t rest = seen.count;
        for (const std::uint64_t weight : weights) {
            if (weight == 0 || weight > rest) return false;
            rest -= weight;
        }
        return rest == 0 && weights.size() == keys.size() && seen.count > keys.size();
    }

    mutable std::mutex mutex_;
    mutable Held held_;
};

}  // namespace intact
