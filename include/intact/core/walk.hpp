// Walks one or two tensors of the same shape run by run, so that every value of a run has the same
// scale and zero point.
//
// Axes that lie without a gap are joined first: a dense tensor with one scale is a single run.
//
// Cost     nothing per value; the order of the runs is unspecified.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "intact/core/granularity.hpp"
#include "intact/core/tensor_view.hpp"

namespace intact {

/// Values next to each other along one axis, all read with the same parameters.
struct Run {
    Index source = 0;         ///< offset of the first value in the first tensor
    Index target = 0;         ///< and in the second
    Index logical = 0;        ///< its row-major index, in an indexed walk
    Index parameter = 0;      ///< which scale and zero point
    Index count = 0;          ///< how many values
    Index source_stride = 1;  ///< from one value to the next
    Index target_stride = 1;
    Index logical_stride = 1;
};

/// Runs that lie side by side: the first values of all of them next to each other in both tensors,
/// then the second ones, and so on, each run with all values of its parameter or group. Or a single
/// run.
struct Bundle {
    Run first;
    Index runs = 1;
    Index parameter_step = 0;  ///< from one run to the next
    Index logical_step = 0;
};

/// Most runs of a bundle: two cache lines of floats.
inline constexpr Index most_bundled_runs = 32;

/// One axis of a walk: steps in both tensors, in row-major order and among the parameters.
struct WalkAxis {
    Index size = 1;
    Index source = 0;
    Index target = 0;
    Index logical = 0;
    Index parameter = 0;  ///< step after each `block` values
    Index block = 1;
};

class Walk {
public:
    /// A walk over tensors of the shape of `source`, with the strides of each. Row-major indices
    /// are kept only where `indexed` asks for them: they would keep column-major axes from joining.
    template <Granularity G, class Source, class Target>
    Walk(const TensorView<Source>& source, const TensorView<Target>& target, G, bool indexed)
        : rank_(source.rank) {
        Index logical = indexed ? 1 : 0;
        for (int i = rank_ - 1; i >= 0; --i) {
            const auto axis = static_cast<std::size_t>(i);
            axes_[axis] = {.size = source.shape[axis],
                           .source = source.strides[axis],
                           .target = target.strides[axis],
                           .logical = logical};
            logical *= source.shape[axis];
        }
        set_parameters(G{});
        arrange();
    }

    /// A walk over one tensor.
    template <Granularity G, class Source>
    Walk(const TensorView<Source>& source, G granularity)
        : Walk(source, source, granularity, false) {}

    /// Number of scales and zero points.
    [[nodiscard]] Index parameters() const noexcept { return parameters_; }

    /// Calls visit(run) until every value was in one run.
    template <class Visit>
    void for_each_run(Visit&& visit) const {
        const auto visit_run = [&](const Bundle& bundle) { visit(bundle.first); };
        if (!is_empty()) descend(0, {}, visit_run, false);
    }

    /// Calls visit(bundle) until every value was in one bundle.
    template <class Visit>
    void for_each_bundle(Visit&& visit) const {
        if (!is_empty()) descend(0, {}, visit, lies_side_by_side());
    }

private:
    [[nodiscard]] bool is_empty() const noexcept {
        return std::any_of(axes_.begin(), axes_.begin() + rank_,
                           [](const WalkAxis& axis) { return axis.size == 0; });
    }

    /// Whether the runs of each innermost but one axis begin next to each other and go on apart, as
    /// the rows of a column-major matrix.
    [[nodiscard]] bool lies_side_by_side() const noexcept {
        if (rank_ < 2) return false;
        const WalkAxis& across = axes_[static_cast<std::size_t>(rank_ - 2)];
        const WalkAxis& along = axes_[static_cast<std::size_t>(rank_ - 1)];
        return across.parameter != 0 && across.block == 1 && across.source == 1 &&
               across.target == 1 && along.source != 1 && along.logical <= 1;
    }

    void set_parameters(PerTensor) { parameters_ = 1; }

    void set_parameters(PerToken) {
        parameters_ = 1;
        for (int i = rank_ - 2; i >= 0; --i) step_parameters(i, 1);
    }

