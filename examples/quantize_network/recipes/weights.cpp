// Weights only, arithmetic in float; and one scale for all weights of a layer.
#include "examples/quantize_network/quantize_with.hpp"
#include "intact/observers/min_max.hpp"

namespace example {

IntegerForm weight_only_per_tensor(const intact::Sequential& net,
                                   const std::vector<Batch>& calibration,
                                   const intact::Exceptions& exceptions) {
    using Recipe = intact::WeightOnlyRecipe<WeightsPerTensor>;
    return quantize_with<Recipe>(net, calibration, exceptions);
}

IntegerForm weight_only_per_channel(const intact::Sequential& net,
                                    const std::vector<Batch>& calibration,
                                    const intact::Exceptions& exceptions) {
    using Recipe = intact::WeightOnlyRecipe<WeightsPerChannel>;
    return quantize_with<Recipe>(net, calibration, exceptions);
}

IntegerForm static_per_tensor(const intact::Sequential& net, const std::vector<Batch>& calibration,
                              const intact::Exceptions& exceptions) {
    using Recipe = intact::StaticRecipe<WeightsPerTensor, Activations<intact::MinMax>>;
    return quantize_with<Recipe>(net, calibration, exceptions);
}

}  // namespace example
