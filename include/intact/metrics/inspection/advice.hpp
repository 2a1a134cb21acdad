// Advice for one tensor: conditions that cost precision, each with its threshold and what to do.
//
//   for (const Advice& one : advise(inspection)) std::cout << one.finding << one.remedy;
//
// A healthy tensor, for instance Gaussian weights with a scale for each channel, gets none.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "intact/metrics/drawing/numbers.hpp"
#include "intact/metrics/inspection/tensor_inspection.hpp"

namespace intact {

/// Thresholds of the advice, and why.
namespace threshold {

/// Three bits: the median channel has an eighth of the codes that a scale of its own would give it.
inline constexpr double outlier_channel = 8.0;

/// Four bits: channels of activations differ by ten in networks that lose nothing by it.
inline constexpr double outlier_activations = 16.0;

/// Four times the power: the channel as a whole is large, not one of its values.
inline constexpr double outlier_channel_power = 4.0;

/// Two bits: all but one value in a thousand need no more than a quarter of the levels.
inline constexpr double outlier_levels = 0.25;
inline constexpr double outlier_bulk_share = 0.999;

/// One bit: a range with a quarter of the squared error is as good as twice as many codes.
inline constexpr double wide_steps = 4.0;

/// One bit is half the codes; rectified data in signed codes leave a little less than half of them.
inline constexpr double dead_share = 0.45;

/// With fewer, the values of a channel are the same by chance: half of all rectified ones are zero.
inline constexpr Index constant_values = 8;

/// A few units that no input of a test set wakes are ordinary behind ReLU; an eighth of them is
/// not.
inline constexpr double constant_activations = 0.125;

/// Codes between the few values of a long tail are not dead, but rare: only those among the bulk of
/// the values count, and those that no value reaches.
inline constexpr double dead_bulk_share = 0.99;

/// With fewer values for each code, some codes stay idle by chance.
inline constexpr std::uint64_t values_per_code = 64;

/// Criteria clip at most a tenth of this at 8 bits, and even at 2 bits less than half of the
/// squared error is that of clipped values: where both are exceeded the range is not of this data.
inline constexpr double clipped_share = 0.01;
inline constexpr double clipping_part_of_error = 0.5;

}  // namespace threshold

namespace detail {

inline std::string plural(std::size_t count, const std::string& noun) {
    return drawing::grouped(count) + " " + noun + (count == 1 ? "" : "s");
}

/// "-0.53 to 0.53".
inline std::string text(const Range& range) {
    return drawing::compact(range.min) + " to " + drawing::compact(range.max);
}

/// The criterion whose single range has the least expected squared error.
inline const CriterionRange& best_range(const TensorInspection& seen) {
    return *std::min_element(
        seen.criteria.ranges.begin(), seen.criteria.ranges.end(),
        [](const auto& a, const auto& b) { return a.squared_error < b.squared_error; });
}

/// How many times the error of the quantizer in use is that of the best single range.
inline double times_best_error(const TensorInspection& seen) {
    const double best = best_range(seen).squared_error * static_cast<double>(seen.use.values());
    return best > 0.0 ? seen.use.squared_error() / best : 1.0;
}

/// The part of the squared error that is not rounding.
inline double clipping_part(const TensorInspection& seen) {
    const double all = seen.use.squared_error();
    return all > 0.0 ? seen.use.clipping_error() / all : 0.0;
}

/// "3 of 255": codes that are left to a channel whose steps are `times` as wide as it needs.
inline std::string codes_left(const Grid& grid, double times) {
    const double steps = grid.qmax - grid.qmin;
    const double sides = grid.symmetric ? 2.0 : 1.0;
    const double left = sides * std::round(steps / (sides * times)) + 1.0;
    return drawing::fixed(left, 0) + " of " + drawing::fixed(steps + 1.0, 0);
}

inline std::optional<Advice> outlier_channel(const TensorInspection& seen) {
    const double median = median_reach(seen.channels);
    if (seen.scales != 1 || seen.channel_size() < 2 || median == 0.0) return {};
    const std::size_t farthest = farthest_channel(seen.channels);
    const double times = seen.channels[farthest].largest() / median;
    const double median_power = median_of_channels(
        seen.channels, [](const ChannelExtremes& channel) { return channel.squares; });
    const bool is_weights = seen.role == TensorRole::weights;
    if (times < (is_weights ? threshold::outlier_channel : threshold::outlier_activations) ||
        seen.channels[farthest].squares < threshold::outlier_channel_power * median_power) {
        return {};
    }
    return Advice{.condition = Condition::outlier_channel,
                  .finding = "channel " + std::to_string(farthest) + " reaches " +
                             drawing::significant(times) +
                             " times as far as the median channel, which is left with about " +
                             codes_left(seen.use.grid(), times) + " codes",
                  .remedy = is_weights
                                ? "a scale for each channel: PerChannel<0>"
                                : "divide that channel by a factor where it is made and multiply "
                                  "the weights that read it by the same factor",
                  .channel = static_cast<Index>(farthest)};
}

inline std::optional<Advice> outlier_values(const TensorInspection& seen) {
    const double needed = seen.use.levels_for(threshold::outlier_bulk_share);
    const double rest = 1.0 - threshold::outlier_bulk_share;
    const bool can_tell = static_cast<double>(seen.use.values()) * rest >= 1.0;
    if (!can_tell || needed > threshold::outlier_levels || needed == 0.0) return {};
    const CriterionRange& squared = seen.criteria.ranges.at(3);
    const bool clips = squared.scale <= 0.5 * seen.criteria.ranges.at(0).scale;
    const auto here = [&](const CriterionRange& range) {
        return seen.scales == 1 ? " (" + text(range.range) + ")" : std::string();
    };
    std::string remedy =
        clips ? "the least squared error clips them: Histogram<MeanSquaredError>" + here(squared)
              : "if they matter no more than other values, clip them: "
                "Histogram<Percentile<>>" +
                    here(seen.criteria.ranges.at(1)) + "; Histogram<MeanSquaredError> keeps them" +
                    here(squared);
    return Advice{.condition = Condition::outlier_values,
                  .finding = drawing::fixed(100.0 * threshold::outlier_bulk_share, 1) +
                             " % of the values lie within " + drawing::per_cent(needed) +
                             " of the range; the few others make every step " +
                             drawing::significant(1.0 / needed, 2) + " times as wide",
                  .remedy = std::move(remedy)};
}

inline std::optional<Advice> wide_steps(const TensorInspection& seen) {
    // Some scale fits a handful of values by luck.
    if (seen.scales != 1 || seen.use.values() < seen.use.counts().size()) return {};
    const double times = times_best_error(seen);
    if (times < threshold::wide_steps || clipping_part(seen) > 0.5) return {};
    const CriterionRange& best = best_range(seen);
    return Advice{.condition = Condition::wide_steps,
                  .finding = "the range in use has " + drawing::significant(times, 2) +
                             " times the squared error of " + text(best.range),
                  .remedy = "choose that range by the criterion " + best.criterion};
}

/// Codes without a value that no sparse tail explains.
struct IdleCodes {
    std::size_t below = 0;   ///< under the lowest code in use
    std::size_t above = 0;   ///< over the highest code in use
    std::size_t inside = 0;  ///< among the codes of the bulk of the values

