// Quantizers: watch data, choose scales and zero points, turn reals into codes and back.
//
//   SymmetricQuantizer<std::int8_t, PerChannel<0>> weights;
//   weights.observe(w);
//   auto w8 = weights.quantize(w);
//
//   AffineQuantizer<std::uint8_t, PerTensor, Histogram<Entropy>> activations;
//   for (const auto& batch : calibration_set) activations.observe(batch);
//   auto x8 = activations.quantize(x);
//
// Shapes   any Eigen matrix, array, map, block, expression or tensor; the result has its shape and
//          storage order. granularity.hpp says which values share parameters.
// Units    those of the data.
// Errors   std::logic_error       parameters asked for before anything was observed for a scale
//          std::domain_error      a batch with NaN or infinity; nothing is observed then
//          std::invalid_argument  another number of channels than before, parameters given by hand
//                                 that break the contract, another number of importance weights,
//                                 a merge with a quantizer of other codes; nothing changes then
//          std::overflow_error    2^64 values or more, weighted; nothing changes then
// Cost     observe: one pass, and a copy of the observers (a refused batch changes nothing). The
//          first params() or quantize() after it: one search of the criterion for every scale.
//          Const: several threads may use one quantizer.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "intact/core/quantized.hpp"
#include "intact/core/rounding.hpp"
#include "intact/observers/observer.hpp"
#include "intact/observers/skip_non_finite.hpp"
#include "intact/quantizers/importance.hpp"
#include "intact/quantizers/observed.hpp"
#include "intact/quantizers/quantizer_state.hpp"
#include "intact/quantizers/remembered_params.hpp"
#include "intact/quantizers/runs.hpp"
#include "intact/quantizers/scheme.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

namespace detail {

/// The observer of each scale: a smaller one where there are many.
template <class Watch, class G>
struct ObserverFor {
    using Type = intact::ChannelObserver<Watch>;
};
template <class Watch>
struct ObserverFor<Watch, PerTensor> {
    using Type = Watch;
};

inline std::vector<QuantParams> plain(const std::vector<ChosenParams>& chosen) {
    std::vector<QuantParams> params;
    params.reserve(chosen.size());
    for (const ChosenParams& one : chosen) params.push_back(one.params);
    return params;
}

}  // namespace detail

template <class T, class S, class G, class Watch, class R>
class Quantizer {
    static_assert(
        Code<T>,
        "intact: the code type is not one, expected std::int8_t, std::uint8_t, std::int16_t, "
        "std::uint16_t, intact::Int<2..8> or intact::UInt<2..8>");
    static_assert(Scheme<S>,
                  "intact: the scheme is not one, expected Symmetric<>, Affine, PowerOfTwo<> or "
                  "FixedPoint<N>");
    static_assert(Granularity<G>,
                  "intact: the granularity is not one, expected PerTensor, PerChannel<Axis>, "
                  "PerGroup<Axis, Size> or PerToken");
    static_assert(Observer<Watch>,
                  "intact: the observer is not one, expected MinMax, MovingAverage, "
                  "Histogram<Criterion> or a type that models intact::Observer");
    static_assert(code_bits<T> <= most_code_bits<Watch>,
                  "intact: the criterion searches codes of at most 8 bits; with 16-bit codes use "
                  "FullRange or Percentile");
    static_assert(Rounding<R>,
                  "intact: the rounding is not one, expected NearestEven, NearestAway, TowardZero, "
                  "Floor or Stochastic<Seed>");
    static_assert(detail::needs_range<S> || std::same_as<G, PerTensor>,
                  "intact: FixedPoint has one scale whatever the data, so its granularity is "
                  "PerTensor");

public:
    using CodeType = T;
    using SchemeType = S;
    using GranularityType = G;
    using RoundingType = R;
    /// The observer of one parameter: some keep a smaller state where there are many.
    using ObserverType = typename detail::ObserverFor<Watch, G>::Type;

    Quantizer() = default;

