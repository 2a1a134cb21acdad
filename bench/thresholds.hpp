// Limits that what was measured must keep, said one by one. A machine that others use misses some
// by chance, so a miss is an error only for those who ask for that.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace bench {

class Thresholds {
public:
    /// `found` must reach `limit`; both in `unit`.
    void at_least(std::string what, double found, double limit, std::string unit) {
        all_.push_back({std::move(what), found, limit, std::move(unit), found >= limit, "least"});
    }

    /// `found` must not exceed `limit`.
    void at_most(std::string what, double found, double limit, std::string unit) {
        all_.push_back({std::move(what), found, limit, std::move(unit), found <= limit, "most"});
    }

    /// One line each: "  ok      entropy: 610 us (at most 2000)".
    void print() const {
        std::printf("\nWhat this run must show:\n");
        for (const Threshold& one : all_) {
            std::printf("  %-7s %s: %.3g%s (at %s %.4g)\n", one.is_kept ? "ok" : "missed",
                        one.what.c_str(), one.found, one.unit.c_str(), one.side, one.limit);
        }
        std::fflush(stdout);
    }

    /// Whether all are kept.
    [[nodiscard]] bool kept() const {
        for (const Threshold& one : all_) {
            if (!one.is_kept) return false;
        }
        return true;
    }

private:
    struct Threshold {
        std::string what;
        double found;
        double limit;
        std::string unit;
        bool is_kept;
        const char* side;
    };

    std::vector<Threshold> all_;
};

}  // namespace bench
