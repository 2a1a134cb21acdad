// Shows a tensor to the observers of a quantizer: to each the values that share its scale, in one
// batch. The observers given stay as they are; what comes back has seen the tensor.
//
// Errors   std::domain_error      NaN or infinity, where the observers do not skip them
//          std::invalid_argument  another number of scales than there are observers
// Cost     a copy of the observers; values that do not lie densely, and weighted ones, are gathered
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/core/granularity.hpp"
#include "intact/core/tensor_view.hpp"
#include "intact/core/walk.hpp"
#include "intact/quantizers/runs.hpp"
#include "intact/quantizers/scheme.hpp"

namespace intact::detail {

/// One for each scale of a tensor; a single one needs no memory of its own.
template <class V, Granularity G>
using PerScale = std::conditional_t<std::same_as<G, PerTensor>, std::array<V, 1>, std::vector<V>>;

/// As many as the tensor has scales, as they are made.
template <class V, Granularity G>
[[nodiscard]] PerScale<V, G> per_scale([[maybe_unused]] const Walk& walk) {
    if constexpr (std::same_as<G, PerTensor>) {
        return {V()};
    } else {
        return PerScale<V, G>(static_cast<std::size_t>(walk.parameters()));
    }
}

/// Calls visit(parameter, values, weights) once for every parameter.
template <class Visit>
void for_each_weighted_parameter(const Walk& walk, const float* values,
                                 const std::uint32_t* weights, Visit&& visit) {
    std::vector<float> own_values;
    std::vector<std::uint32_t> own_weights;
    Index current = -1;
    const auto finish = [&] {
        if (current >= 0) visit(current, own_values, own_weights);
        own_values.clear();
        own_weights.clear();
    };
    walk.for_each_run([&](const Run& run) {
        if (run.parameter != current) {
            finish();
            current = run.parameter;
        }
        for (Index i = 0; i < run.count; ++i) {
            own_values.push_back(values[run.source + i * run.source_stride]);
            own_weights.push_back(weights[run.target + i * run.target_stride]);
        }
    });
    finish();
}

/// Copies of the observers, as many as the tensor has scales.
template <Granularity G, class Watch>
std::vector<Watch> observers_for(const std::vector<Watch>& before, const Walk& walk,
                                 const TensorView<const float>& values) {
    static_assert(!std::same_as<G, PerToken>,
                  "intact: PerToken is dynamic: its ranges come from the tokens at hand, so call "
                  "quantize() without observe()");
    const auto expected = static_cast<std::size_t>(walk.parameters());
    require(before.empty() || before.size() == expected, "Quantizer::observe",
            "the number of scales changed, expected ", before.size(), ", given ", expected,
            " for the shape ", shape_text(values));
    constexpr bool skips = requires { Watch::accepts_non_finite; };
    if (expected > 1 && !skips) refuse_non_finite(values, "Quantizer::observe");
    std::vector<Watch> observers = before;
    observers.resize(expected);
    return observers;
}

/// Shows parts of a tensor: what an observer refuses is told by its place in the tensor, not in the
/// part, whose order is that of the memory.
template <class Watch, class Show>
void telling_places(const TensorView<const float>& values, const char* where, Show&& show) {
    try {
        show();
    } catch (const std::domain_error&) {
        constexpr bool skips = requires { Watch::accepts_non_finite; };
        if (!skips) refuse_non_finite(values, where);
        throw;
    }
}

/// Shows each observer the values that share its scale.
template <class Watch>
void show_parts(const Walk& walk, const TensorView<const float>& values, std::span<Watch> observers,
                const char* where) {
    telling_places<Watch>(values, where, [&] {
        for_each_parameter(walk, values.data, [&](Index parameter, std::span<const float> part) {
            observers[static_cast<std::size_t>(parameter)].observe(part);
        });
    });
}

/// Parameters for the ranges of `values` alone, as the quantizer Q chooses them: without memory of
/// its own where there is one scale and the observer takes none.
template <class Q, class G = typename Q::GranularityType>
[[nodiscard, gnu::noinline]] PerScale<QuantParams, G> params_of_tensor(
    const TensorView<const float>& values, const Grid& grid) {
    using Scheme = typename Q::SchemeType;
    using Watch = typename Q::ObserverType;
    if constexpr (!needs_range<Scheme>) {
        return {Scheme::params(Range{}, grid).params};
    } else {
        const Walk walk(values, G{});
        auto observers = per_scale<Watch, G>(walk);
        show_parts<Watch>(walk, values, observers, "Quantizer");
        auto params = per_scale<QuantParams, G>(walk);
        std::ranges::transform(observers, params.begin(), [&](const Watch& observer) {
            const Range range = observer.empty() ? Range{} : observer.range(grid);
            return Scheme::params(range, grid).params;
        });
        return params;
    }
}

/// The observers after one more tensor; those before, where it is empty.
template <Granularity G, class Watch>
[[nodiscard]] std::vector<Watch> observed(const std::vector<Watch>& before,
                                          const TensorView<const float>& values) {
    if (values.size() == 0) return before;
    const Walk walk(values, G{});
    std::vector<Watch> observers = observers_for<G>(before, walk, values);
    show_parts<Watch>(walk, values, observers, "Quantizer::observe");
    return observers;
}

/// The same, with a weight for each value.
template <Granularity G, class Watch>
[[nodiscard]] std::vector<Watch> observed(const std::vector<Watch>& before,
                                          const TensorView<const float>& values,
                                          const TensorView<const std::uint32_t>& weights) {
    if (values.size() == 0) return before;
    const Walk walk(values, weights, G{}, false);
    std::vector<Watch> observers = observers_for<G>(before, walk, values);
    telling_places<Watch>(values, "Quantizer::observe", [&] {
        for_each_weighted_parameter(
            walk, values.data, weights.data,
            [&](Index parameter, std::span<const float> batch, std::span<const std::uint32_t> own) {
                observers[static_cast<std::size_t>(parameter)].observe(batch, own);
            });
    });
    return observers;
}

}  // namespace intact::detail