    /// A quantizer with parameters from elsewhere, for instance another framework.
    explicit Quantizer(std::vector<QuantParams> params) { set_params(std::move(params)); }

    /// A quantizer with one scale and zero point from elsewhere.
    explicit Quantizer(const QuantParams& params) : Quantizer(std::vector<QuantParams>{params}) {}

    /// A quantizer with scales and zero points from elsewhere, as two lists of one length.
    Quantizer(std::span<const float> scales, std::span<const std::int32_t> zero_points) {
        require(scales.size() == zero_points.size(), "Quantizer",
                "scales and zero points differ in number, expected ", scales.size(),
                " zero points, given ", zero_points.size());
        std::vector<QuantParams> params;
        for (std::size_t i = 0; i < scales.size(); ++i) {
            params.push_back({scales[i], zero_points[i]});
        }
        set_params(std::move(params));
    }

    /// A quantizer that uses only the codes of `bits` bits, at most those of the code type.
    [[nodiscard]] static Quantizer of_bits(int bits) {
        require(2 <= bits && bits <= code_bits<T>, "Quantizer", "no such width, expected 2 to ",
                code_bits<T>, " bits, given ", bits);
        Quantizer narrow;
        narrow.grid_ = S::grid(bits, is_signed_code<T>);
        return narrow;
    }

    /// Takes a batch into the statistics.
    template <EigenObject X>
    void observe(const X& x) {
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        keep(detail::observed<G>(observers_, input.view()));
    }

    /// Takes a batch into the statistics, each value as many times as its weight says.
    template <EigenObject X, int Axis>
    void observe(const X& x, const Importance<Axis>& importance) {
        static_assert(WeightedObserver<ObserverType>,
                      "intact: this observer takes no importance weights; Histogram, Values and "
                      "SkipNonFinite of them do");
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        keep(detail::observed<G>(observers_, input.view(), importance.over(input.view())));
    }

    /// Takes in what another quantizer of the same codes observed, as if its batches had come here.
    void merge(const Quantizer& other) {
        static_assert(MergeableObserver<ObserverType>,
                      "intact: this observer depends on the order of its batches, so it does not "
                      "merge; MinMax and Histogram do");
        require(grid_ == other.grid_, "Quantizer::merge", "the codes differ, expected ", grid_.qmin,
                " to ", grid_.qmax, ", given ", other.grid_.qmin, " to ", other.grid_.qmax);
        if (other.observers_.empty()) return;
        std::vector<ObserverType> merged = observers_;
        if (merged.empty()) {
            merged = other.observers_;
        } else {
            require(observers_.size() == other.observers_.size(), "Quantizer::merge",
                    "the number of scales differs, expected ", observers_.size(), ", given ",
                    other.observers_.size());
            for (std::size_t i = 0; i < merged.size(); ++i) merged[i].merge(other.observers_[i]);
        }
        keep(std::move(merged));
    }

    /// Scales and zero points that the observations ask for, and what had to be adjusted.
    [[nodiscard]] std::vector<ChosenParams> choose() const {
        const simd::DefaultEnvironment guard;
        return chosen();
    }

    /// The parameters given by hand, or those that the observations ask for.
    [[nodiscard]] std::vector<QuantParams> params() const {
        return params_.get([this] { return detail::plain(choose()); });
    }

    /// Uses these parameters, in the order that granularity.hpp states, until the next observe().
    void set_params(std::vector<QuantParams> params) {
        require(!params.empty(), "Quantizer::set_params", "no parameters, expected at least one");
        for (const QuantParams& one : params) check(one, grid_, "Quantizer::set_params");
        params_.set(std::move(params));
    }

    /// The codes of x under params(); PerToken chooses its ranges from x itself.
    template <EigenObject X>
    [[nodiscard]] auto quantize(const X& x) const {
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        return coded(params_for(input.view()), input, x);
    }

