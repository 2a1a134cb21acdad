// What a network answers for a whole set of images, and how good that is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "examples/quantize_network/dataset.hpp"
#include "examples/quantize_network/progress.hpp"
#include "intact/nn/feature_map.hpp"

namespace example {

/// Images evaluated together; dynamic ranges come from so many.
inline constexpr std::size_t evaluated_together = 64;

/// The outputs [image, class] of a network for all images of a set.
template <class Run>
[[nodiscard]] intact::FeatureMatrix outputs_of(const Dataset& set, const std::string& what,
                                               Run&& run) {
    intact::FeatureMatrix all(static_cast<Eigen::Index>(set.size()),
                              static_cast<Eigen::Index>(class_names.size()));
    Progress progress(what, set.size());
    for (std::size_t first = 0; first < set.size(); first += evaluated_together) {
        const Batch batch = set.batch(first, evaluated_together);
        all.middleRows(static_cast<Eigen::Index>(first), batch.dimension(0)) = run(batch);
        progress.advance_to(first + static_cast<std::size_t>(batch.dimension(0)));
    }
    return all;
}

/// The class of the largest output of each image.
[[nodiscard]] inline std::vector<std::size_t> answers_of(const intact::FeatureMatrix& outputs) {
    std::vector<std::size_t> answers;
    for (Eigen::Index i = 0; i < outputs.rows(); ++i) {
        Eigen::Index best = 0;
        outputs.row(i).maxCoeff(&best);
        answers.push_back(static_cast<std::size_t>(best));
    }
    return answers;
}

/// Share of equal entries, 0 to 1; labels or answers, of one length.
template <class Others>
[[nodiscard]] double share_equal(const std::vector<std::size_t>& answers, const Others& others) {
    std::size_t equal = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) equal += answers[i] == others[i] ? 1U : 0U;
    return static_cast<double>(equal) /
           static_cast<double>(std::max<std::size_t>(1, answers.size()));
}

/// All images of a set in batches of `size`, in file order.
[[nodiscard]] inline std::vector<Batch> batches_of(const Dataset& set, std::size_t size) {
    std::vector<Batch> batches;
    for (std::size_t first = 0; first < set.size(); first += size) {
        batches.push_back(set.batch(first, size));
    }
    return batches;
}

}  // namespace example
