// Ranges of activations from each batch, and from the extremes of calibration.
#include "examples/quantize_network/quantize_with.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/moving_average.hpp"

namespace example {

IntegerForm dynamic_per_channel(const intact::Sequential& net,
                                const std::vector<Batch>& calibration,
                                const intact::Exceptions& exceptions) {
    using Recipe = intact::DynamicRecipe<WeightsPerChannel, Activations<intact::MinMax>>;
    return quantize_with<Recipe>(net, calibration, exceptions);
}

IntegerForm static_min_max(const intact::Sequential& net, const std::vector<Batch>& calibration,
                           const intact::Exceptions& exceptions) {
    using Recipe = intact::StaticRecipe<WeightsPerChannel, Activations<intact::MinMax>>;
    return quantize_with<Recipe>(net, calibration, exceptions);
}

IntegerForm static_moving_average(const intact::Sequential& net,
                                  const std::vector<Batch>& calibration,
                                  const intact::Exceptions& exceptions) {
    using Recipe = intact::StaticRecipe<WeightsPerChannel, Activations<intact::MovingAverage>>;
    return quantize_with<Recipe>(net, calibration, exceptions);
}

}  // namespace example