    template <int Axis>
    void set_parameters(PerChannel<Axis>) {
        require(Axis < rank_, "PerChannel", "the tensor has no axis ", Axis,
                ", expected less than ", rank_);
        parameters_ = 1;
        step_parameters(Axis, 1);
    }

    template <int Axis, Index Size>
    void set_parameters(PerGroup<Axis, Size>) {
        require(Axis < rank_, "PerGroup", "the tensor has no axis ", Axis, ", expected less than ",
                rank_);
        parameters_ = 1;
        for (int i = rank_ - 1; i >= 0; --i) step_parameters(i, i == Axis ? Size : 1);
    }

    void step_parameters(int i, Index block) {
        WalkAxis& axis = axes_[static_cast<std::size_t>(i)];
        axis.parameter = parameters_;
        axis.block = block;
        parameters_ *= (axis.size + block - 1) / block;
    }

    /// Moves the axis of the longest, densest runs to the end and joins what has no gap.
    void arrange() {
        const auto first = axes_.begin();
        const auto last = std::remove_if(first, first + rank_,
                                         [](const WalkAxis& axis) { return axis.size == 1; });
        rank_ = static_cast<int>(last - first);
        const auto outer = [](const WalkAxis& a, const WalkAxis& b) {
            const bool a_shares = a.parameter == 0 || a.block > 1;
            const bool b_shares = b.parameter == 0 || b.block > 1;
            if (a_shares != b_shares) return b_shares;
            return a.source > b.source;
        };
        for (auto next = first; next != last; ++next) {  // insertion sort: stable, no memory
            std::rotate(std::upper_bound(first, next, *next, outer), next, next + 1);
        }
        std::size_t kept = 0;
        for (std::size_t i = 1; i < static_cast<std::size_t>(rank_); ++i) {
            WalkAxis& a = axes_[kept];
            const WalkAxis& b = axes_[i];
            const bool joins = a.parameter == 0 && b.parameter == 0 &&
                               a.source == b.source * b.size && a.target == b.target * b.size &&
                               a.logical == b.logical * b.size;
            if (joins) {
                const Index size = a.size * b.size;
                a = b;
                a.size = size;
            } else {
                axes_[++kept] = b;
            }
        }
        rank_ = rank_ == 0 ? 0 : static_cast<int>(kept) + 1;
    }

    template <class Visit>
    void descend(int level, Bundle bundle, Visit& visit, bool bundles) const {
        Run& run = bundle.first;
        if (rank_ == 0) {
            run.count = 1;
            visit(std::as_const(bundle));
            return;
        }
        const WalkAxis& axis = axes_[static_cast<std::size_t>(level)];
        if (level == rank_ - 1) {
            run.source_stride = axis.source;
            run.target_stride = axis.target;
            run.logical_stride = axis.logical;
            const Index piece = axis.parameter == 0 ? axis.size : axis.block;
            for (Index i = 0; i < axis.size; i += piece) {
                run.count = std::min(piece, axis.size - i);
                visit(std::as_const(bundle));
                advance(run, axis, run.count);
                run.parameter += axis.parameter;
            }
            return;
        }
        const bool is_across = bundles && level == rank_ - 2;
        if (is_across) {
            bundle.parameter_step = axis.parameter;
            bundle.logical_step = axis.logical;
        }
        for (Index i = 0; i < axis.size; i += bundle.runs) {
            if (is_across) bundle.runs = std::min(most_bundled_runs, axis.size - i);
            descend(level + 1, bundle, visit, bundles);
            advance(run, axis, bundle.runs);
            run.parameter += bundle.runs * axis.parameter;  // larger blocks are innermost
        }
    }

    static void advance(Run& run, const WalkAxis& axis, Index steps) {
        run.source += steps * axis.source;
        run.target += steps * axis.target;
        run.logical += steps * axis.logical;
    }

    std::array<WalkAxis, max_rank> axes_{};
    int rank_ = 0;
    Index parameters_ = 1;
};

}  // namespace intact
