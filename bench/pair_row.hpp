// A line of a table: two ways to run the products of a shape, and the gain of the second one.
#pragma once

#include <cstdio>

#include "bench/ours.hpp"

namespace bench {

inline void print_pair_title() {
    std::printf("%-15s | %-20s | %-20s |\n", "M x K x N", name(Kind::u8_s32), name(Kind::u8_u8));
    std::fflush(stdout);
}

/// GOPS of both ways and the second over the first, to int32 and to codes.
inline void print_pair(const Shape& shape, const OurProducts& first, const OurProducts& second,
                       const Effort& effort) {
    std::printf("%-15s |", text(shape).c_str());
    for (const Kind kind : {Kind::u8_s32, Kind::u8_u8}) {
        // One race a kind: both contestants then write the same type.
        Race race;
        const std::size_t one = race.add(first.of(kind));
        const std::size_t other = race.add(second.of(kind));
        race.run(effort);
        std::printf(" %6.0f %6.0f %5.2f |", shape.operations() / race.seconds(one) * 1e-9,
                    shape.operations() / race.seconds(other) * 1e-9,
                    race.seconds(one) / race.seconds(other));
    }
    std::printf("\n");
    std::fflush(stdout);
}

}  // namespace bench
