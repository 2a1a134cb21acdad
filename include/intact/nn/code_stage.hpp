// One stage of an integer network in the form that its recipe gives it: integers, dequantized
// weights, or float.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "intact/elementwise/dequantize.hpp"
#include "intact/elementwise/min_max.hpp"
#include "intact/elementwise/quantize.hpp"
#include "intact/nn/float_stage.hpp"
#include "intact/nn/integer_stage.hpp"
#include "intact/nn/raised_scales.hpp"
#include "intact/nn/recipe.hpp"
#include "intact/quantizers/observed.hpp"

namespace intact::nn {

/// A batch between two stages: floats, or codes and how they read.
template <class T>
struct CodeMap {
    Shape shape;
    const float* floats = nullptr;  ///< nullptr where the batch is in codes
    const T* codes = nullptr;
    Edge edge{};

    /// The reals [batch, features], features in the order (channel, y, x).
    [[nodiscard]] FeatureMatrix reals() const {
        if (floats != nullptr) return to_matrix({shape, floats});
        std::vector<float> values(static_cast<std::size_t>(shape.size()));
        elementwise::dequantize(codes, values.size(), edge.params, values.data());
        return to_matrix({shape, values.data()});
    }
};

template <class R>
class CodeStage {
public:
    using Weights = typename R::Weights;
    using Activations = typename R::Activations;
    using T = Storage<typename Activations::CodeType>;

    /// Fixes what is read and written too: edges, and whether codes travel on them.
    CodeStage(const Stage& stage, const Layer& layer, const Exception& exception, const Edge& in,
              bool codes_in, const Edge& out, bool codes_out)
        : stage_(stage),
          is_integer_(stage.work == Work::weighted && !exception.in_float),
          dynamic_(exception.activation_bits == 0
                       ? Activations()
                       : Activations::of_bits(exception.activation_bits)),
          in_(in),
          out_(out),
          codes_in_(codes_in),
          codes_out_(codes_out) {
        if (!is_integer_) {
            float_weights_ = FloatWeights(layer);
            return;
        }
        IntegerWeights<Weights> weights(layer, exception.weight_bits);
        for (Index j = 0; j < weights.bias().size(); ++j) {
            require(!is_non_finite(weights.bias()[j]), stage_.name.c_str(), "the bias of channel ",
                    j, " is not finite");
        }
        constexpr bool is_static = R::mode == Mode::static_ranges;
        if constexpr (is_static && R::raises_weight_scales) {
            if (codes_out) {
                weights = IntegerWeights<Weights>(layer, exception.weight_bits,
                                                  least_scales(weights, in.params, in.grid));
            }
        }
        if constexpr (R::mode == Mode::weight_only) {
            weights_only_ = std::move(weights);
        } else {
            integer_ = IntegerStage<T, Weights>(std::move(weights));
            if (is_static && codes_out) integer_.set_output(stage.name, in, out, stage.activation);
        }
    }

    [[nodiscard]] const std::string& name() const noexcept { return stage_.name; }
    [[nodiscard]] const Stage& stage() const noexcept { return stage_; }

    /// Whether the stage multiplies codes, or dequantized ones where the recipe is weight-only.
    [[nodiscard]] bool is_quantized() const noexcept { return is_integer_; }

    /// Whether the floats that the stage is given are made codes before anything else: they are
    /// then read without a vector more.
    [[nodiscard]] bool quantizes_input() const noexcept {
        return codes_in_ || (is_integer_ && R::mode == Mode::dynamic);
    }

    /// Scales and zero points of the weights, as convert() left them; none of a stage in float.
    [[nodiscard]] const std::vector<QuantParams>& weight_params() const noexcept {
        if constexpr (R::mode == Mode::weight_only) {
            return weights_only_.params();
        } else {
            return integer_.weights().params();
        }
    }

    [[nodiscard]] std::size_t bytes() const noexcept {
        if (!is_integer_) return float_weights_.bytes();
        if constexpr (R::mode == Mode::weight_only) {
            return weights_only_.bytes();
        } else {
            return integer_.weights().bytes();
        }
    }

    /// Runs into the scratch memory of side 0 or 1, the other one being in use.
    template <int Side>
    [[nodiscard]] CodeMap<T> run(CodeMap<T> in) const {
        if (codes_in_ && in.codes == nullptr) in = to_codes<Side>(in, in_);
        if (!codes_in_ && in.codes != nullptr) in = to_floats<Side>(in);
        CodeMap<T> out{.shape = stage_.output(in.shape)};
        const bool stays_in_float = stage_.work == Work::weighted && !is_integer_;
        if (codes_out_ && !stays_in_float) {
            T* codes = scratch<T, 4 + Side>(out.shape.size());
            run_to(in, codes);
            out.codes = codes;
            out.edge = out_;
            return out;
        }
        float* floats = scratch<float, 3 - Side>(out.shape.size());
        run_to<Side>(in, floats);
        out.floats = floats;
        return codes_out_ ? to_codes<Side>(out, out_) : out;
    }

private:
    template <int Side>
    CodeMap<T> to_codes(const CodeMap<T>& in, const Edge& edge) const {
        T* codes = scratch<T, 6 + Side>(in.shape.size());
        elementwise::quantize<typename Activations::RoundingType>(
            {in.floats, static_cast<std::size_t>(in.shape.size())}, edge.params, edge.grid, codes);
        return {.shape = in.shape, .floats = nullptr, .codes = codes, .edge = edge};
    }

