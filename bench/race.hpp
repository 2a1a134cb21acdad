// Times several pieces of work against each other: in turns, so that what disturbs the machine for
// a while disturbs a turn of all of them, and the medians pass over it.
//
// Units    seconds of one call: of the calling thread on a processor, so that what other programs
//          take is not counted; Effort::clock can name wall_seconds where the work has threads
//
//   Race race;
//   const std::size_t ours = race.add([&] { ... });
//   const std::size_t theirs = race.add([&] { ... });
//   race.run({});
//   race.seconds(theirs) / race.seconds(ours)
#pragma once

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace bench {

using Run = std::function<void()>;

/// Seconds that this thread has spent on a processor.
inline double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds since some moment.
inline double wall_seconds() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// How long a race takes, and by which clock.
struct Effort {
    double turn_seconds = 4e-3;  ///< one turn of one contestant, at least one call
    int rounds = 11;             ///< at most
    double budget_seconds = 6;   ///< after this the rounds end, though not before the third
    double (*clock)() = thread_seconds;
    bool takes_fastest = false;  ///< the fastest round, not the median: on a busy machine
};

/// To see that everything runs, not to measure.
inline constexpr Effort glance{.turn_seconds = 1e-5, .rounds = 1, .budget_seconds = 0};

/// Seconds that `calls` calls take.
inline double time_calls(const Run& run, std::ptrdiff_t calls, double (*clock)()) {
    const double start = clock();
    for (; calls > 0; --calls) run();
    return clock() - start;
}

/// `values` may come in any order and are not empty.
inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

class Race {
public:
    /// The number by which seconds() knows this piece of work.
    std::size_t add(Run run) {
        contestants_.push_back({std::move(run), 1, 1, {}});
        return contestants_.size() - 1;
    }

    void run(const Effort& effort) {
        takes_fastest_ = effort.takes_fastest;
        for (Contestant& one : contestants_) set_calls(one, effort);
        double spent = 0;
        for (int round = 0; round < effort.rounds; ++round) {
            for (Contestant& one : contestants_) {
                if (effort.rounds > 1) spent += time_calls(one.run, one.calls_back, effort.clock);
                const double seconds = time_calls(one.run, one.calls, effort.clock);
                one.seconds.push_back(seconds / static_cast<double>(one.calls));
                spent += seconds;
            }
            if (round >= 2 && spent > effort.budget_seconds) break;
        }
    }

    /// Median over the rounds, or the fastest of them.
    [[nodiscard]] double seconds(std::size_t number) const {
        const std::vector<double>& all = contestants_[number].seconds;
        return takes_fastest_ ? *std::ranges::min_element(all) : median(all);
    }

private:
    struct Contestant {
        Run run;
        std::ptrdiff_t calls;         // of one turn
        std::ptrdiff_t calls_back;    // before it, which bring its data back into the caches
        std::vector<double> seconds;  // of one call, for each round
    };

    /// Caches give up old lines slowly: data of several MiB is back after about four calls, which
    /// long ones are not given, since they bring back their own.
    static void set_calls(Contestant& one, const Effort& effort) {
        std::ptrdiff_t calls = 1;
        one.run();  // the first call may allocate
        double seconds = time_calls(one.run, calls, effort.clock);
        while (seconds < effort.turn_seconds / 4) {
            calls *= 2;
            seconds = time_calls(one.run, calls, effort.clock);
        }
        const double wanted = effort.turn_seconds / seconds * static_cast<double>(calls);
        one.calls = static_cast<std::ptrdiff_t>(std::max(1.0, wanted));
        one.calls_back = static_cast<std::ptrdiff_t>(std::clamp(4 * wanted, 1.0, 8.0));
    }

    std::vector<Contestant> contestants_;
    bool takes_fastest_ = false;
};

}  // namespace bench
