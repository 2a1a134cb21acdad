// The inspection of a tensor for the terminal.
//
//   std::cout << inspect(weights, "encoder.3");
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "intact/metrics/drawing/numbers.hpp"
#include "intact/metrics/drawing/text_table.hpp"
#include "intact/metrics/inspection/advice.hpp"
#include "intact/metrics/inspection/pictures.hpp"
#include "intact/metrics/inspection/tensor_inspection.hpp"

namespace intact {

namespace detail {

/// "38.7 dB", or "exact".
inline std::string ratio_text(double ratio_db) {
    return std::isinf(ratio_db) ? "exact" : drawing::fixed(ratio_db, 1) + " dB";
}

/// "12 of 255".
inline std::string dead_text(const CodeUse& use) {
    return std::to_string(use.dead_codes()) + " of " + std::to_string(use.counts().size());
}

inline std::string scales_text(std::size_t scales) {
    return scales == 1 ? "one scale" : drawing::grouped(scales) + " scales";
}

/// A histogram in one line of blocks, each the fullest of several bars, high by the logarithm.
inline std::string blocks(const Bars& bars) {
    constexpr std::array<const char*, 9> heights{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::size_t columns = 64;
    const std::size_t each = (bars.counts.size() + columns - 1) / columns;
    const double most = *std::max_element(bars.counts.begin(), bars.counts.end());
    std::string line;
    for (std::size_t i = 0; i < bars.counts.size(); i += each) {
        const auto first = bars.counts.begin() + static_cast<std::ptrdiff_t>(i);
        const auto left = static_cast<std::size_t>(bars.counts.end() - first);
        const auto last = first + static_cast<std::ptrdiff_t>(std::min(each, left));
        const double part = std::log(1.0 + *std::max_element(first, last)) / std::log(1.0 + most);
        line += heights.at(static_cast<std::size_t>(std::ceil(8.0 * part)));
    }
    return line;
}

inline void print(std::ostream& out, const std::vector<Advice>& advice) {
    for (const Advice& one : advice) {
        out << "  ! " << one.finding << "\n    -> " << one.remedy << '\n';
    }
}

}  // namespace detail

/// What was found, in some fifteen lines.
inline std::ostream& operator<<(std::ostream& out, const TensorInspection& seen) {
    using drawing::compact;
    using drawing::grouped;
    using drawing::per_cent;
    using drawing::significant;
    using drawing::TextTable;
    out << seen.name << ": " << grouped(static_cast<std::size_t>(seen.use.values())) << " values, "
        << detail::plural(seen.channels.size(), "channel") << ", "
        << detail::scales_text(seen.scales) << '\n';
    out << "  SQNR " << detail::ratio_text(seen.use.sqnr_db()) << ", clipped "
        << per_cent(seen.use.clipped_share()) << ", codes without a value "
        << detail::dead_text(seen.use) << '\n';
    const double median = median_reach(seen.channels);
    if (median > 0.0) {
        const std::size_t farthest = farthest_channel(seen.channels);
        const double reach = seen.channels[farthest].largest();
        out << "  the median channel reaches " << compact(median) << ", channel " << farthest
            << " reaches " << compact(reach) << " (" << significant(reach / median) << " times)\n";
    }
    out << "  [" << detail::blocks(seen.bars) << "] " << compact(seen.bars.edges.front()) << " to "
        << compact(seen.bars.edges.back()) << ", log counts\n";

    TextTable table;
    table.add_head({"one scale by", "from", "to", "step", "squared error", "clipped"});
    for (const CriterionRange& range : shown_ranges(seen)) {
        table.add({range.criterion, compact(range.range.min), compact(range.range.max),
                   compact(range.scale), compact(range.squared_error),
                   per_cent(range.clipped_share)});
    }
    out << table;
    detail::print(out, seen.advice);
    return out;
}

}  // namespace intact