    template <int Side>
    CodeMap<T> to_floats(const CodeMap<T>& in) const {
        float* floats = scratch<float, 4 + Side>(in.shape.size());
        elementwise::dequantize(in.codes, static_cast<std::size_t>(in.shape.size()), in.edge.params,
                                floats);
        return {.shape = in.shape, .floats = floats, .codes = nullptr, .edge = in.edge};
    }

    /// Codes to codes.
    void run_to(const CodeMap<T>& in, T* out) const {
        const FeatureMap<const T> from{in.shape, in.codes};
        switch (stage_.work) {
            case Work::weighted:
                integer_.run(stage_, in_, from, out);
                return;
            case Work::flatten:
                flatten(from, out);
                return;
            case Work::average_pool:
                average_codes(from, out);
                return;
            case Work::none:
                break;
        }
        const Shape pooled = stage_.pool.output(in.shape);
        for (Index n = 0; n < in.shape.batch; ++n) {
            max_pool(stage_.pool, in.shape, pooled, from.image(n), out + n * pooled.image_size());
        }
        const Grid limits = clamp_codes(stage_.activation, in_.params, in_.grid);
        for (Index i = 0; i < pooled.size(); ++i) {
            out[i] = static_cast<T>(std::clamp<std::int32_t>(out[i], limits.qmin, limits.qmax));
        }
    }

    /// Codes or floats to floats.
    template <int Side>
    void run_to(const CodeMap<T>& in, float* out) const {
        if (in.codes != nullptr && stage_.work == Work::average_pool) {
            average_reals({in.shape, in.codes}, out);
        } else if (in.codes != nullptr) {
            integer_.run(stage_, in_, {in.shape, in.codes}, out);
        } else if (!is_integer_) {
            run_float(stage_, float_weights_, {in.shape, in.floats}, out);
        } else if constexpr (R::mode == Mode::weight_only) {
            const Geometry& geometry = weights_only_.geometry();
            float* weights = scratch<float, 7>(geometry.out_channels * geometry.k());
            weights_only_.dequantize(weights);
            run_weighted(stage_, FeatureMap<const float>{in.shape, in.floats}, 0.0F, out,
                         FloatProduct{geometry, weights, weights_only_.bias(), stage_.activation});
        } else {
            const Eigen::Map<const Eigen::RowVectorXf> values(in.floats, in.shape.size());
            const RealInput input(values);
            const auto params =
                intact::detail::params_of_tensor<Activations>(input.view(), dynamic_.grid());
            const Edge edge{params.front(), dynamic_.grid()};
            const CodeMap<T> codes = to_codes<Side>(in, edge);
            integer_.run(stage_, edge, {in.shape, codes.codes}, out);
        }
    }

    /// visit(sums, image): sum of (code - zero point) of each channel.
    template <class Visit>
    void for_each_sum(const FeatureMap<const T>& in, Visit&& visit) const {
        const Index channels = in.shape.channels;
        const Index limit = gemm::largest_k(largest_level(in_.params, in_.grid), 1);
        require(in.shape.pixels() <= limit, stage_.name.c_str(),
                "the image is too large for int32 sums, expected at most ", limit,
                " pixels, given ", in.shape.pixels());
        auto* sums = scratch<std::int32_t, 0>(channels);
        for (Index n = 0; n < in.shape.batch; ++n) {
            std::fill_n(sums, channels, 0);
            const T* pixel = in.image(n);
            for (Index p = 0; p < in.shape.pixels(); ++p, pixel += channels) {
                for (Index c = 0; c < channels; ++c) sums[c] += pixel[c] - in_.params.zero_point;
            }
            visit(sums, n);
        }
    }

    void average_codes(const FeatureMap<const T>& in, T* out) const {
        const auto channels = static_cast<std::size_t>(in.shape.channels);
        const double steps = exactly(static_cast<double>(out_.params.scale) *
                                     static_cast<double>(in.shape.pixels()));
        const double factor = elementwise::ExactRounding::factor(
            exact_quotient(static_cast<double>(in_.params.scale), steps));
        auto* factors = scratch<double, 0>(in.shape.channels);
        std::fill_n(factors, channels, factor);
        for_each_sum(in, [&](const std::int32_t* sums, Index n) {
            elementwise::requantize(sums, channels, factors, out_.params.zero_point, out_.grid.qmin,
                                    out_.grid.qmax, out + n * in.shape.channels);
        });
    }

    void average_reals(const FeatureMap<const T>& in, float* out) const {
        const auto channels = static_cast<std::size_t>(in.shape.channels);
        float* scales = scratch<float, 6>(in.shape.channels);
        std::fill_n(scales, channels,
                    static_cast<float>(exact_quotient(static_cast<double>(in_.params.scale),
                                                      static_cast<double>(in.shape.pixels()))));
        for_each_sum(in, [&](const std::int32_t* sums, Index n) {
            elementwise::dequantize_sums(sums, channels, scales, nullptr,
                                         out + n * in.shape.channels);
        });
    }

    Stage stage_;
    bool is_integer_ = false;
    Activations dynamic_;         // ranges from the batch: dynamic recipes only
    FloatWeights float_weights_;  // where the stage stays in float
    IntegerWeights<Weights> weights_only_;
    IntegerStage<T, Weights> integer_;
    Edge in_;
    Edge out_;
    bool codes_in_;
    bool codes_out_;
};

}  // namespace intact::nn
