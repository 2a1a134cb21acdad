// The pictures of one tensor, from its inspection.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "intact/metrics/drawing/channel_picture.hpp"
#include "intact/metrics/drawing/curve_picture.hpp"
#include "intact/metrics/drawing/histogram_picture.hpp"
#include "intact/metrics/inspection/advice.hpp"
#include "intact/metrics/inspection/tensor_inspection.hpp"

namespace intact {

/// The ranges to draw: those of the criteria, and the one in use where none of them chose it.
[[nodiscard]] inline std::vector<CriterionRange> shown_ranges(const TensorInspection& seen) {
    std::vector<CriterionRange> ranges = seen.criteria.ranges;
    const auto is_in_use = [&](const CriterionRange& range) {
        return range.range == seen.in_use->range;
    };
    if (seen.in_use && std::none_of(ranges.begin(), ranges.end(), is_in_use)) {
        ranges.push_back(*seen.in_use);
    }
    return ranges;
}

namespace detail {

/// How the criterion at `place` of CriterionComparison::ranges looks, or another range.
inline drawing::Look look_of(std::size_t place) {
    using namespace drawing;
    constexpr std::array looks{look::min_max,       look::percentile,     look::entropy,
                               look::squared_error, look::absolute_error, look::fourth_power};
    return place < looks.size() ? looks[place] : look::other;
}

inline std::vector<drawing::ScalePoint> scale_points(const Curve& curve) {
    std::vector<drawing::ScalePoint> points;
    for (const Candidate& candidate : curve) {
        points.push_back({static_cast<double>(candidate.scale), candidate.cost});
    }
    return points;
}

}  // namespace detail

/// The histogram with the range that each criterion chose for one scale.
[[nodiscard]] inline drawing::HistogramPicture histogram_picture(const TensorInspection& seen) {
    const Grid& grid = seen.use.grid();
    drawing::HistogramPicture picture{.name = seen.name,
                                      .edges = seen.bars.edges,
                                      .counts = seen.bars.counts,
                                      .marks = {},
                                      .steps = grid.qmax - grid.qmin};
    for (const CriterionRange& range : shown_ranges(seen)) {
        picture.marks.push_back({.criterion = range.criterion,
                                 .min = range.range.min,
                                 .max = range.range.max,
                                 .clipped = range.clipped_share,
                                 .look = detail::look_of(picture.marks.size())});
    }
    return picture;
}

/// The expected squared error over the scale, and beside it the other powers of the error.
[[nodiscard]] inline drawing::CurvePicture curve_picture(const TensorInspection& seen) {
    const CriterionComparison& criteria = seen.criteria;
    drawing::CurvePicture picture{
        .name = seen.name,
        .curve = detail::scale_points(criteria.curve),
        .marks = {},
        .others = {{"absolute error", detail::scale_points(criteria.absolute_curve),
                    drawing::look::absolute_error},
                   {"fourth power", detail::scale_points(criteria.fourth_curve),
                    drawing::look::fourth_power}}};
    for (const CriterionRange& range : shown_ranges(seen)) {
        picture.marks.push_back({.criterion = range.criterion,
                                 .at = {range.scale, range.squared_error},
                                 .look = detail::look_of(picture.marks.size())});
    }
    return picture;
}

/// How far each channel reaches.
[[nodiscard]] inline drawing::ChannelPicture channel_picture(const TensorInspection& seen) {
    drawing::ChannelPicture picture{.name = seen.name,
                                    .reaches = {},
                                    .median = median_reach(seen.channels),
                                    .far = seen.role == TensorRole::weights
                                               ? threshold::outlier_channel
                                               : threshold::outlier_activations};
    for (const ChannelExtremes& channel : seen.channels) {
        picture.reaches.push_back(channel.largest());
    }
    return picture;
}

}  // namespace intact