    /// The codes of x to x8, which quantize() has made for a tensor of that shape: allocates
    /// nothing.
    template <EigenObject X, class Codes>
    void quantize(const X& x, Quantized<T, G, Codes>& x8) const {
        static_assert(!std::same_as<G, PerToken>, "intact: PerToken makes new scales for each x");
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        const auto codes = view_of(x8.mutable_codes());
        const bool fits =
            x8.grid() == grid_ && input.view().same_shape(codes) && params_.are(x8.params());
        require(fits, "Quantizer::quantize",
                "x8 has another shape, other parameters or other codes "
                "than what quantize(x) gives");
        detail::quantize_runs<R, G>(input.view(), codes, x8.params(), grid_);
    }

    /// The codes of x under the ranges of x alone, whatever was observed before.
    template <EigenObject X>
    [[nodiscard]] auto quantize_dynamic(const X& x) const {
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        return coded(params_of(input.view()), input, x);
    }

    /// The reals nearest to x that have codes: dequantize(quantize(x)), in one pass.
    template <EigenObject X>
    [[nodiscard]] PlainLike<float, X> fake_quantize(const X& x) const {
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        PlainLike<float, X> out = make_like<float>(x);
        detail::fake_quantize_runs<R, T, G>(input.view(), view_of(out), params_for(input.view()),
                                            grid_);
        return out;
    }

    /// Parameters for the ranges of x alone; an empty x has the range of zeros.
    template <EigenObject X>
    [[nodiscard]] std::vector<QuantParams> dynamic_params(const X& x) const {
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        return params_of(input.view());
    }

    /// Which codes are in use.
    [[nodiscard]] const Grid& grid() const noexcept { return grid_; }

    /// The observers, one for every parameter; empty before the first batch.
    [[nodiscard]] const std::vector<ObserverType>& observers() const noexcept { return observers_; }

private:
    friend struct QuantizerState<Quantizer>;

    void keep(std::vector<ObserverType> observers) {
        if (observers.empty()) return;  // no batch yet
        observers_ = std::move(observers);
        params_.clear();
    }

    // What computes with floating point is not inlined: it stays behind the caller's guard.

    [[gnu::noinline]] std::vector<ChosenParams> chosen() const {
        if constexpr (!detail::needs_range<S>) {
            return {S::params(Range{}, grid_)};
        } else {
            require<std::logic_error>(!observers_.empty(), "Quantizer",
                                      "nothing was observed, expected a call of observe() or "
                                      "parameters given by hand");
            std::vector<ChosenParams> all;
            for (const ObserverType& observer : observers_) {
                require<std::logic_error>(!observer.empty(), "Quantizer", "scale ", all.size(),
                                          " of ", observers_.size(),
                                          " has only skipped or weightless values");
                all.push_back(S::params(observer.range(grid_), grid_));
            }
            return all;
        }
    }

    std::vector<QuantParams> params_of(const TensorView<const float>& values) const {
        const auto params = detail::params_of_tensor<Quantizer>(values, grid_);
        return {params.begin(), params.end()};
    }

    /// What quantize() uses for `values`.
    std::vector<QuantParams> params_for(const TensorView<const float>& values) const {
        if constexpr (std::same_as<G, PerToken>) {
            std::vector<QuantParams> by_hand = params_.known();
            return by_hand.empty() ? params_of(values) : by_hand;
        } else {
            return params();
        }
    }

    template <EigenObject X>
    auto coded(std::vector<QuantParams> params, const RealInput& input, const X& x) const {
        using Codes = PlainLike<Storage<T>, X>;
        Codes codes = make_like<Storage<T>>(x);
        detail::quantize_runs<R, G>(input.view(), view_of(codes), params, grid_);
        return Quantized<T, G, Codes>({}, std::move(codes), std::move(params), grid_);
    }

    Grid grid_ = S::grid(code_bits<T>, is_signed_code<T>);
    std::vector<ObserverType> observers_;
    detail::RememberedParams params_;  // chosen since the last batch, or given by hand
};

}  // namespace intact
