// Prints results as a table that a terminal of 120 columns holds.
#pragma once

#include <cstdio>
#include <string>

#include "bench/results.hpp"

namespace bench {

inline void print_table_head() {
    std::printf("%-15s |", "M x K x N");
    for (const Kind kind : int8_kinds) std::printf(" %-16s |", name(kind));
    std::printf(" bound |  Eigen f32\n%-15s |", "");
    for (std::size_t i = 0; i < int8_kinds.size(); ++i) std::printf("  GOPS   %%  peer  |");
    std::printf("     %% | GOPS     x\n");
}

/// GOPS, percent of the peak, and how many times the best peer's rate.
inline void print_cell(const Result& result, Kind kind) {
    const Entry& ours = *result.find(us, kind);
    std::printf(" %5.0f", ours.rate * 1e-9);
    if (result.peak > 0) {
        std::printf(" %3.0f", 100 * ours.rate / result.peak);
    } else {
        std::printf("   -");
    }
    if (const Entry* peer = result.best_peer(kind)) {
        std::printf(" %5.2f%s |", ours.rate / peer->rate, peer->is_exact ? " " : "~");
    } else {
        std::printf("     -  |");
    }
}

inline void print_table_row(const Result& result) {
    std::printf("%-15s |", text(result.shape).c_str());
    double best = 0;
    for (const Kind kind : int8_kinds) {
        print_cell(result, kind);
        best = std::max(best, result.find(us, kind)->rate);
    }
    if (result.bound() > 0) {
        std::printf("   %3.0f |", 100 * best / result.bound());
    } else {
        std::printf("     - |");
    }
    if (const Entry* eigen = result.best_peer(Kind::f32)) {
        std::printf(" %4.0f %5.1f\n", eigen->rate * 1e-9, best / eigen->rate);
    } else {
        std::printf("    -     -\n");
    }
    std::fflush(stdout);
}

/// The rates behind "x peer".
inline void print_peer_row(const Result& result) {
    std::printf("%-15s |", text(result.shape).c_str());
    for (const Entry& entry : result.entries) {
        if (entry.who == us || entry.kind == Kind::f32) continue;
        std::printf(" %s %s %.0f%s ", entry.who.c_str(), name(entry.kind), entry.rate * 1e-9,
                    entry.is_exact ? "" : "~");
    }
    if (result.read_rate > 0) std::printf(" weights read at %.1f GB/s", result.read_rate * 1e-9);
    std::printf("\n");
}

}  // namespace bench
