// Looks at one tensor under a quantizer: histogram, criteria, channels, use of the codes, advice.
//
//   const TensorInspection seen = inspect(weights);              // int8, one scale for all
//   using PerRow = SymmetricQuantizer<std::int8_t, PerChannel<0>>;
//   const TensorInspection better = inspect<PerRow>(weights, "encoder.3");
//   for (const Advice& one : better.advice) std::cout << one.finding << '\n';
//
// Shapes   any tensor; channels are the indices along one axis, 0 for weights [out, in, ...]
// Errors   std::domain_error      NaN or infinity
//          std::invalid_argument  no values, or no such axis
// Cost     a few passes over the data, and one search of each criterion
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "intact/metrics/inspection/advice.hpp"
#include "intact/metrics/inspection/tensor_inspection.hpp"
#include "intact/observers/histogram_state.hpp"
#include "intact/quantizers/aliases.hpp"
#include "intact/quantizers/runs.hpp"

namespace intact {

/// Collects what there is to see of a tensor that comes in batches.
template <class Q>
class Inspector {
    static_assert(code_bits<typename Q::CodeType> <= 8,
                  "intact: inspect looks at codes of at most 8 bits");
    static_assert(detail::needs_range<typename Q::SchemeType>,
                  "intact: inspect compares ranges, which FixedPoint has none of");

public:
    /// A tensor under a quantizer that has parameters, or chooses them from each batch.
    explicit Inspector(Q quantizer) : quantizer_(std::move(quantizer)), use_(quantizer_.grid()) {}

    /// Takes in a batch whose channels lie along `Axis`.
    template <int Axis, EigenObject X>
    void add(const X& expression) {
        const auto& x = detail::evaluated(expression);
        const RealInput input(x);
        if (input.view().size() == 0) return;
        detail::refuse_non_finite(input.view(), "inspect");
        const Walk walk(input.view(), PerChannel<Axis>{});
        channels_.resize(static_cast<std::size_t>(walk.parameters()),
                         {.min = std::numeric_limits<double>::max(),
                          .max = std::numeric_limits<double>::lowest(),
                          .squares = 0.0});
        detail::for_each_parameter(
            walk, input.view().data, [&](Index channel, std::span<const float> values) {
                const elementwise::Extremes found = detail::finite_extremes(values, "inspect");
                ChannelExtremes& own = channels_[static_cast<std::size_t>(channel)];
                own.min = std::min(own.min, static_cast<double>(found.min));
                own.max = std::max(own.max, static_cast<double>(found.max));
                for (const float value : values) {
                    const auto real = static_cast<double>(value);
                    own.squares = exactly(own.squares + exactly(real * real));
                }
                histogram_.add(values);
            });
        const auto codes = is_dynamic ? quantizer_.quantize_dynamic(x) : quantizer_.quantize(x);
        params_ = codes.params();
        use_.add(x, codes);
    }

    /// Whether ranges come from each batch.
    bool is_dynamic = false;

    /// All of it, with advice.
    [[nodiscard]] TensorInspection finish(const std::string& name, TensorRole role) const {
        require(use_.values() > 0, "inspect", "there are no values, expected at least one in ",
                name);
        const HistogramView view = histogram_.view();
        TensorInspection seen{
            .name = name,
            .role = role,
            .scales = params_.size(),
            .use = use_,
            .bars = even_bars(view),
            .criteria = compare_criteria<typename Q::SchemeType>(view, quantizer_.grid()),
            .in_use = {},
            .channels = channels_,
            .advice = {}};
        if (params_.size() == 1 && !is_dynamic) {
            seen.in_use = cost_of("in use", params_.front(), view, quantizer_.grid());
        }
        seen.advice = advise(seen);
        return seen;
    }

private:
    Q quantizer_;
    CodeUse use_;
    HistogramState<> histogram_;
    std::vector<ChannelExtremes> channels_;
    std::vector<QuantParams> params_;  // of the last batch
};

/// Weights under a quantizer: its parameters where it has some, by hand or from what it observed,
/// else those that the weights ask for.
template <class Q = SymmetricQuantizer<std::int8_t>, int ChannelAxis = 0, EigenObject X>
[[nodiscard]] TensorInspection inspect(const X& weights, const std::string& name = "weights",
                                       Q quantizer = {}) {
    const auto& values = detail::evaluated(weights);
    if (quantizer.observers().empty() && QuantizerState<Q>::of(quantizer).by_hand.empty()) {
        quantizer.observe(values);
    }
    Inspector<Q> inspector(std::move(quantizer));
    inspector.template add<ChannelAxis>(values);
    return inspector.finish(name, TensorRole::weights);
}

}  // namespace intact
