// The elements of an Eigen object, of whatever kind, as one batch for an observer:
//
//   void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }
//
// Cost     none where they lie densely, in any order; else a copy. What an observer refuses it
// names
//          by its place in memory
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "intact/core/granularity.hpp"
#include "intact/core/tensor_view.hpp"
#include "intact/core/walk.hpp"

namespace intact {

class EigenBatch {
public:
    template <EigenObject X>
    explicit EigenBatch(const X& x) : input_(x) {
        const TensorView<const float>& view = input_.view();
        const auto size = static_cast<std::size_t>(view.size());
        values_ = {view.data, size};
        if (size == 0) return;
        Walk(view, PerTensor()).for_each_run([&](const Run& run) {
            if (run.count == view.size() && run.source_stride == 1) return;
            for (Index i = 0; i < run.count; ++i) {
                gathered_.push_back(view.data[run.source + i * run.source_stride]);
            }
        });
        if (!gathered_.empty()) values_ = gathered_;
    }
    EigenBatch(const EigenBatch&) = delete;
    EigenBatch& operator=(const EigenBatch&) = delete;

    /// As long as this and `x` live.
    [[nodiscard]] std::span<const float> values() const noexcept { return values_; }

private:
    RealInput input_;
    std::vector<float> gathered_;
    std::span<const float> values_;
};

}  // namespace intact
