// What one shape gave: the rate of each contestant, and the bounds measured beside them.
//
// Units    operations a second (an addition and a multiplication are two), bytes a second
#pragma once

#include <algorithm>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "bench/problem.hpp"

namespace bench {

/// The contestant that is ours.
inline constexpr const char* us = "intact";

struct Entry {
    std::string who;
    Kind kind;
    double rate;
    bool is_exact;  ///< false where int32 results were found wrong
};

struct Result {
    std::string isa;
    Shape shape;
    double peak = 0;       ///< of the multiplying instructions
    double read_rate = 0;  ///< bytes a second of a plain loop over the weights; 0: not measured
    std::vector<Entry> entries = {};

    /// The most that is possible: the peak, or two operations a row for each weight read.
    [[nodiscard]] double bound() const noexcept {
        const double memory = 2.0 * static_cast<double>(shape.m) * read_rate;
        return read_rate > 0 && memory < peak ? memory : peak;
    }

    [[nodiscard]] const Entry* find(const std::string& who, Kind kind) const {
        const auto found = std::ranges::find_if(
            entries, [&](const Entry& entry) { return entry.who == who && entry.kind == kind; });
        return found == entries.end() ? nullptr : &*found;
    }

    /// The fastest of the others.
    [[nodiscard]] const Entry* best_peer(Kind kind) const {
        const Entry* best = nullptr;
        for (const Entry& entry : entries) {
            if (entry.who == us || entry.kind != kind) continue;
            if (best == nullptr || entry.rate > best->rate) best = &entry;
        }
        return best;
    }
};

/// One line for each entry, for other programs: words and numbers between single spaces.
inline void write(std::ostream& out, const Result& result) {
    for (const Entry& entry : result.entries) {
        out << result.isa << ' ' << text(result.shape) << ' ' << result.peak << ' '
            << result.read_rate << ' ' << entry.who << ' ' << name(entry.kind) << ' ' << entry.rate
            << ' ' << (entry.is_exact ? "exact" : "wrong") << '\n';
    }
}

/// What write() wrote, any number of results, after a line that starts with "# " and goes into
/// `note`; sets the fail bit at anything else.
[[nodiscard]] inline std::vector<Result> read_results(std::istream& in, std::string& note) {
    std::vector<Result> results;
    if (in.peek() == '#') {
        std::getline(in, note);
        note.erase(0, 2);
    }
    std::string isa, shape_text, kind_text, exact;
    Result next;
    Entry entry;
    while (in >> isa >> shape_text >> next.peak >> next.read_rate >> entry.who >> kind_text >>
           entry.rate >> exact) {
        const auto shape = shape_in(shape_text);
        const auto kind = std::ranges::find(all_kinds, kind_text, [](Kind k) { return name(k); });
        if (!shape || kind == all_kinds.end()) {
            in.setstate(std::ios::failbit);
            return results;
        }
        entry.kind = *kind;
        entry.is_exact = exact == "exact";
        if (results.empty() || results.back().isa != isa ||
            text(results.back().shape) != shape_text) {
            next.isa = isa;
            next.shape = *shape;
            results.push_back(next);
        }
        results.back().entries.push_back(entry);
    }
    if (in.eof()) in.clear();
    return results;
}

}  // namespace bench