    [[nodiscard]] std::size_t all() const noexcept { return below + above + inside; }
};

inline IdleCodes idle_codes(const CodeUse& use) {
    const std::vector<std::uint64_t>& counts = use.counts();
    const auto tail = static_cast<double>(use.values()) * 0.5 * (1.0 - threshold::dead_bulk_share);
    double seen = 0.0;
    const auto is_tail = [&](std::uint64_t count) {
        seen += static_cast<double>(count);
        return seen <= tail;
    };
    const auto used = [](std::uint64_t count) { return count > 0; };
    const auto lowest = std::find_if(counts.begin(), counts.end(), used);
    const auto highest = std::find_if(counts.rbegin(), counts.rend(), used).base();
    const auto low = std::find_if_not(lowest, highest, is_tail);
    seen = 0.0;
    const auto high =
        std::find_if_not(std::make_reverse_iterator(highest), counts.rend(), is_tail).base();
    return {.below = static_cast<std::size_t>(lowest - counts.begin()),
            .above = static_cast<std::size_t>(counts.end() - highest),
            .inside = low < high ? static_cast<std::size_t>(std::count(low, high, 0U)) : 0};
}

inline std::optional<Advice> dead_codes(const TensorInspection& seen) {
    const std::size_t codes = seen.use.counts().size();
    const IdleCodes idle = idle_codes(seen.use);
    if (seen.use.values() < threshold::values_per_code * codes ||
        static_cast<double>(idle.all()) < threshold::dead_share * static_cast<double>(codes)) {
        return {};
    }
    const Grid& grid = seen.use.grid();
    const auto negative = static_cast<std::size_t>(grid.zero_point - grid.qmin);
    const bool one_sign =
        grid.symmetric && (idle.below >= negative || idle.above >= codes - 1 - negative);
    std::string remedy = "the range is wider than this data: calibrate on data like it";
    if (one_sign) {
        remedy =
            "all values have one sign: AffineQuantizer<std::uint8_t> uses the codes of the "
            "other sign too";
    } else if (2 * idle.inside > idle.all()) {
        remedy = "the values are few and distinct: fewer bits hold them";
    }
    return Advice{.condition = Condition::dead_codes,
                  .finding = std::to_string(idle.all()) + " of " + std::to_string(codes) +
                             " codes stand for no value",
                  .remedy = std::move(remedy)};
}

inline std::optional<Advice> heavy_clipping(const TensorInspection& seen) {
    const double part = clipping_part(seen);
    if (seen.use.clipped_share() < threshold::clipped_share ||
        part < threshold::clipping_part_of_error) {
        return {};
    }
    return Advice{.condition = Condition::heavy_clipping,
                  .finding = drawing::per_cent(seen.use.clipped_share()) +
                             " of the values lie beyond the range and make " +
                             drawing::per_cent(part) + " of the squared error",
                  .remedy = "a wider range: " + best_range(seen).criterion +
                            " on this data gives " + text(best_range(seen).range)};
}

/// A channel of weights gives what it reads, times these, and its bias; one of activations is what
/// the next layer reads.
inline std::string constant_remedy(TensorRole role, bool is_zero) {
    if (role == TensorRole::activations) {
        return is_zero ? "remove it and what reads it: it carries nothing"
                       : "fold it into the bias of the layer that reads it, unless that pads";
    }
    return is_zero
               ? "its output is its bias alone: fold that into the bias of the layer that reads "
                 "it, unless that pads, and remove the channel"
               : "its output is a multiple of the sum of all it reads: was it trained?";
}

inline std::optional<Advice> constant_channel(const TensorInspection& seen) {
    if (seen.channels.size() < 2 || seen.channel_size() < threshold::constant_values) return {};
    std::size_t constant = 0;
    std::size_t first = 0;
    for (std::size_t i = seen.channels.size(); i-- > 0;) {
        if (!seen.channels[i].is_constant()) continue;
        ++constant;
        first = i;
    }
    const double most =
        seen.role == TensorRole::activations
            ? threshold::constant_activations * static_cast<double>(seen.channels.size())
            : 0.0;
    if (static_cast<double>(constant) <= most) return {};
    const double value = seen.channels[first].min;
    std::string finding = "channel " + std::to_string(first) + " is " +
                          (value == 0.0 ? "zero" : drawing::compact(value)) + " everywhere";
    if (constant > 1) finding = plural(constant, "channel") + " are constant; " + finding;
    return Advice{.condition = Condition::constant_channel,
                  .finding = std::move(finding),
                  .remedy = constant_remedy(seen.role, value == 0.0),
                  .channel = static_cast<Index>(first)};
}

}  // namespace detail

/// What to do about a tensor; where one cause has several symptoms, only the cause.
[[nodiscard]] inline std::vector<Advice> advise(const TensorInspection& seen) {
    std::vector<Advice> found;
    for (const auto check : {detail::outlier_channel, detail::heavy_clipping,
                             detail::outlier_values, detail::dead_codes, detail::wide_steps}) {
        if (std::optional<Advice> advice = check(seen)) {
            found.push_back(std::move(*advice));
            break;
        }
    }
    if (std::optional<Advice> advice = detail::constant_channel(seen)) {
        found.push_back(std::move(*advice));
    }
    return found;
}

}  // namespace intact
