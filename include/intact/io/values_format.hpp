// How values themselves are written and read: each distinct one as its distance from the one before
// in the order of all floats, then how often each was seen, if any was more than once.
//
// Cost     3 to 4 bytes a value, fewer where values lie close
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "intact/io/format.hpp"
#include "intact/observers/values.hpp"

namespace intact::io {

template <class Clip>
struct Format<Values<Clip>> {
    static std::string kind() { return "Values"; }

    static void write(Writer& to, const Values<Clip>& observer) {
        const ValuesView seen = observer.view();
        to.count(seen.size());
        std::int64_t before = detail::before_all;
        for (const std::int32_t key : seen.keys) {
            to.count(static_cast<std::uint64_t>(key - before - 1));
            before = key;
        }
        to.flag(!seen.weights.empty());
        for (const std::uint64_t weight : seen.weights) to.count(weight - 1);
    }

    static Values<Clip> read(Reader& from) {
        std::vector<std::int32_t> keys(from.length());
        std::int64_t before = detail::before_all;
        for (std::int32_t& key : keys) {
            const std::uint64_t skipped = from.count();
            if (skipped >= static_cast<std::uint64_t>(detail::largest_order - before)) {
                refuse("a value is out of range, expected a finite one");
            }
            before += static_cast<std::int64_t>(skipped) + 1;
            key = static_cast<std::int32_t>(before);
        }
        const bool weighted = from.flag();
        if (weighted && keys.empty()) refuse("no values have weights, expected none");
        std::vector<std::uint64_t> weights(weighted ? keys.size() : 0);
        std::uint64_t count = weights.empty() ? keys.size() : 0;
        for (std::uint64_t& weight : weights) {
            weight = from.count() + 1;
            count += weight;
        }
        return Values<Clip>({.count = count, .keys = keys, .weights = weights});
    }
};

}  // namespace intact::io
