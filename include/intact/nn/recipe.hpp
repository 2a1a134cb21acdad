// Recipes: how a network is quantized. One quantizer type for weights, one for activations, and
// exceptions for single layers.
//
//   StaticRecipe<W, A>     ranges of activations fixed by calibration; integers from layer to layer
//   DynamicRecipe<W, A>    ranges from each batch; floats between the layers, no calibration
//   WeightOnlyRecipe<W>    float activations times dequantized codes; memory is what it saves
//
//   struct MyRecipe : StaticRecipe<SymmetricQuantizer<std::int8_t, PerChannel<0>>,
//                                  AffineQuantizer<std::uint8_t>> {
//       static Exceptions exceptions() { return {keep_float("head"), use_bits(0, 4)}; }
//   };
//
// Source   M. Nagel et al., "A White Paper on Neural Network Quantization", 2021,
//          https://arxiv.org/abs/2106.08295, section 3
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "intact/quantizers/aliases.hpp"

namespace intact {

/// What one layer does differently.
struct Exception {
    std::variant<std::string, std::size_t> layer;  ///< its name, or its index in the network
    bool in_float = false;
    int weight_bits = 0;      ///< 0: all bits of the code type
    int activation_bits = 0;  ///< of the codes that the layer reads; 0: all
};

using Exceptions = std::vector<Exception>;

/// Leaves the layer of that name in float.
[[nodiscard]] inline Exception keep_float(std::string layer) {
    return {.layer = std::move(layer), .in_float = true};
}
/// Leaves layer number `layer` in float.
[[nodiscard]] inline Exception keep_float(std::size_t layer) {
    return {.layer = layer, .in_float = true};
}
/// Gives the layer of that name fewer bits.
[[nodiscard]] inline Exception use_bits(std::string layer, int weight_bits,
                                        int activation_bits = 0) {
    return {
        .layer = std::move(layer), .weight_bits = weight_bits, .activation_bits = activation_bits};
}
/// Gives layer number `layer` fewer bits.
[[nodiscard]] inline Exception use_bits(std::size_t layer, int weight_bits,
                                        int activation_bits = 0) {
    return {.layer = layer, .weight_bits = weight_bits, .activation_bits = activation_bits};
}

namespace nn {

enum class Mode { static_ranges, dynamic, weight_only };

template <class T>
inline constexpr bool is_quantizer = false;
template <class T, class S, class G, class Watch, class R>
inline constexpr bool is_quantizer<Quantizer<T, S, G, Watch, R>> = true;

/// A quantizer of weights whose scales can leave the sums of a product.
template <class W>
inline constexpr bool leaves_sums = std::is_same_v<typename W::GranularityType, PerTensor> ||
                                    std::is_same_v<typename W::GranularityType, PerChannel<0>>;

template <class W, class A, Mode M>
struct RecipeOf {
    static_assert(is_quantizer<W> && is_quantizer<A>,
                  "intact: a recipe takes quantizers, such as SymmetricQuantizer<std::int8_t, "
                  "PerChannel<0>> for weights and AffineQuantizer<std::uint8_t> for activations");
    static_assert(sizeof(Storage<typename W::CodeType>) == 1 &&
                      sizeof(Storage<typename A::CodeType>) == 1,
                  "intact: a network runs on codes of at most 8 bits");
    static_assert(M == Mode::weight_only || leaves_sums<W>,
                  "intact: scales along the summed dimension cannot leave an integer sum; weights "
                  "are PerTensor or PerChannel<0>, PerGroup is for WeightOnlyRecipe");
    static_assert(!std::is_same_v<typename W::GranularityType, PerToken>,
                  "intact: PerToken is for activations");
    static_assert(std::is_same_v<typename A::GranularityType, PerTensor>,
                  "intact: activations inside a network have one scale a tensor: PerTensor");

    using Weights = W;
    using Activations = A;
    static constexpr Mode mode = M;

    /// Whether the last layer answers in full float precision, or with the reals of its codes.
    static constexpr bool float_output = true;

    /// Whether the weight scale of a channel is raised where its bias would not fit an int32 sum;
    /// otherwise convert() refuses the channel.
    static constexpr bool raises_weight_scales = false;

    /// Layers that differ; a recipe of one's own hides this with its list.
    static Exceptions exceptions() { return {}; }
};

}  // namespace nn

template <class Weights, class Activations>
struct StaticRecipe : nn::RecipeOf<Weights, Activations, nn::Mode::static_ranges> {};

template <class Weights, class Activations>
struct DynamicRecipe : nn::RecipeOf<Weights, Activations, nn::Mode::dynamic> {};

template <class Weights>
struct WeightOnlyRecipe
    : nn::RecipeOf<Weights, AffineQuantizer<std::uint8_t>, nn::Mode::weight_only> {};

/// What prepare() and convert() take.
template <class R>
concept Recipe = requires {
    typename R::Weights;
    typename R::Activations;
    { R::mode } -> std::convertible_to<nn::Mode>;
    { R::float_output } -> std::convertible_to<bool>;
    { R::raises_weight_scales } -> std::convertible_to<bool>;
    { R::exceptions() } -> std::same_as<Exceptions>;
};

}  // namespace intact
